package githost_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/githost/githosttest"
)

// TestAScheduleOfAnOrganization: what is said of an organisation holds for its
// repositories, those that come later included, unless they have their own.
func TestAScheduleOfAnOrganization(t *testing.T) {
	t.Parallel()
	d := newDiscovery(t)
	for _, name := range []string{"alpha", "beta"} {
		d.fake.Commit("acme", name, map[string]string{"catalog-info.yaml": component(name)})
	}
	org := d.register(t, "").Location.ID
	at := func(name string) catalog.Location {
		t.Helper()
		locations, err := d.Locations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range locations {
			if l.Target == d.fake.URL()+"/acme/"+name+".git" {
				return l
			}
		}
		t.Fatalf("there is no location of %s", name)
		return catalog.Location{}
	}
	set := func(id string, every time.Duration) {
		t.Helper()
		if _, err := d.SetSchedule(t.Context(), id, every); err != nil {
			t.Fatal(err)
		}
	}
	want := func(name string, every time.Duration, source catalog.EverySource) {
		t.Helper()
		l := at(name)
		if got, by := l.Every(); got != every || by != source || l.RefreshAt.IsZero() != (every == catalog.Never) {
			t.Errorf("%s is read every %s by %s, next %s; want every %s by %s", name, got, by, l.RefreshAt, every, source)
		}
	}
	want("alpha", 10*time.Minute, catalog.EveryOfType)
	set(org, 6*time.Hour)
	set(at("beta").ID, catalog.Never)
	d.fake.Commit("acme", "gamma", map[string]string{"catalog-info.yaml": component("gamma")})
	d.fake.Commit("acme", "alpha", map[string]string{"catalog-info.yaml": component("alpha2")})
	d.fake.Commit("acme", "beta", map[string]string{"catalog-info.yaml": component("beta2")})
	d.refresh(t, org)
	want("alpha", 6*time.Hour, catalog.EveryOfOrganization)
	want("beta", catalog.Never, catalog.EveryOfLocation)
	want("gamma", 6*time.Hour, catalog.EveryOfOrganization)
	if diff := cmp.Diff([]string{"alpha2", "beta", "gamma"}, d.names(t)); diff != "" {
		t.Errorf("entities, beta being paused (-want +got):\n%s", diff)
	}
	// All is paused, and somebody asks.
	set(org, catalog.Never)
	d.fake.Commit("acme", "alpha", map[string]string{"catalog-info.yaml": component("alpha3")})
	d.fake.Commit("acme", "delta", map[string]string{"catalog-info.yaml": component("delta")})
	want("alpha", catalog.Never, catalog.EveryOfOrganization)
	d.refresh(t, org)
	want("alpha", catalog.Never, catalog.EveryOfOrganization)
	want("delta", catalog.Never, catalog.EveryOfOrganization)
	if diff := cmp.Diff([]string{"alpha3", "beta", "delta", "gamma"}, d.names(t)); diff != "" {
		t.Errorf("entities after asking (-want +got):\n%s", diff)
	}
	// What is paused goes and comes back like the rest.
	archive := func(archived bool) {
		d.fake.Change("acme", "beta", func(r *githosttest.Repository) { r.Archived = archived })
		d.refresh(t, org)
	}
	archive(true)
	if diff := cmp.Diff([]string{"alpha3", "delta", "gamma"}, d.names(t)); diff != "" {
		t.Errorf("entities without beta (-want +got):\n%s", diff)
	}
	archive(false)
	if diff := cmp.Diff([]string{"alpha3", "beta2", "delta", "gamma"}, d.names(t)); diff != "" {
		t.Errorf("entities with beta again (-want +got):\n%s", diff)
	}
	want("beta", catalog.Never, catalog.EveryOfLocation)
	set(org, 0)
	set(at("beta").ID, 0)
	want("alpha", 10*time.Minute, catalog.EveryOfType)
	want("beta", 10*time.Minute, catalog.EveryOfType)
}
