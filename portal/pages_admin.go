package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// adminFrame is what every page under /admin shows.
type adminFrame struct {
	frame
	Tabs []tab
}

func newAdminFrame(c echo.Context, title, current string) adminFrame {
	f := adminFrame{frame: newFrame(c, title, "admin", crumb{"Admin", "/admin"})}
	for _, t := range []field{{"locations", "Locations"}, {"catalog", "Catalog health"}, {"tokens", "Tokens"}, {"audit", "Audit log"}} {
		f.Tabs = append(f.Tabs, tab{Title: t.Value, URL: "/admin/" + t.Name, Current: t.Name == current})
	}
	return f
}

// need is a fault unless the person may do what scope allows.
func needScope(c echo.Context, scope string) error {
	if IdentityOf(c.Request().Context()).May(scope) {
		return nil
	}
	return fault.New(fault.Forbidden, "This needs the scope %s.", scope).
		WithHint("Sign in with a token that has it: platform token create NAME --scope %s", scope)
}

type adminPage struct {
	adminFrame
	About    About
	Checks   []checkRow
	Database string
}

type checkRow struct {
	Check
	Badge badge
}

func (p *pages) showAdmin(c echo.Context) error {
	page := adminPage{adminFrame: newAdminFrame(c, "Admin", ""), About: p.server.About()}
	page.Crumbs = nil
	if !IdentityOf(c.Request().Context()).May(ScopeAdmin) {
		page.About.DataDir = ""
	}
	page.Database = map[string]string{"sqlite": "SQLite", "postgres": "PostgreSQL"}[page.About.Database]
	for _, check := range p.server.Health(c.Request().Context()) {
		b := badge{"yes", "yes", "Works"}
		if !check.OK {
			b = badge{"no", "no", "Fails"}
		}
		page.Checks = append(page.Checks, checkRow{check, b})
	}
	return p.render(c, http.StatusOK, "admin/home", page)
}

type locationsPage struct {
	adminFrame
	Locations []locationRow
	Target    string
	Branch    string
	Message   string
	Hint      string
	Problems  []fault.Field
	Result    *catalog.Registration
	MayWrite  bool
}

type locationRow struct {
	catalog.Location
	Platform bool
	Badge    badge
	Schedule locationSchedule
}

func (p *pages) listLocations(c echo.Context) error {
	page, err := p.locations(c)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "admin/locations", page)
}

func (p *pages) locations(c echo.Context) (locationsPage, error) {
	page := locationsPage{adminFrame: newAdminFrame(c, "Locations", "locations"), MayWrite: IdentityOf(c.Request().Context()).May(ScopeWrite)}
	list, err := p.catalog.Locations(c.Request().Context())
	if err != nil {
		return page, err
	}
	for _, l := range list {
		row := locationRow{Location: l, Platform: l.Type == catalog.LocationPlatform, Badge: badge{"yes", "yes", "Read"}, Schedule: newLocationSchedule(l)}
		switch {
		case len(l.Errors) > 0:
			row.Badge = badge{"no", "no", plural(len(l.Errors), "problem", "problems")}
		case row.Platform:
			row.Badge = badge{"yes", "yes", "Kept by the platform"}
		case l.LastRefreshed.IsZero():
			row.Badge = badge{"unknown", "unknown", "Never read"}
		}
		page.Locations = append(page.Locations, row)
	}
	return page, nil
}

func (p *pages) registerLocation(c echo.Context) error {
	if err := needScope(c, ScopeWrite); err != nil {
		return err
	}
	target, branch := strings.TrimSpace(c.FormValue("target")), strings.TrimSpace(c.FormValue("branch"))
	location, err := catalog.ParseLocation(target, branch, "")
	var result catalog.Registration
	if err == nil {
		result, err = p.catalog.Register(c.Request().Context(), location)
	}
	status := http.StatusOK
	var f *fault.Error
	if err != nil {
		if f = fault.From(err); f.Code == fault.Internal {
			return err
		}
		status = f.Code.HTTPStatus()
	}
	page, err := p.locations(c)
	if err != nil {
		return err
	}
	if f == nil {
		page.Result = &result
	} else {
		page.Target, page.Branch, page.Message, page.Hint, page.Problems = target, branch, f.Message, f.Hint, f.Fields
	}
	return p.render(c, status, "admin/locations", page)
}

func (p *pages) refreshLocation(c echo.Context) error {
	if err := needScope(c, ScopeWrite); err != nil {
		return err
	}
	if _, err := p.catalog.Refresh(c.Request().Context(), c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/locations?notice=refreshed")
}

func (p *pages) removeLocation(c echo.Context) error {
	if err := needScope(c, ScopeWrite); err != nil {
		return err
	}
	list, err := p.catalog.Locations(c.Request().Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(l catalog.Location) bool { return l.ID == c.Param("id") })
	if i < 0 {
		return fault.New(fault.NotFound, "There is no location %s.", c.Param("id")).WithHint("See /admin/locations")
	}
	if err := p.catalog.Remove(c.Request().Context(), list[i]); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/locations?notice=removed")
}

type auditPage struct {
	adminFrame
	Entries []AuditEntry
	Actor   string
	NextURL string
}

func (p *pages) listAudit(c echo.Context) error {
	if err := needScope(c, ScopeAdmin); err != nil {
		return err
	}
	values := c.QueryParams()
	page := auditPage{adminFrame: newAdminFrame(c, "Audit log", "audit"), Actor: strings.TrimSpace(values.Get("actor"))}
	entries, next, err := p.audit.ListAudit(c.Request().Context(), AuditQuery{
		Actor: page.Actor, Limit: defaultLimit, Cursor: values.Get("cursor"),
	})
	if err != nil {
		return err
	}
	page.Entries = entries
	if next != "" {
		page.NextURL = with(values, "cursor", next)
	}
	return p.render(c, http.StatusOK, "admin/audit", page)
}
