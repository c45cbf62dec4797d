package catalogtest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
)

const acme = "https://git.example.com/acme"

// organization is one whose repositories have a catalog file, by name.
type organization []string

// Repositories returns them all, numbered in their order.
func (o organization) Repositories(context.Context, string, catalog.OrganizationSettings, string) (catalog.Discovery, error) {
	d := catalog.Discovery{Looked: len(o), All: len(o), State: "seen"}
	for i, name := range o {
		d.Repositories = append(d.Repositories, catalog.FoundRepository{
			ID: int64(i + 1), Name: name, Address: acme + "/" + name + ".git", Branch: "main", Pushed: time.Unix(1, 0).UTC(),
		})
	}
	return d, nil
}

// found are the locations and their types, each with its path, in order.
func (s *shop) found(t *testing.T) []string {
	t.Helper()
	locations, err := s.Locations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range locations {
		if len(l.Errors) > 0 {
			t.Errorf("%s has problems: %v", l, l.Errors)
		}
		if l.Type != catalog.LocationGitHubOrg {
			out = append(out, l.String())
		}
	}
	slices.Sort(out)
	return out
}

// discover registers the organisation, or looks again what it has.
func (s *shop) discover(t *testing.T, settings string) {
	t.Helper()
	r, err := s.Register(t.Context(), catalog.Location{Target: "github-org:" + acme, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) > 0 {
		t.Errorf("problems: %v", r.Problems)
	}
}

// orders is where the one repository is in a catalog that knows its organisation.
const ordersFound = "git:" + ordersOverHTTPS + ":catalog-info.yaml"

func newOrdersOf(s *shop) {
	files := fstest.MapFS{"catalog-info.yaml": file(service("orders", "checkout"))}
	for _, address := range []string{ordersOverHTTPS, ordersOverSSH, strings.TrimSuffix(ordersOverHTTPS, ".git")} {
		s.reader[address] = files
	}
	s.Catalog = s.WithOrganizations(organization{"orders"})
}

func testHandThenOrganization(t *testing.T, s *shop) {
	t.Helper()
	newOrdersOf(s)
	for _, by := range []catalog.Location{
		{Target: ordersOverHTTPS},
		{Target: ordersOverSSH},
		{Target: strings.TrimSuffix(ordersOverHTTPS, ".git"), Branch: "main", Type: catalog.LocationGit},
		{Target: ordersOverHTTPS, Path: "catalog-info.yaml"},
	} {
		r, err := s.Register(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		uid := s.uid(t, "component:orders")
		for range 2 {
			s.discover(t, "")
			want(t, "locations", s.found(t), []string{r.Location.String()})
		}
		if s.uid(t, "component:orders") != uid {
			t.Error("it has become another one")
		}
		// Once it is the organisation's alone, the next look finds it.
		if err := s.Remove(t.Context(), r.Location); err != nil {
			t.Fatal(err)
		}
		s.discover(t, "")
		want(t, "locations when nobody has it", s.found(t), []string{ordersFound})
		s.get(t, "component:orders")
		s.forget(t)
	}
}

// forget removes all locations.
func (s *shop) forget(t *testing.T) {
	t.Helper()
	locations, err := s.Locations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range locations {
		if err := s.Remove(t.Context(), catalog.Location{ID: l.ID}); err != nil {
			t.Fatal(err)
		}
	}
}

func testOrganizationThenHand(t *testing.T, s *shop) {
	t.Helper()
	newOrdersOf(s)
	for _, by := range []catalog.Location{
		{Target: ordersOverHTTPS},
		{Target: ordersOverSSH},
		{Target: ordersOverHTTPS, Branch: "main"},
	} {
		s.discover(t, "")
		want(t, "locations", s.found(t), []string{ordersFound})
		uid := s.uid(t, "component:orders")
		r, err := s.Register(t.Context(), by)
		if err != nil || len(r.Problems) > 0 || !slices.Equal(text(r.Entities), []string{"component:default/orders"}) {
			t.Fatalf("registered by hand: %+v, %v", r, err)
		}
		s.discover(t, "")
		want(t, "locations", s.found(t), []string{r.Location.String()})
		if e := s.get(t, "component:orders"); e.UID != uid || !e.OrphanedAt.IsZero() || e.Source.LocationID != r.Location.ID {
			t.Errorf("orders is %s (%s) of %s", e.UID, e.OrphanedAt, e.Source.LocationID)
		}
		s.forget(t)
	}
}

// testOtherPlaceThanFound registers a branch and a folder beside what the
// organisation reads: both stay.
func testOtherPlaceThanFound(t *testing.T, s *shop) {
	t.Helper()
	newOrdersOf(s)
	other := "https://git.example.com/acme/orders.git/"
	for _, by := range []catalog.Location{{Target: other, Branch: "next"}, {Target: other, Path: "services"}} {
		s.reader[ordersOverHTTPS] = fstest.MapFS{"catalog-info.yaml": file(service("next", "checkout"))}
		r, err := s.Register(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		newOrdersOf(s)
		s.discover(t, "")
		want(t, "locations", s.found(t), slices.Sorted(slices.Values([]string{ordersFound, r.Location.String()})))
		s.get(t, "component:orders")
		s.forget(t)
	}
	// Whoever reads all of a repository need not read what a pattern names.
	deep := fstest.MapFS{"services/a/catalog-info.yaml": file(service("deep", "checkout"))}
	s.reader[ordersOverHTTPS] = fstest.MapFS{"catalog-info.yaml": file(service("top", "checkout"))}
	s.register(t, ordersOverHTTPS)
	s.reader[ordersOverHTTPS] = deep
	s.discover(t, `{"path":"services/*/catalog-info.yaml"}`)
	want(t, "locations", s.found(t), []string{"git:" + ordersOverHTTPS, "git:" + ordersOverHTTPS + ":services/*/catalog-info.yaml"})
	s.forget(t)
	s.register(t, ordersOverHTTPS)
	s.discover(t, `{"path":"services/*/catalog-info.yaml"}`)
	want(t, "locations where it does", s.found(t), []string{"git:" + ordersOverHTTPS})
}

func testPushThenOrganization(t *testing.T, s *shop) {
	t.Helper()
	for _, commit := range []string{"", commitNumber(1)} {
		newOrdersOf(s)
		s.send(t, "main", commit, service("orders", "checkout"))
		uid := s.uid(t, "component:orders")
		s.discover(t, "")
		want(t, "locations", s.found(t), []string{ordersFound})
		if e := s.get(t, "component:orders"); e.UID != uid || e.Source.Type != catalog.LocationGit {
			t.Errorf("orders is %s from %s", e.UID, e.Source.Type)
		}
		if r := s.send(t, "main", commitNumber(2), service("orders", "checkout")); r.Location.Type != catalog.LocationGit {
			t.Errorf("a pipeline that goes on: %+v", r.Location)
		}
		s.forget(t)
	}
}

// testFoundAndRegistered is a catalog in which both read a repository: what the
// organisation has of it goes to whoever registered it.
func testFoundAndRegistered(t *testing.T, s *shop) {
	t.Helper()
	newOrdersOf(s)
	s.discover(t, "")
	uid := s.uid(t, "component:orders")
	by := catalog.Location{ID: "by-hand", Type: catalog.LocationGit, Target: ordersOverSSH, CreatedAt: time.Now(), RefreshAt: time.Now()}
	save := func(ctx context.Context) error { return s.backend.Store.SaveLocation(ctx, by) }
	if err := s.backend.Unit.InTx(t.Context(), save); err != nil {
		t.Fatal(err)
	}
	s.discover(t, "")
	s.refresh(t, by.ID)
	s.discover(t, "")
	want(t, "locations", s.found(t), []string{by.String()})
	if e := s.get(t, "component:orders"); e.UID != uid || !e.OrphanedAt.IsZero() {
		t.Errorf("orders is %s, orphaned at %s", e.UID, e.OrphanedAt)
	}
}
