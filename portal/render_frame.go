package portal

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// frame is what the layout needs of every page; page structs embed it.
type frame struct {
	Title     string // what the page is about; the layout adds the product
	Window    string // title of the window where it is another one
	Nav       string // entry of the rail that is current
	Crumbs    []crumb
	Theme     string // system, light or dark
	Shortcuts bool   // single-letter shortcuts are on
	Here      string // address of the page, for forms that come back to it
	Me        Identity
	Refresh   int    // seconds after which a page without script reloads; 0 is never
	Notice    string // what just happened
	Bare      bool   // without rail and bar: nobody is known yet
}

// crumb is a step of the way to a page.
type crumb struct{ Text, URL string }

// Names and values of the cookies that keep preferences.
const (
	cookieTheme     = "theme"
	cookieShortcuts = "shortcuts"
	themeSystem     = "system"
	shortcutsOff    = "off"
)

func newFrame(c echo.Context, title, nav string, crumbs ...crumb) frame {
	return frame{
		Title: title, Nav: nav, Crumbs: crumbs, Here: c.Request().URL.RequestURI(),
		Theme: themeOf(c), Shortcuts: cookieValue(c, cookieShortcuts) != shortcutsOff,
		Me: IdentityOf(c.Request().Context()), Notice: noticeText(c.QueryParam("notice")),
	}
}

// noticeText returns the sentence of a notice. The address names it; its words
// are ours, so that a link cannot put words into the portal's mouth.
func noticeText(name string) string {
	switch name {
	case "revoked":
		return "The token is revoked. It no longer works."
	case "refreshed":
		return "The location was read again."
	case "scheduled":
		return "The schedule is set. The next reading is counted from the last one."
	case "removed":
		return "The location and what it defined are removed from the catalog."
	case "signed-out":
		return "You are signed out."
	}
	return ""
}

func themeOf(c echo.Context) string {
	switch theme := cookieValue(c, cookieTheme); theme {
	case "light", "dark":
		return theme
	}
	return themeSystem
}

func cookieValue(c echo.Context, name string) string {
	cookie, err := c.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// localPath returns address when it is a path of this server, else "/": a form
// must not send people to another site.
func localPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(address, "/") ||
		strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}

func loginURL(c echo.Context) string {
	next := "/"
	if c.Request().Method == http.MethodGet {
		next = c.Request().URL.RequestURI()
	}
	return "/login?" + url.Values{"next": {next}}.Encode()
}
