package portal

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/fault"
)

// cookieSession holds the secret of a session, cookieMe who uses a server
// without login.
const (
	cookieSession = "platform_session"
	cookieMe      = "me"
)

// sessions keeps browsers signed in.
type sessions struct {
	access   *access.Access
	required bool
	secure   bool // people reach the server with TLS
	log      *slog.Logger
}

var _ pageSessions = (*sessions)(nil)

// Required reports whether pages need a login at all.
func (s *sessions) Required() bool { return s.required }

// Login makes a session of a token and sets its cookie.
func (s *sessions) Login(c echo.Context, token string) error {
	ctx := c.Request().Context()
	if token == "" {
		return fault.New(fault.Invalid, "Type the token.").WithField("token", "is missing")
	}
	secret, t, expires, err := s.access.Login(ctx, token)
	if err != nil {
		if fault.Is(err, fault.Unauthenticated) {
			s.log.WarnContext(ctx, "sign-in refused", "remote", c.Request().RemoteAddr)
		}
		return err
	}
	// A browser that was signed in as somebody else must not stay so elsewhere.
	if old := cookieValue(c, cookieSession); old != "" {
		if err := s.access.Logout(ctx, old); err != nil {
			return err
		}
	}
	s.setCookie(c, secret, expires)
	c.SetRequest(c.Request().WithContext(WithIdentity(ctx, identityOf(t)))) // the audit log learns who signed in
	return nil
}

// Logout ends the session and takes its cookie away.
func (s *sessions) Logout(c echo.Context) error {
	if secret := cookieValue(c, cookieSession); secret != "" {
		if err := s.access.Logout(c.Request().Context(), secret); err != nil {
			return err
		}
	}
	s.setCookie(c, "", time.Time{})
	return nil
}

// setCookie keeps the secret from scripts and from other sites' requests; an
// empty one ends the cookie.
func (s *sessions) setCookie(c echo.Context, secret string, expires time.Time) {
	cookie := &http.Cookie{ //nolint:gosec // Secure depends on how people reach the server
		Name: cookieSession, Value: secret, Path: "/", Expires: expires,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure || c.Scheme() == "https",
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
}
