package catalogtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/catalog"
)

const (
	replicas        = 4
	writersOf       = 3 // writers of each replica
	writesOf        = 12
	robots          = 40
	settleWithin    = 20 * time.Second
	visibleSettings = "deployed"
)

// TestReplicas has several processes write to one catalog at once, undo some of
// it, and read all the while. In the end every process shows exactly what the
// store holds: those that followed, one that slept meanwhile, and one that has
// just started.
func TestReplicas(t *testing.T, on On) {
	t.Helper()
	on(t, func(t *testing.T, b Backend) {
		t.Helper()
		process := func() *catalog.Catalog {
			return catalog.New(b.Store, b.Unit, Reader(map[string]fs.FS{}), slog.New(slog.DiscardHandler))
		}
		sleeper := process()
		if _, err := sleeper.Search(t.Context(), catalog.Search{}); err != nil {
			t.Fatal(err)
		}
		following, stop := context.WithCancel(t.Context())
		defer stop()
		var all []*catalog.Catalog
		writing, ctx := errgroup.WithContext(t.Context())
		reading, done := errgroup.Group{}, make(chan struct{})
		for r := range replicas {
			c := process()
			all = append(all, c)
			reading.Go(func() error { return c.Follow(following) })
			reading.Go(func() error { return lookAround(following, c, done) })
			for w := range writersOf {
				writing.Go(func() error { return scribble(ctx, b, c, uint64(r*writersOf+w)) }) //nolint:gosec // a small number
			}
		}
		if err := writing.Wait(); err != nil {
			t.Fatal(err)
		}
		close(done)
		want := held(t, b)
		if len(want) == 0 {
			t.Fatal("the store is empty")
		}
		for i, c := range append(all, sleeper, process()) {
			settles(t, fmt.Sprintf("process %d", i), c, want)
		}
		stop()
		if err := reading.Wait(); err != nil {
			t.Error(err)
		}
	})
}

// scribble puts, changes, withdraws and rolls back, and sees its own writes.
func scribble(ctx context.Context, b Backend, c *catalog.Catalog, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same every time
	origin := catalog.OriginSelf()
	for i := range writesOf {
		name := fmt.Sprintf("r%02d", random.IntN(robots))
		ref := catalog.NewRef("robot", "", name)
		state := fmt.Sprintf("%s-%d-%d", visibleSettings, seed, i)
		e := catalog.Entity{Kind: "Robot", APIVersion: "acme.io/v1", Metadata: catalog.Metadata{Name: name}, Spec: map[string]any{"state": state}}
		switch random.IntN(5) {
		case 0:
			if err := c.Withdraw(ctx, origin, ref); err != nil {
				return fmt.Errorf("withdraw %s: %w", ref, err)
			}
		case 1:
			err := b.Unit.InTx(ctx, func(ctx context.Context) error {
				if _, err := c.Put(ctx, origin, []catalog.Entity{e}); err != nil {
					return err
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				return fmt.Errorf("undo %s: %w", ref, err)
			}
		default:
			if _, err := c.Put(ctx, origin, []catalog.Entity{e}); err != nil {
				return fmt.Errorf("put %s: %w", ref, err)
			}
		}
	}
	return nil
}

// lookAround asks until done is closed; what is found must be whole.
func lookAround(ctx context.Context, c *catalog.Catalog, done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return nil
		case <-time.After(2 * time.Millisecond): // writers must get a turn
		}
		page, err := c.Search(ctx, catalog.Search{Where: catalog.HasPrefix{Key: "spec.state", Prefix: visibleSettings}})
		if err != nil {
			return fmt.Errorf("look around: %w", err)
		}
		if len(page.Items) > page.Total {
			return fmt.Errorf("%d items of %d", len(page.Items), page.Total) //nolint:err113 // for the test's reader
		}
	}
}

// held returns what the store holds, as JSON without what only an index adds.
func held(t *testing.T, b Backend) []string {
	t.Helper()
	var refs []catalog.Ref
	for i := range robots {
		refs = append(refs, catalog.NewRef("robot", "", fmt.Sprintf("r%02d", i)))
	}
	entities, err := b.Store.EntitiesByRef(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entities {
		document, err := e.JSON()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(document))
	}
	slices.Sort(out)
	return out
}

// settles waits until a process shows what is wanted.
func settles(t *testing.T, name string, c *catalog.Catalog, want []string) {
	t.Helper()
	var got []string
	for end := time.Now().Add(settleWithin); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		page, err := c.Search(t.Context(), catalog.Search{Where: catalog.Has{Key: "kind", Values: []string{"robot"}}})
		if err != nil {
			t.Fatal(err)
		}
		got = nil
		for _, item := range page.Items {
			got = append(got, string(item))
		}
		if slices.Sort(got); slices.Equal(got, want) && page.Total == len(want) {
			return
		}
	}
	t.Errorf("%s (-store +index):\n%s", name, gocmp.Diff(want, got))
}
