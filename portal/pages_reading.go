package portal

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// readingPage is what the catalog reads, and what is wrong with it.
type readingPage struct {
	adminFrame
	Locations     []readingRow
	LocationTotal int
	LocationPages pager
	Problems      []problemRow
	ProblemTotal  int
	ProblemPages  pager
	Owner         string   // the filters
	Location      string   // as people read it
	Owners        []string // whose documents have problems
	Filtered      bool
}

// Command lists the same problems in a terminal.
func (p readingPage) Command() string {
	if p.Owner == "" {
		return "platform catalog errors"
	}
	return "platform catalog errors --owner " + p.Owner
}

// readingRow is one location.
type readingRow struct {
	catalog.Location
	Platform    bool
	Badge       badge
	Schedule    locationSchedule
	ProblemsURL string // empty: it has none
}

// problemRow is one problem in a file.
type problemRow struct {
	catalog.Problem
	Location  string
	EntityURL string
	Visible   bool // the entity is in the catalog
}

func (p *pages) showReading(c echo.Context) error {
	ctx, values := c.Request().Context(), c.QueryParams()
	page := readingPage{adminFrame: newAdminFrame(c, "Catalog health", "catalog"), Owner: strings.TrimSpace(values.Get("owner"))}
	owner, err := ownerRef(page.Owner)
	if err != nil {
		return err
	}
	locations, err := p.catalog.Locations(ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, l := range locations {
		names[l.ID] = l.String()
		for _, problem := range l.Errors {
			if problem.Owner != "" && !slices.Contains(page.Owners, problem.Owner) {
				page.Owners = append(page.Owners, problem.Owner)
			}
		}
	}
	slices.Sort(page.Owners)
	id := values.Get("location")
	page.Location, page.Filtered = cmp.Or(names[id], id), owner != nil || id != ""
	problems, err := p.catalog.Problems(ctx, catalog.ProblemQuery{Owner: owner, LocationID: id})
	if err != nil {
		return err
	}
	page.ProblemTotal, page.LocationTotal = len(problems), len(locations)
	problems, page.ProblemPages = pageOf(problems, values, "problems")
	if page.Problems, err = p.problemRows(ctx, problems, names); err != nil {
		return err
	}
	// What needs somebody comes first.
	slices.SortStableFunc(locations, func(a, b catalog.Location) int {
		return cmp.Or(cmp.Compare(b.Failures, a.Failures), cmp.Compare(len(b.Errors), len(a.Errors)))
	})
	locations, page.LocationPages = pageOf(locations, values, "locations")
	page.Locations = mapped(locations, newReadingRow)
	return p.render(c, http.StatusOK, "admin/catalog", page)
}

func newReadingRow(l catalog.Location) readingRow {
	row := readingRow{Location: l, Platform: l.Type == catalog.LocationPlatform, Badge: badge{"yes", "yes", "Read"}, Schedule: newLocationSchedule(l)}
	switch {
	case l.Failures > 0:
		row.Badge = badge{"no", "no", "Cannot be read"}
	case len(l.Errors) > 0:
		row.Badge = badge{"no", "no", "Has problems"}
	case row.Platform:
		row.Badge = badge{"yes", "yes", "Kept by the platform"}
	case l.LastRefreshed.IsZero():
		row.Badge = badge{"unknown", "unknown", "Never read"}
	}
	if len(l.Errors) > 0 {
		row.ProblemsURL = "?" + url.Values{"location": {l.ID}}.Encode() + "#problems"
	}
	return row
}

func (p *pages) problemRows(ctx context.Context, problems []catalog.Problem, names map[string]string) ([]problemRow, error) {
	rows := make([]problemRow, len(problems))
	for i, problem := range problems {
		rows[i] = problemRow{Problem: problem, Location: names[problem.LocationID]}
		ref, err := catalog.ParseRef(problem.Ref, catalog.RefDefaults{})
		if err != nil {
			continue // its name could not be read
		}
		rows[i].EntityURL = entityURL(ref)
		if _, rows[i].Visible, err = p.catalog.Find(ctx, ref); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
