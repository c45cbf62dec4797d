package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
)

// slowReader reads folders, and some of them badly: it waits, fails or panics.
type slowReader struct {
	catalogtest.Reader

	mu     sync.Mutex
	opened map[string]int
	told   chan string // what is opened
}

// Open opens a folder.
func (r *slowReader) Open(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	r.mu.Lock()
	r.opened[l.Target]++
	times := r.opened[l.Target]
	r.mu.Unlock()
	if times > 1 {
		r.told <- l.Target
		switch {
		case strings.Contains(l.Target, "stuck"):
			<-ctx.Done()
			return nil, ctx.Err()
		case strings.Contains(l.Target, "gone"):
			return nil, fault.New(fault.NotFound, "It is gone.").WithHint("Bring it back.")
		case strings.Contains(l.Target, "panics"):
			var tree *catalog.Tree
			tree.Entry = "nowhere"
		}
	}
	return r.Reader.Open(ctx, l)
}

// wait returns which locations are read until all of want are.
func (r *slowReader) wait(t *testing.T, want ...string) {
	t.Helper()
	left := map[string]bool{}
	for _, w := range want {
		left[w] = true
	}
	deadline := time.After(20 * time.Second)
	for len(left) > 0 {
		select {
		case target := <-r.told:
			delete(left, target)
		case <-deadline:
			t.Fatalf("never read: %v", slices.Sorted(maps.Keys(left)))
		}
	}
}

// run runs the schedule of c, and returns what stops it and waits for its end.
func run(t *testing.T, c *catalog.Catalog) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.RunSchedule(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("RunSchedule: %v", err)
		}
	}
}

func TestOneBadLocationDoesNotBlockTheRest(t *testing.T) {
	t.Parallel()
	folders := catalogtest.Reader{}
	for _, name := range []string{"stuck", "gone", "panics", "a", "b", "c"} {
		folders["/"+name] = fstest.MapFS{"catalog-info.yaml": group(name)}
	}
	reader := &slowReader{Reader: folders, opened: map[string]int{}, told: make(chan string, 100)}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, reader, slog.New(slog.DiscardHandler))
	ids := map[string]string{}
	for target := range folders {
		r, err := c.Register(t.Context(), catalog.Location{Target: target})
		if err != nil {
			t.Fatal(err)
		}
		if r.Location.RefreshAt.IsZero() || r.Location.LastSucceeded.IsZero() {
			t.Errorf("a new location is not planned: %+v", r.Location)
		}
		ids[target] = r.Location.ID
	}
	folders["/a"].(fstest.MapFS)["catalog-info.yaml"] = group("a2") //nolint:forcetypeassert // made above
	all := slices.Collect(maps.Values(ids))
	if err := fake.SetDue(t.Context(), all, time.Now()); err != nil {
		t.Fatal(err)
	}
	stop := run(t, c)
	reader.wait(t, slices.Collect(maps.Keys(ids))...)
	waitFor(t, func() bool {
		_, err := c.Get(t.Context(), catalog.NewRef("group", "", "a2"))
		l := locationOf(t, c, ids["/gone"])
		return err == nil && l.Failures == 1
	})
	stop()
	gone := locationOf(t, c, ids["/gone"])
	if len(gone.Errors) != 1 || gone.Errors[0].Message != "It is gone." || !gone.RefreshAt.After(time.Now()) || gone.LastSucceeded.IsZero() {
		t.Errorf("gone: %+v", gone)
	}
	if stuck := locationOf(t, c, ids["/stuck"]); stuck.RefreshAt.After(time.Now()) {
		t.Errorf("a reading that was cut short is not given back: due at %s", stuck.RefreshAt)
	}
}

func locationOf(t *testing.T, c *catalog.Catalog, id string) catalog.Location {
	t.Helper()
	all, err := c.Locations(t.Context())
	i := slices.IndexFunc(all, func(l catalog.Location) bool { return l.ID == id })
	if err != nil || i < 0 {
		t.Fatalf("location %s: %v", id, err)
	}
	return all[i]
}

func waitFor(t *testing.T, true func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !true() {
		if time.Now().After(deadline) {
			t.Fatal("it never happened")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestWhenALocationIsReadAgain(t *testing.T) {
	t.Parallel()
	fail := errors.New("none")
	reader := failingReader{Reader: catalogtest.Reader{"/r": fstest.MapFS{"catalog-info.yaml": group("a")}}, err: &fail}
	*reader.err = nil
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, reader, slog.New(slog.DiscardHandler))
	r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
	if err != nil {
		t.Fatal(err)
	}
	id := r.Location.ID
	in := func(l catalog.Location, least, most time.Duration) {
		t.Helper()
		if d := time.Until(l.RefreshAt); d < least-time.Second || d > most {
			t.Errorf("read again in %s, want %s to %s", d, least, most)
		}
	}
	in(r.Location, 108*time.Second, 132*time.Second)
	if _, err := c.SetSchedule(t.Context(), id, time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Refresh(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	in(locationOf(t, c, id), 54*time.Minute, 66*time.Minute)
	*reader.err = fault.New(fault.Unavailable, "Nobody answers.").WithHint("Wait.")
	for failures, minutes := range []int{4, 8, 16, 32, 64, 128, 256, 360, 360} {
		if _, err := c.Refresh(t.Context(), id); err == nil {
			t.Fatal("no error")
		}
		l := locationOf(t, c, id)
		if l.Failures != failures+1 {
			t.Errorf("%d failures, want %d", l.Failures, failures+1)
		}
		want := time.Duration(minutes) * time.Minute
		in(l, want*9/10, want*11/10)
	}
	*reader.err = nil
	if _, err := c.SetSchedule(t.Context(), id, catalog.Never); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Refresh(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if l := locationOf(t, c, id); !l.RefreshAt.IsZero() || l.Failures != 0 {
		t.Errorf("never by itself: %+v", l)
	}
	if _, err := c.SetSchedule(t.Context(), id, time.Second); !fault.Is(err, fault.Invalid) {
		t.Errorf("every second: %v", err)
	}
	if _, err := c.SetSchedule(t.Context(), "none", time.Hour); !fault.Is(err, fault.NotFound) {
		t.Errorf("no location: %v", err)
	}
}

type failingReader struct {
	catalogtest.Reader

	err *error
}

// Open opens a folder, or fails.
func (r failingReader) Open(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	if *r.err != nil {
		return nil, *r.err
	}
	return r.Reader.Open(ctx, l)
}

// probing says of repositories whether they are there.
type probing struct {
	catalogtest.Reader

	mu     sync.Mutex
	probed []string
}

// Reachable knows one repository.
func (p *probing) Reachable(_ context.Context, repository string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.probed = append(p.probed, repository)
	if strings.HasSuffix(repository, "orders") {
		return nil
	}
	return fault.New(fault.NotFound, "There is no repository at %s.", repository).WithHint("Check the address.")
}

func TestRepositoriesAreCheckedOnceADay(t *testing.T) {
	t.Parallel()
	at := func(name, annotation string) string {
		return fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: %s, annotations: {%s}}\nspec: {type: team, children: []}\n---\n", name, annotation)
	}
	reader := &probing{Reader: catalogtest.Reader{"/r": fstest.MapFS{"catalog-info.yaml": {Data: []byte(
		at("a", "backstage.io/source-location: 'url:https://github.com/acme/orders/tree/main/svc/'") +
			at("b", "github.com/project-slug: acme/gone") + at("c", "backstage.io/source-location: 'url:https://github.com/acme/orders/'") +
			at("d", "backstage.io/source-location: 'dir:.'"))}}}}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, reader, slog.New(slog.DiscardHandler))
	if _, err := c.Register(t.Context(), catalog.Location{Target: "/r"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(reader.probed) // several at a time
	if diff := cmp.Diff([]string{"https://github.com/acme/gone", "https://github.com/acme/orders"}, reader.probed); diff != "" {
		t.Errorf("probed (-want +got):\n%s", diff)
	}
	checks, err := fake.RepositoryChecks(t.Context())
	if err != nil || len(checks) != 2 || checks[0].Reachable || !strings.Contains(checks[0].Message, "There is no repository") || !checks[1].Reachable {
		t.Errorf("checks = %+v, %v", checks, err)
	}
}
