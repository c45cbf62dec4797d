package portal

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
)

type loginPage struct {
	frame
	Next    string
	Message string
	Needed  bool // this server wants a login
}

func bareFrame(c echo.Context, title string) frame {
	f := newFrame(c, title, "")
	f.Bare = true
	return f
}

func (p *pages) showLogin(c echo.Context) error {
	return p.render(c, http.StatusOK, "login", loginPage{
		frame: bareFrame(c, "Sign in"), Next: localPath(c.QueryParam("next")), Needed: p.sessions.Required(),
	})
}

func (p *pages) submitLogin(c echo.Context) error {
	next := localPath(c.FormValue("next"))
	err := p.sessions.Login(c, strings.TrimSpace(c.FormValue("token")))
	if err == nil {
		return c.Redirect(http.StatusSeeOther, next)
	}
	f := fault.From(err)
	if f.Code != fault.Unauthenticated && f.Code != fault.Invalid {
		return err
	}
	return p.render(c, f.Code.HTTPStatus(), "login", loginPage{
		frame: bareFrame(c, "Not yet: Sign in"), Next: next, Message: f.Message, Needed: p.sessions.Required(),
	})
}

func (p *pages) submitLogout(c echo.Context) error {
	if err := p.sessions.Logout(c); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/login?notice=signed-out")
}

// preferenceLife is how long a browser keeps a preference.
const preferenceLife = 365 * 24 * time.Hour

// savePreferences keeps how this browser wants the portal to look and behave.
func (p *pages) savePreferences(c echo.Context) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	if form.Has("theme") {
		setPreference(c, cookieTheme, oneOf(form.Get("theme"), themeSystem, "light", "dark"))
	}
	if form.Has("shortcuts") {
		setPreference(c, cookieShortcuts, oneOf(form.Get("shortcuts"), "on", shortcutsOff))
	}
	if form.Has("me") {
		if err := p.chooseMe(c, strings.TrimSpace(form.Get("me"))); err != nil {
			return err
		}
	}
	if c.Request().Header.Get("Sec-Fetch-Mode") == "cors" || c.Request().Header.Get("Sec-Fetch-Mode") == "same-origin" {
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, localPath(form.Get("next")))
}

// chooseMe keeps which User entity the person at this browser is; an empty name
// takes it back. It means something only where nobody signs in.
func (p *pages) chooseMe(c echo.Context, name string) error {
	if name == "" {
		setPreference(c, cookieMe, "")
		return nil
	}
	ref, err := ResolveUser(p.catalog)(c.Request().Context(), name)
	if err != nil {
		return err
	}
	setPreference(c, cookieMe, ref)
	return nil
}

func setPreference(c echo.Context, name, value string) {
	c.SetCookie(&http.Cookie{ //nolint:gosec // Secure depends on how people reach the server
		Name: name, Value: value, Path: "/", MaxAge: int(preferenceLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.Scheme() == "https",
	})
}
