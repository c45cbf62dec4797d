package portal

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// formerError is asked for an entity that has another name now, or is gone.
type formerError struct {
	catalog.Former

	missing error
}

// Error says what became of it.
func (e *formerError) Error() string { return e.missing.Error() }

// Unwrap returns the fault that the catalog answers with.
func (e *formerError) Unwrap() error { return e.missing }

// former adds to a fault about an entity that is missing what became of it.
func (p *pages) former(c echo.Context, ref catalog.Ref, missing error) error {
	if !fault.Is(missing, fault.NotFound) {
		return missing
	}
	former, was, err := p.catalog.FormerOf(c.Request().Context(), ref)
	if err != nil || !was {
		return missing
	}
	return &formerError{Former: former, missing: missing}
}

// ofEntity leads from an old name to the new one, to the same tab, and shows of
// what is gone its last history.
func (p *pages) ofEntity(show echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := show(c)
		var former *formerError
		if !errors.As(err, &former) || c.Response().Committed {
			return err
		}
		if former.Gone() {
			return p.showGone(c, former)
		}
		target := entityURL(former.Now)
		if _, tab, ok := strings.Cut(c.Path(), "/:name/"); ok {
			target = entityURL(former.Now, tab)
		}
		if query := c.Request().URL.RawQuery; query != "" {
			target += "?" + query
		}
		// Another entity may take the old name; browsers must not lead on for ever.
		c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
		return c.Redirect(http.StatusMovedPermanently, target)
	}
}

type gonePage struct {
	frame
	Name    string
	Message string
	Last    catalog.Change
	Changes []changeRow
	Cut     bool
	Command string // lists more
}

// showGone shows who deleted an entity, when, and out of which commit.
func (p *pages) showGone(c echo.Context, former *formerError) error {
	if r := c.Request(); !accepts(r, echo.MIMETextHTML) && r.Header.Get("Hx-Request") == "" {
		return former
	}
	ref := former.Ref
	crumbs := []crumb{{"Catalog", "/catalog"}, {words(ref.Kind) + "s", "/catalog?kind=" + url.QueryEscape(ref.Kind)}}
	page := gonePage{
		frame: newFrame(c, ref.Name+" is gone", "catalog", crumbs...), Name: ref.Name, Message: fault.From(former).Message,
		Last: former.Changes[0], Changes: changeRows(former.Changes), Command: "platform catalog history " + ref.String(),
	}
	if page.Cut = len(page.Changes) > historyShown; page.Cut {
		page.Changes = page.Changes[:historyShown]
	}
	return p.render(c, http.StatusNotFound, "entity/gone", page)
}
