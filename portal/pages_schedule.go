package portal

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// locationSchedule is how often a location is read.
type locationSchedule struct {
	Every string // empty: it is not read at all
	From  string // who wants it so
	Input string // what a form starts with
}

func newLocationSchedule(l catalog.Location) locationSchedule {
	every, source := l.Every()
	if every == 0 {
		return locationSchedule{}
	}
	s := locationSchedule{Every: "every " + catalog.FormatEvery(every), Input: catalog.FormatEvery(l.RefreshEvery)}
	if every < 0 {
		s.Every = "paused"
	}
	switch source {
	case catalog.EveryOfLocation:
		s.From = "set here"
	case catalog.EveryOfOrganization:
		s.From = "as its organisation"
	case catalog.EveryOfType:
	}
	return s
}

// scheduleLocation takes the form that says how often a location is read.
func (p *pages) scheduleLocation(c echo.Context) error {
	if err := needScope(c, ScopeWrite); err != nil {
		return err
	}
	every, err := catalog.ParseEvery(strings.TrimSpace(c.FormValue("every")))
	if err == nil {
		_, err = p.catalog.SetSchedule(c.Request().Context(), c.Param("id"), every)
	}
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/admin/locations?notice=scheduled")
	}
	f := fault.From(err)
	if f.Code != fault.Invalid {
		return err
	}
	page, err := p.locations(c)
	if err != nil {
		return err
	}
	page.Message, page.Hint = f.Message, f.Hint
	for i := range page.Locations {
		if page.Locations[i].ID == c.Param("id") {
			page.Locations[i].Schedule.Input = c.FormValue("every")
		}
	}
	return p.render(c, f.Code.HTTPStatus(), "admin/locations", page)
}
