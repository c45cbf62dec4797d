package catalogtest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// due reports whether the schedule reads a location by now.
func (s *shop) due(t *testing.T, id string) bool {
	t.Helper()
	l, found, err := s.LocationByID(t.Context(), id)
	if err != nil || !found {
		t.Fatalf("location %s: %t, %v", id, found, err)
	}
	return !l.RefreshAt.IsZero() && !l.RefreshAt.After(time.Now().Add(time.Second))
}

// testRenameHandsOver gives the name that an entity had to who else uses it.
func testRenameHandsOver(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	uid := s.uid(t, "component:orders")
	s.reader["/srv/other"] = fstest.MapFS{"catalog-info.yaml": file(service("orders", "warehouse"), service("more", "warehouse"))}
	other := s.register(t, "/srv/other").Location.ID
	s.refresh(t, other) // so that it is not due any more
	if s.due(t, other) {
		t.Fatal("the other location is due before anything happened")
	}
	s.files["orders/catalog-info.yaml"] = file(service("sales", "checkout", "consumesApis: [inventory]", "providesApis: [orders]"), api("orders", "checkout"))
	s.refresh(t, id)
	if s.uid(t, "component:sales") != uid {
		t.Fatal("it was not renamed")
	}
	if !s.due(t, other) {
		t.Error("the other location is not due")
	}
	r := s.refresh(t, other)
	want(t, "added", text(r.Added), []string{"component:default/orders"})
	if len(r.Problems) > 0 {
		t.Errorf("problems: %v", r.Problems)
	}
}

// testPushTakesOver pushes what a folder defines, and then takes that away.
func testPushTakesOver(t *testing.T, s *shop) {
	t.Helper()
	folder := s.register(t, shopFolder).Location
	uid := s.uid(t, "component:orders")
	push := func(minute int, files map[string]string, entries ...string) catalog.Registration {
		t.Helper()
		p := catalog.PushRequest{
			Target: "https://github.com/acme/orders.git", Branch: "main", Commit: commitNumber(1), Files: map[string][]byte{}, Entries: entries,
			CommittedAt: time.Date(2026, 3, 1, 12, minute, 0, 0, time.UTC),
		}
		for name, content := range files {
			p.Files[name] = []byte(content)
		}
		r, err := s.Push(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := push(3, map[string]string{"catalog-info.yaml": service("orders", "fleet") + "---\n" + service("fleet", "fleet"), "README.md": "no catalog file"})
	if len(r.Problems) != 1 || r.Problems[0].Ref != "component:default/orders" {
		t.Fatalf("problems: %v", r.Problems)
	}
	r = push(4, map[string]string{"more/catalog-info.yaml": service("more", "fleet")}, "more/catalog-info.yaml")
	if r.Location.Errors == nil {
		t.Error("another file of the repository was right, and yet the problem is gone")
	}
	id := r.Location.ID
	if s.due(t, id) {
		t.Error("what was pushed is due before anything happened")
	}
	if err := s.Remove(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	if !s.due(t, id) {
		t.Fatal("what was pushed is not due")
	}
	s.runDue(t)
	e := s.get(t, "component:orders")
	if e.SpecString("owner") != "fleet" || e.UID == uid || e.Source.LocationID != id {
		t.Errorf("owned by %s, from %s", e.SpecString("owner"), e.Source.LocationID)
	}
	l, _, err := s.LocationByID(t.Context(), id)
	if err != nil || len(l.Errors) > 0 || !l.RefreshAt.IsZero() {
		t.Errorf("problems: %v, read again at %s, %v", l.Errors, l.RefreshAt, err)
	}
	for _, name := range []string{"component:fleet", "component:more"} {
		if e := s.get(t, name); !e.OrphanedAt.IsZero() {
			t.Errorf("%s is an orphan", name)
		}
	}
	if _, err := s.Push(t.Context(), catalog.PushRequest{
		Target: "https://github.com/acme/orders.git", Branch: "main", Commit: commitNumber(0),
		Files: map[string][]byte{"catalog-info.yaml": nil}, CommittedAt: time.Date(2026, 3, 1, 12, 1, 0, 0, time.UTC),
	}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an older push afterwards: %v", err)
	}
	if again := s.refresh(t, id); len(again.Entities) != 3 || len(again.Changed) > 0 {
		t.Errorf("asked for, it has %v, changed %v", text(again.Entities), text(again.Changed))
	}
}

// runDue reads what is due, as a server does, until nothing is.
func (s *shop) runDue(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.RunSchedule(ctx) }()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		locations, err := s.Locations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		busy := slices.ContainsFunc(locations, func(l catalog.Location) bool {
			return l.Type == catalog.LocationPush && !l.RefreshAt.IsZero()
		})
		if !busy {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("something stays due")
		}
	}
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// testKeepPushed keeps files by path, and forgets them with their location.
func testKeepPushed(t *testing.T, b Backend) {
	t.Helper()
	l := catalog.Location{ID: "loc-1", Type: catalog.LocationPush, Target: "https://git.acme.io/a", CreatedAt: At(1)}
	b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocation(ctx, l) })
	keep := func(whole bool, files ...catalog.PushedFile) {
		t.Helper()
		b.inTx(t, func(ctx context.Context) error { return b.Store.KeepPushed(ctx, "loc-1", files, whole) })
	}
	kept := func() map[string]string {
		t.Helper()
		files, err := b.Store.PushedFiles(t.Context(), "loc-1")
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, f := range files {
			out[f.Path] = string(f.Content)
			if f.Entry {
				out[f.Path] += " entry"
			}
		}
		return out
	}
	same := func(what string, wanted map[string]string) {
		t.Helper()
		if got := kept(); !maps.Equal(got, wanted) {
			t.Errorf("%s: %v, want %v", what, got, wanted)
		}
	}
	keep(true, catalog.PushedFile{Path: "a", Content: []byte("1"), Entry: true}, catalog.PushedFile{Path: "b", Content: []byte{0, 255}})
	same("first", map[string]string{"a": "1 entry", "b": "\x00\xff"})
	keep(false, catalog.PushedFile{Path: "b", Content: []byte("2"), Entry: true})
	same("one more", map[string]string{"a": "1 entry", "b": "2 entry"})
	b.inTx(t, func(ctx context.Context) error { return b.Store.ForgetPushed(ctx, "loc-1", []string{"a", "x"}) })
	same("one less", map[string]string{"b": "2 entry"})
	keep(true, catalog.PushedFile{Path: "c", Content: []byte("3")})
	same("all", map[string]string{"c": "3"})

	if err := b.Store.SetDue(t.Context(), []string{"loc-1"}, At(3)); err != nil {
		t.Fatal(err)
	}
	if due, err := b.Store.ClaimDue(t.Context(), At(4), At(5), 9); err != nil || len(due) != 1 {
		t.Errorf("%d locations are due, %v", len(due), err)
	}
	b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocation(ctx, l) })
	if l, _, err := b.Store.LocationByID(t.Context(), "loc-1"); err != nil || !l.RefreshAt.IsZero() {
		t.Errorf("saved as never due, it is due at %s, %v", l.RefreshAt, err)
	}
	b.inTx(t, func(ctx context.Context) error { return b.Store.DeleteLocation(ctx, "loc-1") })
	same("gone", map[string]string{})
}
