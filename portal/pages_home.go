package portal

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/pipelines"
)

// homePage shows what needs somebody, then what changed.
type homePage struct {
	frame
	Needs    []need
	Active   []runRow
	Changed  []entityRow
	Services int
	Pairs    int
	Mine     []entityRow
	Unloaded []string // facts that could not be loaded
}

// need is one thing somebody should look at.
type need struct {
	Badge  badge
	Title  string
	Detail string
	URL    string
	Action string
}

const (
	homeChanged = 8
	homeRuns    = 20
	homeNeeds   = 8
)

func (p *pages) showHome(c echo.Context) error {
	page := homePage{frame: newFrame(c, "Home", "home")}
	ctx := c.Request().Context()
	changed, err := p.catalog.List(ctx, catalog.Query{Order: "-updated", Limit: homeChanged})
	if err != nil {
		return err
	}
	if page.Changed, err = p.entityRows(c, changed.Items); err != nil {
		return err
	}
	services, err := p.catalog.List(ctx, catalog.Query{Kinds: []string{catalog.KindComponent}, Limit: 1})
	if err != nil {
		return err
	}
	page.Services = services.Total
	if !p.side(c, "contracts", func(ctx context.Context) error { return p.homeContracts(ctx, &page) }) {
		page.Unloaded = append(page.Unloaded, "contracts")
	}
	if !p.side(c, "runs", func(ctx context.Context) error { return p.homeRuns(ctx, &page) }) {
		page.Unloaded = append(page.Unloaded, "runs")
	}
	if !p.side(c, "my services", func(ctx context.Context) error { return p.homeMine(ctx, c, &page) }) {
		page.Unloaded = append(page.Unloaded, "the services you own")
	}
	return p.render(c, http.StatusOK, "home", page)
}

// homeContracts adds broken and unverified pairs to what needs somebody.
func (p *pages) homeContracts(ctx context.Context, page *homePage) error {
	pairs, err := p.contracts.Pairs(ctx)
	if err != nil {
		return err
	}
	page.Pairs = len(pairs)
	for _, verdict := range []contracts.Verdict{contracts.No, contracts.Unknown} {
		for _, pair := range pairs {
			if pair.Verdict != verdict || len(page.Needs) >= homeNeeds {
				continue
			}
			n := need{
				Badge: pairBadge(pair.Verdict), Title: pair.Consumer + " → " + pair.Provider,
				URL: PairPage(pair.Consumer, pair.Provider), Action: "Read the result",
				Detail: pair.Provider + " does not do what " + pair.Consumer + " relies on.",
			}
			if verdict == contracts.Unknown {
				n.Detail, n.Action = "Nobody has verified the latest pact yet.", "See how"
			}
			page.Needs = append(page.Needs, n)
		}
	}
	return nil
}

// homeRuns adds failed runs that nobody took back, and lists those at work.
func (p *pages) homeRuns(ctx context.Context, page *homePage) error {
	runs, err := p.runs.List(ctx, pipelines.RunQuery{Limit: homeRuns})
	if err != nil {
		return err
	}
	for _, run := range runs.Items {
		switch {
		case !run.State.Ended():
			page.Active = append(page.Active, p.runRow(run))
		case run.State == pipelines.Failed && run.UndoneBy == "" && len(page.Needs) < homeNeeds:
			n := need{Badge: runBadge(run.State), Title: run.Title, URL: runURL(run.ID), Action: "Retry or take back"}
			if run.Failure != nil {
				n.Detail = run.Failure.Message
			}
			page.Needs = append(page.Needs, n)
		}
	}
	return nil
}

// homeMine lists what the user's groups own.
func (p *pages) homeMine(ctx context.Context, c echo.Context, page *homePage) error {
	if page.Me.User == "" {
		return nil
	}
	user, err := catalog.ParseRef(page.Me.User, catalog.RefDefaults{Kind: catalog.KindUser})
	if err != nil {
		return err
	}
	groups, err := p.catalog.GroupsOf(ctx, user)
	if err != nil {
		return err
	}
	owners := []string{user.String()}
	for _, g := range groups {
		owners = append(owners, g.Ref.String())
	}
	mine, err := p.catalog.List(ctx, catalog.Query{Kinds: []string{catalog.KindComponent}, Owners: owners, Limit: homeChanged})
	if err != nil {
		return err
	}
	page.Mine, err = p.entityRows(c, mine.Items) //nolint:contextcheck // c has it
	return err
}

// Greeting is what the home page calls the person.
func (h homePage) Greeting() string {
	if name, ok := strings.CutPrefix(h.Me.User, "user:default/"); ok {
		return "Welcome back, " + name
	}
	return "Home"
}
