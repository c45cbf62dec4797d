package portal

import (
	"context"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// openShown is how many findings a team's page lists; its command lists all.
const openShown = 50

// orphan is what people should know of an entity that no file defines.
type orphan struct {
	Since     time.Time
	DeletedAt time.Time // zero: it stays
	Last      string    // where it was written down
	Command   string    // takes it out
}

func (p *pages) orphanOf(e catalog.Entity) *orphan {
	if e.OrphanedAt.IsZero() {
		return nil
	}
	o := orphan{
		Since: e.OrphanedAt, DeletedAt: p.catalog.Orphans().DeletedAt(e.OrphanedAt),
		Last: placeOf(e), Command: "platform catalog delete " + e.Ref().String(),
	}
	if e.Source.Target != "" {
		o.Last = strings.TrimSpace(o.Last + " of " + e.Source.Target)
	}
	return &o
}

// checkFinding is what one check says, as a page shows it.
type checkFinding struct {
	catalog.Finding
	Title string
	Badge badge
	URL   string // of the entity
}

func newCheckFinding(f catalog.Finding) checkFinding {
	return checkFinding{Finding: f, Title: checkTitle(f.Check), Badge: stateBadge(f.State), URL: entityURL(f.Ref)}
}

func checkTitle(name catalog.CheckName) string {
	switch name {
	case catalog.CheckOwnerExists:
		return "Owner exists"
	case catalog.CheckOwnerHasMembers:
		return "Owner has members"
	case catalog.CheckReferencesResolve:
		return "References resolve"
	case catalog.CheckRepositoryReachable:
		return "Repository reachable"
	}
	return words(string(name))
}

// stateBadge never lets what nobody knows look as if it were well.
func stateBadge(s catalog.State) badge {
	switch s {
	case catalog.StatePass:
		return badge{"yes", "yes", "Passes"}
	case catalog.StateFail:
		return badge{"no", "no", "Fails"}
	case catalog.StateStale:
		return badge{"wait", "clock", "Too old"}
	case catalog.StateUnknown:
	}
	return badge{"unknown", "unknown", "Unknown"}
}

// checksOf lists the checks of an entity; of a group also what is open on all it
// owns, and how much of that the page leaves out.
func (p *pages) checksOf(ctx context.Context, e catalog.Entity) (own, open []checkFinding, more int, err error) {
	ref := e.Ref()
	found, err := p.catalog.Health(ctx, catalog.HealthQuery{Ref: &ref})
	if err != nil {
		return nil, nil, 0, err
	}
	own = mapped(found, newCheckFinding)
	if e.Kind != catalog.KindGroup {
		return own, nil, 0, nil
	}
	if found, err = p.catalog.Health(ctx, catalog.HealthQuery{Owner: &ref, Open: true}); err != nil {
		return nil, nil, 0, err
	}
	if len(found) > openShown {
		found, more = found[:openShown], len(found)-openShown
	}
	return own, mapped(found, newCheckFinding), more, nil
}

// docRow is a document of an entity.
type docRow struct {
	catalog.Doc
	Kind string // in words
	URL  string
}

func (p *pages) documentsOf(ctx context.Context, ref catalog.Ref) ([]docRow, error) {
	docs, err := p.catalog.DocumentsOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	return mapped(docs, func(d catalog.Doc) docRow {
		row := docRow{Doc: d, Kind: "Page of its docs", URL: "/api/v1/documents/" + d.Digest}
		if d.Kind == catalog.DocADR {
			row.Kind = "Decision record"
		}
		return row
	}), nil
}

// neverSeen says why an entity that somebody wrote down is not in the catalog:
// its page is where people look for that.
func (p *pages) neverSeen(c echo.Context, ref catalog.Ref, missing error) error {
	if !fault.Is(missing, fault.NotFound) {
		return missing
	}
	problems, err := p.catalog.Problems(c.Request().Context(), catalog.ProblemQuery{Ref: &ref})
	if err != nil || len(problems) == 0 {
		return p.former(c, ref, missing)
	}
	return unseen(ref, problems)
}

// unseen says that an entity is not in the catalog for the problems in its file.
func unseen(ref catalog.Ref, problems []catalog.Problem) error {
	f := fault.New(fault.NotFound, "%s is written down, but its file is wrong, so it is not in the catalog.", ref).
		WithHint("Correct the file; all problems: /admin/catalog, or: platform catalog errors")
	for _, problem := range problems {
		f = f.WithField(problem.Where(), "%s", problem.Advice())
	}
	return f
}
