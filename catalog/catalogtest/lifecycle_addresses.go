package catalogtest

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// addresses returns ways to write the address of one repository.
func addresses(name string) []string {
	return []string{
		"https://github.com/Acme/" + name, "https://github.com/acme/" + name + ".git", "git@github.com:acme/" + name + ".git",
		"https://github.com/acme/" + name + "/", "ssh://git@github.com:22/acme/" + name, "https://x@github.com:443/acme/" + name + ".git",
	}
}

// only fails unless there is one location, read from or sent under an address,
// and what it defines says so, too.
func (s *shop) only(t *testing.T, target, name string) catalog.Location {
	t.Helper()
	locations, err := s.Locations(t.Context())
	if err != nil || len(locations) != 1 || locations[0].Target != target || len(locations[0].Errors) > 0 {
		t.Fatalf("locations: %+v, %v, want only %s", locations, err, target)
	}
	if e := s.get(t, name); e.Source.LocationID != locations[0].ID || e.Source.Target != target {
		t.Errorf("%s is from %+v", name, e.Source)
	}
	return locations[0]
}

func testOneRepository(t *testing.T, s *shop) {
	t.Helper()
	send := func(target string, commit int) (catalog.Registration, error) {
		return s.Push(t.Context(), catalog.PushRequest{
			Target: target, Branch: "main", Commit: commitNumber(commit), CommittedAt: At(commit),
			Entries: []string{"catalog-info.yaml"}, Files: map[string][]byte{"catalog-info.yaml": []byte(service("sent", "checkout"))},
		})
	}
	for i, target := range addresses("sent") {
		if r, err := send(target, i); err != nil || len(r.Problems) > 0 || r.Created != (i == 0) {
			t.Errorf("sent under %s: %+v, %v", target, r, err)
		}
	}
	l := s.only(t, addresses("sent")[0], "component:sent")
	if err := s.Remove(t.Context(), catalog.Location{Type: l.Type, Target: addresses("sent")[2], Branch: "main"}); err != nil {
		t.Fatal(err)
	}

	// Those that come at once make one, too.
	var pushes errgroup.Group
	for _, target := range addresses("sent") {
		pushes.Go(func() error { _, err := send(target, 1); return err })
	}
	if err := pushes.Wait(); err != nil {
		t.Fatal(err)
	}
	locations, err := s.Locations(t.Context())
	if err != nil || len(locations) == 0 {
		t.Fatalf("%v, %v", locations, err)
	}
	s.only(t, locations[0].Target, "component:sent")
}

func testOneReading(t *testing.T, s *shop) {
	t.Helper()
	repository := fstest.MapFS{"catalog-info.yaml": file(documented("read")), "docs/index.md": file("# One")}
	targets := addresses("read")
	for _, target := range targets {
		if normal, err := catalog.ParseLocation(target, "", ""); err == nil {
			s.reader[normal.Target] = repository
		}
	}
	s.register(t, targets[0])
	uid := s.uid(t, "component:read")
	repository["docs/more.md"] = file("# More")
	if r := s.register(t, targets[2]); r.Created || len(r.Problems) > 0 {
		t.Errorf("registered by another address: %+v", r)
	}
	s.only(t, targets[2], "component:read") // it is to be read from there now
	if docs, err := s.DocumentsOf(t.Context(), ref("component:read")); err != nil || len(docs) != 2 {
		t.Errorf("documents: %+v, %v", docs, err)
	}
	delete(s.reader, targets[1])
	if _, err := s.Register(t.Context(), catalog.Location{Target: targets[1]}); err == nil {
		t.Error("it could be read where it cannot be read")
	}
	l := s.only(t, targets[2], "component:read")
	if s.uid(t, "component:read") != uid {
		t.Error("it has become another entity")
	}
	if r := s.refresh(t, l.ID); len(r.Problems) > 0 || len(r.Changed) > 0 {
		t.Errorf("read again: %+v", r)
	}
	if err := s.Remove(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	s.reader["/srv/l1.git"], s.reader["file:///srv/l1.git"] = repository, repository
	s.register(t, "/srv/l1.git")
	s.register(t, "file:///srv/l1.git")
	s.only(t, "file:///srv/l1.git", "component:read")
}

// testTwoLocations has a second location from a time when each address made one.
func testTwoLocations(t *testing.T, s *shop) {
	t.Helper()
	send := func(target string, commit int) catalog.Registration {
		t.Helper()
		r, err := s.Push(t.Context(), catalog.PushRequest{
			Target: target, Branch: "main", Commit: commitNumber(commit), CommittedAt: At(commit),
			Files: map[string][]byte{"catalog-info.yaml": []byte(service("old", "checkout"))},
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	send(addresses("old")[1], 1)
	second := catalog.Location{ID: "dead", Type: catalog.LocationPush, Target: addresses("old")[2], Branch: "main", CreatedAt: At(0)}
	s.backend.inTx(t, func(ctx context.Context) error { return s.backend.Store.SaveLocation(ctx, second) })
	r := send(second.Target, 2)
	if len(r.Problems) != 1 || !strings.HasSuffix(r.Problems[0].Hint, "platform catalog remove "+second.String()) {
		t.Fatalf("problems: %+v", r.Problems)
	}
	if err := s.Remove(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	send(second.Target, 3)
	s.only(t, addresses("old")[1], "component:old")
}

// testNoRepository sends files under what nobody can call a repository.
func testNoRepository(t *testing.T, s *shop) {
	t.Helper()
	for _, tt := range []struct{ target, commit string }{
		{target: "nonsense"},
		{target: "/etc"},
		{target: "../orders.git"},
		{target: "https://github.com"},
		{target: "git@github.com:"},
		{target: "mailto:ada@acme.io"},
		{target: "file:///etc"},
		{target: ordersOverHTTPS, commit: "zzz"},
		{target: ordersOverHTTPS, commit: "abcdef"},
		{target: ordersOverHTTPS, commit: "refs/heads/main"},
	} {
		_, err := s.Push(t.Context(), catalog.PushRequest{
			Target: tt.target, Branch: "main", Commit: tt.commit, Files: map[string][]byte{"catalog-info.yaml": []byte(service("x", "y"))},
		})
		if !fault.Is(err, fault.Invalid) || fault.From(err).Hint == "" {
			t.Errorf("sent under %s at %q: %v", tt.target, tt.commit, err)
		}
	}
	for _, commit := range []string{"", "ABCDEF0", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"} {
		_, err := s.Push(t.Context(), catalog.PushRequest{
			Target: "/srv/git/x.git", Branch: "b" + commit, Commit: commit, Files: map[string][]byte{"catalog-info.yaml": []byte(service("x", "y"))},
		})
		if err != nil {
			t.Errorf("at %q: %v", commit, err)
		}
	}
}
