package githost_test

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/internal/githost/githosttest"
)

func component(name string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: " + name + "}\nspec: {type: service, lifecycle: production, owner: x}\n"
}

// discovery is an organisation on GitHub and a catalog that reads it.
type discovery struct {
	*catalog.Catalog

	fake *githosttest.GitHub
	seen int // requests that were looked at
}

func newDiscovery(t *testing.T) *discovery {
	t.Helper()
	fake := githosttest.NewGitHub(t)
	host, err := githost.NewGitHub(githost.GitHubOptions{Token: githosttest.Token, APIURL: fake.URL()})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := git.NewGuard("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	store := catalogtest.NewFake()
	reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: guard, Login: host.Login})
	c := catalog.New(store, store, reader, slog.New(slog.DiscardHandler)).WithOrganizations(githost.NewOrganizations(host))
	return &discovery{Catalog: c, fake: fake}
}

// asked returns the requests to the API since it was called last.
func (d *discovery) asked() []string {
	all := d.fake.Requests()
	out := all[d.seen:]
	d.seen = len(all)
	return out
}

// names returns what is in the catalog.
func (d *discovery) names(t *testing.T) []string {
	t.Helper()
	page, err := d.List(t.Context(), catalog.Query{Limit: catalog.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range page.Items {
		if e.Metadata.Annotations[catalog.AnnotationOrphan] == "" {
			out = append(out, e.Metadata.Name)
		}
	}
	slices.Sort(out)
	return out
}

func (d *discovery) register(t *testing.T, settings string) catalog.Registration {
	t.Helper()
	r, err := d.Register(t.Context(), catalog.Location{Target: "github-org:" + d.fake.URL() + "/acme", Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) > 0 {
		t.Errorf("problems: %v", r.Problems)
	}
	return r
}

func (d *discovery) refresh(t *testing.T, id string) {
	t.Helper()
	if _, err := d.Refresh(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

func TestAnOrganizationIsDiscovered(t *testing.T) {
	t.Parallel()
	d := newDiscovery(t)
	d.fake.PageSize = 2
	for _, name := range []string{"alpha", "beta", "gamma", "delta"} {
		d.fake.Commit("acme", name, map[string]string{"catalog-info.yaml": component(name)})
	}
	d.fake.Commit("acme", "bare", map[string]string{"README.md": "nothing here"})
	d.fake.Put("acme", "empty")
	d.fake.Commit("acme", "old", map[string]string{"catalog-info.yaml": component("old")})
	d.fake.Change("acme", "old", func(r *githosttest.Repository) { r.Archived = true })
	r := d.register(t, "")
	if diff := cmp.Diff([]string{"alpha", "beta", "delta", "gamma"}, d.names(t)); diff != "" {
		t.Fatalf("entities (-want +got):\n%s", diff)
	}
	list := "GET /orgs/acme/repos"
	look := func(name string) string { return "GET /repos/acme/" + name + "/contents/catalog-info.yaml" }
	want := []string{list, list, list, list, look("alpha"), look("bare"), look("beta"), look("delta"), look("gamma")}
	if diff := cmp.Diff(want, d.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	d.refresh(t, r.Location.ID)
	if diff := cmp.Diff([]string{list + " 304", list + " 304", list + " 304", list + " 304"}, d.asked()); diff != "" {
		t.Errorf("requests when nothing changed (-want +got):\n%s", diff)
	}
	d.fake.Commit("acme", "bare", map[string]string{"catalog-info.yaml": component("late")})
	d.fake.Commit("acme", "beta", map[string]string{"catalog-info.yaml": component("beta2")})
	d.refresh(t, r.Location.ID)
	if diff := cmp.Diff([]string{list, list, list + " 304", list + " 304", look("bare"), look("beta")}, d.asked()); diff != "" {
		t.Errorf("requests after two pushes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"alpha", "beta2", "delta", "gamma", "late"}, d.names(t)); diff != "" {
		t.Errorf("entities after two pushes (-want +got):\n%s", diff)
	}
	// One goes, one gets another name, one is archived.
	before, err := d.Get(t.Context(), catalog.NewRef("component", "", "gamma"))
	if err != nil {
		t.Fatal(err)
	}
	d.fake.Drop("acme", "alpha")
	d.fake.Change("acme", "delta", func(r *githosttest.Repository) { r.Archived = true })
	d.fake.Change("acme", "gamma", func(r *githosttest.Repository) { r.Name = "gamma-2" })
	d.refresh(t, r.Location.ID)
	if diff := cmp.Diff([]string{"beta2", "gamma", "late"}, d.names(t)); diff != "" {
		t.Errorf("entities after changes of repositories (-want +got):\n%s", diff)
	}
	after, err := d.Get(t.Context(), catalog.NewRef("component", "", "gamma"))
	if err != nil || after.UID != before.UID || !strings.HasSuffix(after.Source.Target, "/acme/gamma-2.git") {
		t.Errorf("the renamed repository: %s at %s, %v; want %s", after.UID, after.Source.Target, err, before.UID)
	}
	if at := after.Metadata.Annotations[catalog.AnnotationLocation]; !strings.Contains(at, "/acme/gamma-2.git") {
		t.Errorf("the renamed repository's entity says it is at %s", at)
	}
	if err := d.Remove(t.Context(), catalog.Location{ID: r.Location.ID}); err != nil {
		t.Fatal(err)
	}
	left, err := d.Locations(t.Context())
	if err != nil || len(left) != 0 || len(d.names(t)) != 0 {
		t.Errorf("left: %v, %v, %v", left, d.names(t), err)
	}
}

func TestWhichRepositoriesAreTaken(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string][]string{
		`{"repositories":"team-*"}`:                             {"team-a"},
		`{"topics":["Platform","x"]}`:                           {"tagged"},
		`{"forks":true,"archived":true}`:                        {"fork", "old", "tagged", "team-a"},
		`{"path":"services/*/catalog-info.yaml"}`:               {"one", "two"},
		`{"path":"deep/catalog.yaml","repositories":"m???"}`:    {"three"},
		`{"path":"**/catalog-info.yaml","repositories":"mono"}`: {"deeper", "one", "two"},
		`{"expression":"team-.|ol?d?"}`:                         {"team-a"},
		`{"expression":"(team|tag).*"}`:                         {"tagged", "team-a"},
		`{"without_topics":["Platform"],"forks":true}`:          {"fork", "team-a"},
		`{"visibility":["internal","private"]}`:                 {"tagged"},
		`{"branch":"main","repositories":"team-*"}`:             {"team-a"},
		`{"branch":"release"}`:                                  {"team-a-release"},
		`{"branch":"release","path":"**/catalog-info.yaml"}`:    {"team-a-release"},
	} {
		t.Run(settings, func(t *testing.T) {
			t.Parallel()
			d := newDiscovery(t)
			for _, name := range []string{"team-a", "tagged", "fork", "old"} {
				d.fake.Commit("acme", name, map[string]string{"catalog-info.yaml": component(name)})
			}
			d.fake.CommitTo("acme", "team-a", "release", map[string]string{"catalog-info.yaml": component("team-a-release")})
			d.fake.Change("acme", "tagged", func(r *githosttest.Repository) { r.Topics, r.Visibility = []string{"platform"}, "internal" })
			d.fake.Change("acme", "fork", func(r *githosttest.Repository) { r.Fork = true })
			d.fake.Change("acme", "old", func(r *githosttest.Repository) { r.Archived = true })
			d.fake.Commit("acme", "mono", map[string]string{
				"services/one/catalog-info.yaml": component("one"), "services/two/catalog-info.yaml": component("two"),
				"services/x/y/catalog-info.yaml": component("deeper"), "deep/catalog.yaml": component("three"),
			})
			d.register(t, settings)
			if diff := cmp.Diff(want, d.names(t)); diff != "" {
				t.Errorf("entities (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSettingsAreReplaced registers an organisation again, without settings and
// with others.
func TestSettingsAreReplaced(t *testing.T) {
	t.Parallel()
	d := newDiscovery(t)
	for _, name := range []string{"team-a", "team-b", "shop"} {
		d.fake.Commit("acme", name, map[string]string{"catalog-info.yaml": component(name), "deep/catalog.yaml": component(name + "-deep")})
	}
	first := d.register(t, `{"repositories":"team-*"}`).Location.ID
	for _, step := range []struct {
		settings string
		want     []string
	}{
		{"", []string{"team-a", "team-b"}},
		{`{"repositories":"shop"}`, []string{"shop"}},
		{"", []string{"shop"}},
		{`{"repositories":"*","path":"deep/*.yaml"}`, []string{"shop-deep", "team-a-deep", "team-b-deep"}},
		{`{"repositories":"team-?"}`, []string{"team-a", "team-b"}},
		{`{"branch":"main"}`, []string{"shop", "team-a", "team-b"}},
		{`{"branch":"release"}`, nil},
	} {
		if again := d.register(t, step.settings).Location.ID; again != first {
			t.Errorf("%s: it is registered a second time", step.settings)
		}
		if diff := cmp.Diff(step.want, d.names(t)); diff != "" {
			t.Errorf("%q: entities (-want +got):\n%s", step.settings, diff)
		}
	}
	if _, err := d.Register(t.Context(), catalog.Location{Target: d.fake.URL() + "/acme/shop.git", Settings: `{"id":1}`}); !fault.Is(err, fault.Invalid) {
		t.Errorf("settings of a repository: %v", err)
	}
}

func TestLimitsOfGitHubAreRespected(t *testing.T) {
	t.Parallel()
	d := newDiscovery(t)
	d.fake.Commit("acme", "alpha", map[string]string{"catalog-info.yaml": component("alpha")})
	d.fake.Commit("acme", "beta", map[string]string{"catalog-info.yaml": component("beta")})
	r := d.register(t, "")
	d.fake.Commit("acme", "beta", map[string]string{"x": "y"})
	reset := time.Now().Add(20 * time.Minute).Truncate(time.Second)
	limit := githosttest.Failure{
		Method: "GET", Status: 403, Message: "API rate limit exceeded",
		Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset.Unix(), 10)},
	}
	d.fake.Fail(limit)
	if _, err := d.Refresh(t.Context(), r.Location.ID); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "going on at") {
		t.Errorf("Refresh = %v, want to wait", err)
	}
	locations, err := d.Locations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range locations {
		if l.ID == r.Location.ID && (!l.RefreshAt.Equal(reset) || l.Failures != 0 || len(l.Errors) != 1) {
			t.Errorf("due at %s after %d failures (%v), want %s", l.RefreshAt, l.Failures, l.Errors, reset)
		}
	}
	d = newDiscovery(t)
	d.fake.Commit("acme", "alpha", map[string]string{"catalog-info.yaml": component("alpha")})
	d.fake.Fail(githosttest.Failure{Method: "GET", Status: 403, Message: "You have exceeded a secondary rate limit", Header: map[string]string{"Retry-After": "1"}})
	d.register(t, "") // waited for
}

func TestWhatIsWrongWithAnOrganization(t *testing.T) {
	t.Parallel()
	d := newDiscovery(t)
	d.fake.Commit("acme", "bare", map[string]string{"README.md": "x"})
	for _, tt := range []struct {
		name, target, settings string
		fail                   githosttest.Failure
		want                   fault.Code
		says                   string
	}{
		{name: "no such organisation", target: d.fake.URL() + "/nobody", want: fault.NotFound, says: `knows no organisation "nobody"`},
		{name: "another host", target: "https://github.com/acme", want: fault.Invalid, says: "for which the platform has a token"},
		{name: "nothing in it that is meant", target: d.fake.URL() + "/acme", settings: `{"repositories":"team-*"}`, want: fault.Invalid, says: "None of the 1 repository of"},
		{name: "settings that are none", target: d.fake.URL() + "/acme", settings: `{"pth":"x"}`, want: fault.Invalid, says: "settings"},
		{name: "a bad expression", target: d.fake.URL() + "/acme", settings: `{"expression":"(?!a)b"}`, want: fault.Invalid, says: "no regular expression"},
		{name: "a bad visibility", target: d.fake.URL() + "/acme", settings: `{"visibility":["secret"]}`, want: fault.Invalid, says: "secret"},
		{name: "a bad pattern", target: d.fake.URL() + "/acme", settings: `{"repositories":"[a"}`, want: fault.Invalid, says: "no pattern"},
		{name: "a bad token", target: d.fake.URL() + "/acme", fail: githosttest.Failure{Status: http.StatusUnauthorized, Message: "Bad credentials"}, want: fault.Unauthenticated, says: "does not accept the token"},
	} {
		if tt.fail.Status != 0 {
			d.fake.Fail(tt.fail)
		}
		_, err := d.Register(t.Context(), catalog.Location{Type: catalog.LocationGitHubOrg, Target: tt.target, Settings: tt.settings})
		if !fault.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || fault.From(err).Hint == "" {
			t.Errorf("%s: %v (%s), want %s %q with a hint", tt.name, err, fault.CodeOf(err), tt.want, tt.says)
		}
	}
}

// TestAnOrganizationWithoutCatalogFiles is registered before its first one is
// merged: that is found the next time.
func TestAnOrganizationWithoutCatalogFiles(t *testing.T) {
	t.Parallel()
	d := newDiscovery(t)
	for _, name := range []string{"a", "b", "old"} {
		d.fake.Commit("acme", name, map[string]string{"README.md": "x"})
	}
	d.fake.Change("acme", "old", func(r *githosttest.Repository) { r.Archived = true })
	r := d.register(t, "")
	if f := r.Discovery; f == nil || f.Looked != 2 || f.All != 3 || len(f.Repositories) != 0 || !r.Created {
		t.Errorf("registered: %+v, %+v", r, f)
	}
	d.fake.Commit("acme", "b", map[string]string{"catalog-info.yaml": component("b")})
	d.refresh(t, r.Location.ID)
	if diff := cmp.Diff([]string{"b"}, d.names(t)); diff != "" {
		t.Errorf("entities after the first one was merged (-want +got):\n%s", diff)
	}
}

// TestAPushIsVisibleAtOnce tells a running schedule of a push, as GitHub's event
// does.
func TestAPushIsVisibleAtOnce(t *testing.T) {
	t.Parallel()
	d := newDiscovery(t)
	d.fake.Commit("acme", "alpha", map[string]string{"catalog-info.yaml": component("alpha")})
	d.register(t, "")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.RunSchedule(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("schedule: %v", err)
		}
	})
	d.fake.Commit("acme", "alpha", map[string]string{"catalog-info.yaml": component("alpha2")})
	d.fake.Commit("acme", "beta", map[string]string{"catalog-info.yaml": component("beta")})
	start := time.Now()
	for _, name := range []string{"alpha", "beta"} {
		ids, err := d.Changed(t.Context(), catalog.RepositoryEvent{
			Target: d.fake.URL() + "/acme/" + name + ".git", Branch: "main", DefaultBranch: "main", Files: []string{"catalog-info.yaml"},
		})
		if err != nil || len(ids) != 1 {
			t.Fatalf("%s: %v, %v", name, ids, err)
		}
	}
	for !slices.Equal(d.names(t), []string{"alpha2", "beta"}) {
		if time.Since(start) > 30*time.Second {
			t.Fatalf("after %s: %v", time.Since(start), d.names(t))
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Logf("visible after %s", time.Since(start))
}
