package catalogtest

import (
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	ordersOverHTTPS = "https://git.example.com/acme/orders.git"
	ordersOverSSH   = "git@git.example.com:acme/orders.git"
)

// send pushes the one catalog file of the repository of orders.
func (s *shop) send(t *testing.T, branch, commit, content string) catalog.Registration {
	t.Helper()
	r, err := s.Push(t.Context(), catalog.PushRequest{
		Target: ordersOverSSH, Branch: branch, Commit: commit,
		Files: map[string][]byte{"catalog-info.yaml": []byte(content)}, Entries: []string{"catalog-info.yaml"},
	})
	if err != nil {
		t.Fatalf("push: %v", err)
	}
	return r
}

// onlyFrom fails unless orders is the entity it was, comes from a location of one
// type, and no location of pushes is left over.
func (s *shop) onlyFrom(t *testing.T, from catalog.LocationType, uid string) {
	t.Helper()
	e := s.get(t, "component:orders")
	if e.UID != uid || e.Source.Type != from {
		t.Errorf("orders is %s from %s, want %s from %s", e.UID, e.Source.Type, uid, from)
	}
	locations, err := s.Locations(t.Context())
	if err != nil || len(locations) != 1 || locations[0].Type != from || len(locations[0].Errors) > 0 {
		t.Errorf("locations: %+v, %v", locations, err)
	}
}

func testReadAfterPush(t *testing.T, s *shop) {
	t.Helper()
	s.send(t, "main", commitNumber(1), service("orders", "checkout")+"---\n"+api("orders", "checkout"))
	uid := s.uid(t, "component:orders")
	s.reader[ordersOverHTTPS] = fstest.MapFS{"catalog-info.yaml": file(service("orders", "checkout"))}
	r := s.register(t, ordersOverHTTPS)
	if len(r.Problems) > 0 {
		t.Errorf("problems: %v", r.Problems)
	}
	want(t, "what the repository does not define", text(r.Orphaned), []string{"api:default/orders"})
	s.onlyFrom(t, catalog.LocationGit, uid)
	want(t, "history", s.story(t, "component:orders"), []string{"added orders", "moved orders"})
	if r := s.send(t, "main", commitNumber(2), service("orders", "checkout")); r.Location.Type != catalog.LocationGit || len(r.Problems) > 0 {
		t.Errorf("a pipeline that goes on: %+v", r)
	}
	s.onlyFrom(t, catalog.LocationGit, uid)
}

// testOtherBranch registers one file on one branch: pushes of that file have it
// read, those of another branch are no part of it.
func testOtherBranch(t *testing.T, s *shop) {
	t.Helper()
	s.reader[ordersOverHTTPS] = fstest.MapFS{"catalog-info.yaml": file(service("orders", "checkout"))}
	_, err := s.Register(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: ordersOverHTTPS, Branch: "main", Path: "catalog-info.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	uid := s.uid(t, "component:orders")
	if r := s.send(t, "main", commitNumber(1), service("orders", "checkout")); r.Location.Type != catalog.LocationGit {
		t.Errorf("a push of what is read: %+v", r)
	}
	s.onlyFrom(t, catalog.LocationGit, uid)
	r := s.send(t, "release", commitNumber(2), service("orders", "checkout"))
	if r.Location.Type != catalog.LocationPush || len(r.Problems) != 1 {
		t.Errorf("a push of another branch: %+v", r)
	}
	if e := s.get(t, "component:orders"); e.Source.Type != catalog.LocationGit {
		t.Errorf("orders is from %s", e.Source.Type)
	}

	// Who sent a branch by hand before the repository was read is in nobody's way.
	s.reader["https://git.example.com/acme/bills"] = fstest.MapFS{"catalog-info.yaml": file(service("bills", "checkout"))}
	_, err = s.Push(t.Context(), catalog.PushRequest{
		Target: "https://git.example.com/acme/bills", Branch: "try", Commit: commitNumber(1), Files: map[string][]byte{"catalog-info.yaml": []byte(service("bills", "checkout") + "---\n" + service("more", "checkout"))},
	})
	if err != nil {
		t.Fatal(err)
	}
	bills := s.uid(t, "component:bills")
	read, err := s.Register(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: "https://git.example.com/acme/bills", Branch: "main"})
	if err != nil || len(read.Problems) > 0 || s.uid(t, "component:bills") != bills {
		t.Errorf("after another branch was sent: %+v, %v", read, err)
	}
	if e := s.get(t, "component:more"); !e.OrphanedAt.IsZero() || e.Source.Branch != "try" {
		t.Errorf("what only the other branch defines: %+v", e)
	}
}

func testDraft(t *testing.T, s *shop) {
	t.Helper()
	s.send(t, "add-catalog-file", "", service("orders", "checkout"))
	uid := s.uid(t, "component:orders")
	s.send(t, "add-catalog-file", "", service("orders", "warehouse"))
	s.onlyFrom(t, catalog.LocationPush, uid)
	s.send(t, "main", commitNumber(1), service("orders", "warehouse"))
	s.onlyFrom(t, catalog.LocationPush, uid)
	_, err := s.Push(t.Context(), catalog.PushRequest{Target: ordersOverHTTPS, Branch: "main", Files: map[string][]byte{"a.yaml": []byte(service("x", "y"))}})
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("a draft by another address: %v", err)
	}
	_, err = s.Push(t.Context(), catalog.PushRequest{Target: ordersOverSSH, Branch: "main", Files: map[string][]byte{"a.yaml": []byte(service("x", "y"))}})
	if !fault.Is(err, fault.Conflict) || fault.From(err).Hint == "" {
		t.Errorf("a draft after a commit: %v", err)
	}
	s.reader[ordersOverHTTPS] = fstest.MapFS{"catalog-info.yaml": file(service("orders", "warehouse"))}
	if r := s.register(t, ordersOverHTTPS); len(r.Problems) > 0 {
		t.Errorf("problems: %v", r.Problems)
	}
	if e := s.get(t, "component:orders"); e.UID != uid || e.Source.Type != catalog.LocationGit {
		t.Errorf("orders is %s from %s", e.UID, e.Source.Type)
	}
}

func testDraftAhead(t *testing.T, s *shop) {
	t.Helper()
	s.send(t, "add-catalog-file", "", service("orders", "checkout"))
	uid := s.uid(t, "component:orders")
	repository := fstest.MapFS{"docs/catalog-info.yaml": file(service("handbook", "checkout"))}
	s.reader[ordersOverHTTPS] = repository
	id := s.register(t, ordersOverHTTPS).Location.ID
	if e := s.get(t, "component:orders"); e.UID != uid || !e.OrphanedAt.IsZero() {
		t.Errorf("before it is merged: %+v", e)
	}
	repository["catalog-info.yaml"] = file(service("orders", "checkout"), service("handbook", "checkout"))
	delete(repository, "docs/catalog-info.yaml")
	if r := s.refresh(t, id); len(r.Problems) > 0 {
		t.Errorf("problems: %v", r.Problems)
	}
	s.onlyFrom(t, catalog.LocationGit, uid)

	// A name that was corrected before the file was committed is the same entity.
	s.reader["https://git.example.com/acme/bills.git"] = fstest.MapFS{"catalog-info.yaml": file(service("billing", "checkout"))}
	_, err := s.Push(t.Context(), catalog.PushRequest{
		Target: "https://git.example.com/acme/bills", Branch: "x", Files: map[string][]byte{"catalog-info.yaml": []byte(service("bills", "checkout"))},
	})
	if err != nil {
		t.Fatal(err)
	}
	before := s.uid(t, "component:bills")
	s.register(t, "https://git.example.com/acme/bills.git")
	if e := s.get(t, "component:billing"); e.UID != before {
		t.Errorf("it has become another one: %s", e.UID)
	}
}
