package githost_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/githost/githosttest"
)

// TestHostileRepositories looks into what nobody would have by accident.
func TestHostileRepositories(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	c.fake.Commit("acme", "links", map[string]string{
		"README.md": "-> /etc/passwd", "catalog-info.yaml": "-> ../../etc/passwd", "CODEOWNERS": "-> /proc/self/environ", "go.mod": "module x",
	})
	if got := c.propose("links"); got.Outcome != catalog.ProposalSkipped || got.Reason != "has catalog-info.yaml" {
		t.Errorf("a link in its place: %+v", got)
	}
	c.fake.Commit("acme", "links", map[string]string{"catalog-info.yaml": "-"})
	if got := c.propose("links"); got.Outcome != catalog.ProposalOpened || !strings.Contains(string(got.File), "owner: unknown") || strings.Contains(string(got.File), "title") {
		t.Errorf("links are followed: %+v\n%s", got, got.File)
	}
	names := map[string]string{
		"Dockerfile.\nowner: evil": "x", "api/open\u2028api.yaml": "openapi: 3.1.0", "deploy/a\rb.yaml": "kind: Deployment", "a: b # c.proto": "service X {",
		"README.md": "# x\ny: z\n\n</table> ${{ evil }} \x00\x1b[2J --- \n", "CODEOWNERS": "* @acme/`evil`|x\n",
	}
	c.fake.Commit("acme", "names", names)
	named := c.propose("names")
	if named.Outcome != catalog.ProposalOpened {
		t.Fatalf("names: %+v\n%s", named, named.File)
	}
	entities, err := catalog.Parse("catalog-info.yaml", named.File)
	if err != nil || entities[0].SpecString("owner") == "evil" {
		t.Errorf("names: %v\n%s", err, named.File)
	}
	for i := range 60 {
		names[fmt.Sprintf("deploy/%02d.yaml", i)] = "kind: ConfigMap"
		names[fmt.Sprintf("data/%02d.json", i)] = "{}"
	}
	c.fake.Commit("acme", "huge", names)
	c.fake.Change("acme", "huge", func(r *githosttest.Repository) { r.Cut = 100 })
	c.asked()
	huge := c.propose("huge", dry)
	if len(c.asked()) > 20 || huge.Outcome != catalog.ProposalOpened || len(huge.Notes) < 2 || !strings.Contains(huge.Notes[0], "more files than its host lists") || !strings.Contains(huge.Notes[1], "were not looked into") {
		t.Errorf("huge: %s %v %s", huge.Outcome, huge.Notes, huge.Reason)
	}
	c.fake.Commit("acme", "huge", map[string]string{"catalog-info.yaml": component("huge"), "AAA": "x"})
	c.fake.Change("acme", "huge", func(r *githosttest.Repository) { r.Cut = 1 })
	if got := c.propose("huge", dry); got.Outcome != catalog.ProposalSkipped || got.Reason != "has catalog-info.yaml" {
		t.Errorf("what the list leaves out: %+v", got)
	}
}

func TestProposalsRespectLimits(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	c.fake.Commit("acme", "orders", ordersFiles())
	reset := time.Now().Add(20 * time.Minute).Truncate(time.Second)
	for _, limit := range []githosttest.Failure{
		{Method: "PUT", Status: 403, Message: "You have exceeded a secondary rate limit", Header: map[string]string{"Retry-After": "90"}},
		{Method: "POST", Path: "/repos/acme/orders/pulls", Status: 429, Message: "slow down", Header: map[string]string{"Retry-After": "90"}},
		{Method: "PUT", Status: 403, Message: "You have exceeded a secondary rate limit", Header: map[string]string{"Retry-After": "1"}},
	} {
		c.fake.Fail(limit)
		got := c.propose("orders")
		if limit.Header["Retry-After"] == "1" { // waited for
			if got.Outcome != catalog.ProposalUnchanged && got.Outcome != catalog.ProposalOpened {
				t.Errorf("a short wait: %+v", got)
			}
			continue
		}
		if wait := time.Until(got.Until); got.Outcome != catalog.ProposalWaits || wait < time.Minute || wait > 2*time.Minute || got.Reason == "" {
			t.Errorf("%s: %+v", limit.Message, got)
		}
		time.Sleep(10 * time.Millisecond)
		c.fresh()
	}
	if pulls := c.fake.Pulls("acme", "orders"); len(pulls) != 1 {
		t.Errorf("pull requests: %+v", pulls)
	}
	c.fake.Fail(githosttest.Failure{
		Method: "GET", Status: 403, Message: "API rate limit exceeded",
		Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset.Unix(), 10)},
	})
	if got := c.propose("orders"); got.Outcome != catalog.ProposalWaits || !got.Until.Equal(reset) {
		t.Errorf("a primary limit: %+v, want until %s", got, reset)
	}
	c.fresh()
	c.fake.Fail(githosttest.Failure{Status: http.StatusUnauthorized, Message: "Bad credentials"})
	if _, err := c.Propose(t.Context(), catalog.ProposalRequest{Repository: c.fake.URL() + "/acme/orders"}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a bad token: %v", err)
	}
	c.fake.Commit("acme", "locked", map[string]string{"x": "y"})
	c.fake.Fail(githosttest.Failure{Method: "PUT", Status: http.StatusForbidden, Message: "Resource not accessible by personal access token"})
	if got := c.propose("locked"); got.Failure != fault.Forbidden || !strings.Contains(got.Hint, "Pull requests: read and write") {
		t.Errorf("a token without rights: %+v", got)
	}
}

// fresh forgets what the client remembers of limits, as time does.
func (c *campaign) fresh() { c.pause(0) }

func TestRepositoriesAreListedInPages(t *testing.T) {
	t.Parallel()
	c := newCampaign(t)
	c.fake.PageSize = 2
	for _, name := range []string{"alpha", "beta", "gamma"} {
		c.fake.Commit("acme", name, map[string]string{"x": "y"})
	}
	c.fake.Put("acme", "void")
	c.fake.Change("acme", "alpha", func(r *githosttest.Repository) { r.Archived = true })
	c.fake.Change("acme", "beta", func(r *githosttest.Repository) { r.Fork = true })
	var got []string
	for page, more := 1, true; more; page++ {
		var found []catalog.ListedRepository
		var err error
		if found, more, err = c.RepositoriesOf(t.Context(), c.fake.URL()+"/acme/", page); err != nil {
			t.Fatal(err)
		}
		for _, r := range found {
			got = append(got, r.Name+" "+r.Skip)
		}
	}
	if diff := cmp.Diff([]string{"alpha is archived", "beta is a fork", "gamma ", "void is empty"}, got); diff != "" {
		t.Errorf("repositories (-want +got):\n%s", diff)
	}
	if _, _, err := c.RepositoriesOf(t.Context(), c.fake.URL()+"/nobody", 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such organisation: %v", err)
	}
	nobody := catalog.New(catalogtest.NewFake(), nil, nil, slog.New(slog.DiscardHandler))
	if _, _, err := nobody.RepositoriesOf(t.Context(), "https://github.com/acme", 1); !fault.Is(err, fault.Unauthenticated) || fault.From(err).Hint == "" {
		t.Errorf("without a token: %v", err)
	}
}

// TestWritesAreSpacedOut makes the three writes of a pull request.
func TestWritesAreSpacedOut(t *testing.T) {
	t.Parallel()
	const pause = 60 * time.Millisecond
	c := newCampaign(t)
	c.pause(pause)
	c.fake.Commit("acme", "orders", ordersFiles())
	start := time.Now()
	if got := c.propose("orders"); got.Outcome != catalog.ProposalOpened {
		t.Fatalf("proposed: %+v", got)
	}
	if took := time.Since(start); took < 2*pause {
		t.Errorf("three writes took %s, want at least %s", took, 2*pause)
	}
}
