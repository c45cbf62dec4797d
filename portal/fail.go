package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/backstage"
)

// fail answers a request that failed with err, in the form its client reads.
func (s *Server) fail(c echo.Context, err error) {
	f := s.classify(c, err)
	c.Set(keyFault, f)
	s.logFailure(c, f, err)
	if c.Response().Committed {
		return
	}
	if f.Code == fault.Unauthenticated {
		askWho(c)
	}
	if err := s.answerFault(c, f); err != nil {
		s.log.WarnContext(c.Request().Context(), "error not written to the client", "error", err)
	}
}

// classify returns err as a fault for people.
func (s *Server) classify(c echo.Context, err error) *fault.Error {
	var known *fault.Error
	if errors.As(err, &known) && known.Code != fault.Internal {
		return known
	}
	ctx := c.Request().Context()
	switch {
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return fault.New(fault.Interrupted, "The request was given up.").WithCause(err)
	case errors.Is(err, context.DeadlineExceeded) && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "This took longer than %s.", s.limits.timeLimit(c)).WithHint("Try again in a moment.").WithCause(err)
	}
	var he *echo.HTTPError
	if isPage(c.Request().URL.Path) && errors.As(err, &he) && he.Code == http.StatusNotFound {
		return fault.New(fault.NotFound, "There is no page at this address.").WithHint("Look in the catalog, or go home.").WithCause(err)
	}
	if isPage(c.Request().URL.Path) && errors.As(err, &he) && he.Code == http.StatusMethodNotAllowed {
		return fault.New(fault.Invalid, "This address does not answer to this method.").WithHint("Open it in a browser.").WithCause(err)
	}
	return faultOf(err)
}

// logFailure writes down what is our fault, with the cause that people do not
// see. The rest is in the line of the request.
func (s *Server) logFailure(c echo.Context, f *fault.Error, err error) {
	if f.Code.HTTPStatus() < http.StatusInternalServerError {
		return
	}
	cause := err
	if hidden := f.Unwrap(); hidden != nil {
		cause = hidden
	}
	r := c.Request()
	s.log.ErrorContext(r.Context(), "request failed", "error", cause, "code", string(f.Code), "method", methodOf(r), "path", r.URL.Path)
}

// askWho tells clients that know nothing else than names and passwords to ask
// for them. Browsers get a form instead.
func askWho(c echo.Context) {
	path := c.Request().URL.Path
	switch {
	case isUnder(path, "/broker"), isUnder(path, "/git"):
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Basic realm="Platform: any name, a token as password"`)
	case isUnder(path, "/api"), isUnder(path, "/metrics"):
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="Platform"`)
	}
}

// isPage reports whether an address is one of the portal's pages, and not one
// that programs talk to.
func isPage(path string) bool {
	for _, prefix := range []string{"/api", "/broker", "/git", "/download", "/webhooks", "/healthz", "/readyz", "/metrics", "/static"} {
		if isUnder(path, prefix) {
			return false
		}
	}
	return true
}

func (s *Server) answerFault(c echo.Context, f *fault.Error) error {
	r, status := c.Request(), statusOf(f)
	path := r.URL.Path
	switch {
	case isUnder(path, backstagePath):
		return backstage.WriteError(c, f)
	case isUnder(path, "/api"), accepts(r, "application/problem+json"):
		return WriteProblem(c, f, RequestIDOf(r.Context()))
	case isUnder(path, "/broker"):
		return brokerError(c, status, f)
	case !isPage(path):
		return plainError(c, status, f)
	case accepts(r, echo.MIMETextHTML), r.Header.Get("Hx-Request") != "":
		return s.pageError(c, status, f)
	case accepts(r, echo.MIMEApplicationJSON):
		return WriteProblem(c, f, RequestIDOf(r.Context()))
	}
	return plainError(c, status, f)
}

func accepts(r *http.Request, kind string) bool {
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), kind)
}

// pageError shows a page; who only has to sign in is sent there.
func (s *Server) pageError(c echo.Context, status int, f *fault.Error) error {
	r := c.Request()
	if f.Code == fault.Unauthenticated {
		if r.Header.Get("Hx-Request") != "" {
			c.Response().Header().Set("Hx-Redirect", loginURL(c))
		} else if r.Method == http.MethodGet && !hasCredentials(r) {
			return c.Redirect(http.StatusSeeOther, loginURL(c))
		}
	}
	if err := s.renderer.errorPage(c, status, f); err != nil {
		s.log.ErrorContext(r.Context(), "error page not rendered", "error", err)
		return plainError(c, status, f)
	}
	return nil
}

// plainError is for people at a terminal, in the words of our own commands.
func plainError(c echo.Context, status int, f *fault.Error) error {
	text := "Error: " + f.Message + "\n"
	if f.Hint != "" {
		text += "Hint:  " + f.Hint + "\n"
	}
	return c.String(status, text)
}

// brokerError is for Pact clients, in the form of the Pact Broker.
func brokerError(c echo.Context, status int, f *fault.Error) error {
	message := f.Message
	if f.Hint != "" {
		message += " " + f.Hint
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(map[string]string{"error": message}); err != nil {
		return fmt.Errorf("encode error: %w", err)
	}
	return c.Blob(status, "application/hal+json;charset=utf-8", b.Bytes())
}
