package githost_test

import (
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/internal/githost/githosttest"
)

// groups are in the catalog before anything is proposed.
const groups = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: checkout}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: stock, annotations: {github.com/team-slug: acme/warehouse-team}}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: known}
spec: {type: service, lifecycle: production, owner: checkout}
`

// campaign is an organisation on GitHub in whose repositories files are proposed.
type campaign struct {
	*catalog.Catalog

	t    *testing.T
	fake *githosttest.GitHub
	seen int
}

func newCampaign(t *testing.T) *campaign {
	t.Helper()
	fake := githosttest.NewGitHub(t)
	c := catalogtest.New(map[string]fs.FS{"/srv": fstest.MapFS{"catalog-info.yaml": {Data: []byte(groups)}}})
	if r, err := c.Register(t.Context(), catalog.Location{Target: "/srv"}); err != nil || len(r.Problems) > 0 {
		t.Fatal(err, r.Problems)
	}
	out := &campaign{Catalog: c, t: t, fake: fake}
	out.pause(0)
	return out
}

// pause makes a new client that waits so long between two writes.
func (c *campaign) pause(d time.Duration) {
	c.t.Helper()
	host, err := githost.NewGitHub(githost.GitHubOptions{Token: githosttest.Token, APIURL: c.fake.URL()})
	if err != nil {
		c.t.Fatal(err)
	}
	contributor := githost.NewContributor(host)
	contributor.Pause = d
	c.Catalog = c.WithContributor(contributor)
}

func (c *campaign) propose(name string, with ...func(q *catalog.ProposalRequest)) catalog.Proposed {
	c.t.Helper()
	q := catalog.ProposalRequest{Repository: c.fake.URL() + "/acme/" + name, Branch: "main"}
	for _, set := range with {
		set(&q)
	}
	got, err := c.Propose(c.t.Context(), q)
	if err != nil {
		c.t.Fatalf("%s: %v", name, err)
	}
	return got
}

func dry(q *catalog.ProposalRequest)   { q.DryRun = true }
func again(q *catalog.ProposalRequest) { q.Again = true }

// asked returns the requests since it was called last.
func (c *campaign) asked() []string {
	all := c.fake.Requests()
	out := all[c.seen:]
	c.seen = len(all)
	return out
}

// writes returns those of the requests that change something.
func writes(requests []string) []string {
	return slices.DeleteFunc(slices.Clone(requests), func(r string) bool { return strings.HasPrefix(r, "GET ") })
}

func ordersFiles() map[string]string {
	return map[string]string{
		"go.mod": "module x", "cmd/orders/main.go": "package main", "README.md": "# Orders\n\nTakes orders, see @everyone and fixes #1.\n",
		"api/openapi.yaml": "openapi: 3.1.0\ninfo: {title: x}\n", "CODEOWNERS": "* @acme/Warehouse-Team\n", "deploy/app.yaml": "kind: Deployment\n",
		"package.json": "{}", "node_modules/x/openapi.yaml": "openapi: 3.0.0",
	}
}

func TestAFileIsProposed(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	c.fake.Commit("acme", "orders", ordersFiles())
	wouldBe := c.propose("orders", dry)
	for _, want := range []string{
		"name: orders", "owner: stock # from CODEOWNERS", "title: Orders", "type: service", "lifecycle: production # from deploy/app.yaml", "$text: ./api/openapi.yaml",
	} {
		if !strings.Contains(string(wouldBe.File), want) {
			t.Errorf("the proposal lacks %q:\n%s", want, wouldBe.File)
		}
	}
	asked := c.asked()
	if len(writes(asked)) > 0 || len(c.fake.Pulls("acme", "orders")) > 0 || wouldBe.Outcome != catalog.ProposalOpened {
		t.Errorf("looking wrote %v, %s", writes(asked), wouldBe.Outcome)
	}
	if len(asked) > 7 { // tree, pull requests, README, CODEOWNERS, package.json, deployment, OpenAPI
		t.Errorf("looking took %d requests: %v", len(asked), asked)
	}

	got := c.propose("orders")
	if got.Outcome != catalog.ProposalOpened || !strings.HasSuffix(got.PullRequest, "/acme/orders/pull/1") || len(got.Notes) > 0 {
		t.Errorf("proposed: %+v", got)
	}
	pulls := c.fake.Pulls("acme", "orders")
	if len(pulls) != 1 || pulls[0].Head != "platform/catalog-info" || pulls[0].Base != "main" || !pulls[0].Open {
		t.Fatalf("pull requests: %+v", pulls)
	}
	for _, never := range []string{"@everyone", "@acme", "#1", "Takes"} {
		if strings.Contains(pulls[0].Body, never) {
			t.Errorf("the pull request says %q, which calls people or issues:\n%s", never, pulls[0].Body)
		}
	}
	if file := c.fake.File("acme", "orders", "platform/catalog-info", "catalog-info.yaml"); file != string(wouldBe.File) {
		t.Errorf("the file is another one than was said:\n%s", file)
	}
	if c.fake.File("acme", "orders", "main", "catalog-info.yaml") != "" {
		t.Error("the file is on the default branch")
	}
	c.asked()
	if got := c.propose("orders"); got.Outcome != catalog.ProposalUnchanged || len(writes(c.asked())) > 0 || got.PullRequest == "" {
		t.Errorf("again: %+v", got)
	}
}

// TestWhatBecomesOfPullRequests goes on after each thing that people may do with
// one.
func TestWhatBecomesOfPullRequests(t *testing.T) {
	t.Parallel()
	const branch, file = "platform/catalog-info", "catalog-info.yaml"
	t.Run("updated when the repository changes", func(t *testing.T) {
		t.Parallel()
		c := newCampaign(t)
		c.fake.Commit("acme", "orders", ordersFiles())
		c.propose("orders")
		c.fake.Commit("acme", "orders", map[string]string{"CODEOWNERS": "* @acme/checkout\n"})
		c.asked()
		if got := c.propose("orders", dry); got.Outcome != catalog.ProposalUpdated || len(writes(c.asked())) > 0 {
			t.Errorf("looking: %+v", got)
		}
		got := c.propose("orders")
		pulls := c.fake.Pulls("acme", "orders")
		if got.Outcome != catalog.ProposalUpdated || len(pulls) != 1 || !strings.Contains(pulls[0].Body, "`checkout`") {
			t.Errorf("proposed %+v: %+v", got, pulls)
		}
		if !strings.Contains(c.fake.File("acme", "orders", branch, file), "owner: checkout") {
			t.Error("the file is as it was")
		}
		if got := c.propose("orders"); got.Outcome != catalog.ProposalUnchanged {
			t.Errorf("again: %+v", got)
		}
	})
	t.Run("left alone when somebody wrote in it", func(t *testing.T) {
		t.Parallel()
		c := newCampaign(t)
		c.fake.Commit("acme", "orders", ordersFiles())
		c.propose("orders")
		c.fake.Write("acme", "orders", branch, file, "theirs")
		c.fake.Commit("acme", "orders", map[string]string{"CODEOWNERS": "* @acme/checkout\n"})
		if got := c.propose("orders"); got.Outcome != catalog.ProposalUnchanged || !strings.Contains(got.Reason, "somebody changed") || string(got.File) != "theirs" {
			t.Errorf("proposed: %+v", got)
		}
		if c.fake.File("acme", "orders", branch, file) != "theirs" {
			t.Error("what they wrote is gone")
		}
	})
	t.Run("respected when it is closed", func(t *testing.T) {
		t.Parallel()
		c := newCampaign(t)
		c.fake.Commit("acme", "orders", ordersFiles())
		c.propose("orders")
		c.fake.ClosePull("acme", "orders", 1, false)
		c.asked()
		if got := c.propose("orders"); got.Outcome != catalog.ProposalSkipped || got.Reason != "its pull request was closed" || got.PullRequest == "" || len(writes(c.asked())) > 0 {
			t.Errorf("proposed: %+v", got)
		}
		c.fake.Commit("acme", "orders", map[string]string{"new.txt": "x"})
		got := c.propose("orders", again)
		pulls := c.fake.Pulls("acme", "orders")
		if got.Outcome != catalog.ProposalOpened || len(pulls) != 2 || !pulls[1].Open || c.fake.File("acme", "orders", branch, "new.txt") != "x" {
			t.Errorf("again: %+v: %+v", got, pulls)
		}
	})
	t.Run("done when it is merged, and after somebody deleted the file", func(t *testing.T) {
		t.Parallel()
		c := newCampaign(t)
		c.fake.Commit("acme", "orders", ordersFiles())
		c.propose("orders")
		c.fake.ClosePull("acme", "orders", 1, true)
		if got := c.propose("orders"); got.Outcome != catalog.ProposalSkipped || got.Reason != "has catalog-info.yaml" {
			t.Errorf("merged: %+v", got)
		}
		c.fake.Commit("acme", "orders", map[string]string{file: "-"})
		if got := c.propose("orders"); got.Outcome != catalog.ProposalSkipped || got.Reason != "its pull request was merged" {
			t.Errorf("deleted: %+v", got)
		}
		if got := c.propose("orders", again); got.Outcome != catalog.ProposalOpened || len(c.fake.Pulls("acme", "orders")) != 2 {
			t.Errorf("again: %+v", got)
		}
	})
	for _, where := range []string{"POST /repos/acme/orders/git/refs", "PUT /repos/acme/orders/contents/catalog-info.yaml", "POST /repos/acme/orders/pulls"} {
		t.Run("gone on with after trouble at "+where, func(t *testing.T) {
			t.Parallel()
			for _, after := range []bool{false, true} {
				c := newCampaign(t)
				c.fake.Commit("acme", "orders", ordersFiles())
				method, path, _ := strings.Cut(where, " ")
				c.fake.Fail(githosttest.Failure{Method: method, Path: path, Status: http.StatusBadGateway, Message: "oops", After: after})
				if got := c.propose("orders"); got.Outcome != catalog.ProposalFailed || got.Failure != fault.Unavailable || got.Reason == "" {
					t.Errorf("with trouble: %+v", got)
				}
				got := c.propose("orders")
				pulls := c.fake.Pulls("acme", "orders")
				if got.Outcome == catalog.ProposalFailed || len(pulls) != 1 || c.fake.File("acme", "orders", branch, file) != string(got.File) {
					t.Errorf("done after: %t: %+v: %+v", after, got, pulls)
				}
			}
		})
	}
}

func TestWhereNothingIsProposed(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	c.fake.Commit("acme", "has", map[string]string{"catalog-info.yml": component("has")})
	c.fake.Commit("acme", "mono", map[string]string{"services/a/catalog-info.yaml": component("a"), "vendor/x/catalog-info.yaml": component("x")})
	c.fake.Commit("acme", "known", map[string]string{"go.mod": "module x"})
	c.fake.Commit("acme", "samples", map[string]string{"testdata/catalog-info.yaml": component("x"), "CODEOWNERS": "* @acme/nobodys"})
	c.fake.Commit("acme", "bare", map[string]string{"x.txt": "x"})
	for name, want := range map[string]string{
		"has": "skipped: has catalog-info.yml", "mono": "skipped: has services/a/catalog-info.yaml",
		"known":   "skipped: component:default/known is in the catalog already, from /srv (catalog-info.yaml:11)",
		"samples": "opened: `group:default/nobodys` is not in the catalog yet.",
		"bare":    "opened: No CODEOWNERS names anybody: write the group that answers for it instead of `unknown`.",
		"gone":    "failed: GitHub found nothing to list the files of " + c.fake.URL() + "/acme/gone.",
	} {
		got := c.propose(name, dry)
		said := string(got.Outcome) + ": " + got.Reason + strings.Join(got.Notes, " ")
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	owned := c.propose("bare", dry, func(q *catalog.ProposalRequest) { q.Owner = "checkout" })
	if len(owned.Notes) > 0 || !strings.Contains(string(owned.File), "owner: checkout\n") {
		t.Errorf("with an owner: %v\n%s", owned.Notes, owned.File)
	}
	if _, err := c.Propose(t.Context(), catalog.ProposalRequest{Repository: c.fake.URL() + "/acme/bare", Owner: "group:", DryRun: true}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an owner that is none: %v", err)
	}
	for _, address := range []string{"", "acme/orders", "https://github.com/acme/orders", c.fake.URL() + "/acme", c.fake.URL() + "/acme/..", c.fake.URL() + "/acme/a/b", "file:///acme/orders"} {
		got, err := c.Propose(t.Context(), catalog.ProposalRequest{Repository: address, DryRun: true})
		if err == nil {
			err = fault.New(got.Failure, "%s", got.Reason)
		}
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %+v, %v", address, got, err)
		}
	}
	c.asked()
	if got := c.propose("bare", dry, func(q *catalog.ProposalRequest) { q.Branch = "" }); got.Outcome != catalog.ProposalOpened || c.asked()[0] != "GET /repos/acme/bare" {
		t.Errorf("without a branch: %+v", got)
	}
}
