package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pattern"
)

// contentPolicy lets pages load what this server has and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// saneID is a request id that may go into logs as it came.
var saneID = pattern.New(`^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$`)

type requestIDKey struct{}

// RequestIDOf returns the id of the request of ctx.
func RequestIDOf(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// identifyRequest gives the request an id, or keeps the one it came with, and
// the answer the headers that every answer has.
func (s *Server) identifyRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		id := r.Header.Get(echo.HeaderXRequestID)
		if !saneID().MatchString(id) {
			id = uuid.NewString()
		}
		header := c.Response().Header()
		header.Set(echo.HeaderXRequestID, id)
		header.Set("Content-Security-Policy", contentPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.secure {
			header.Set("Strict-Transport-Security", "max-age=31536000")
		}
		ctx := context.WithValue(r.Context(), requestIDKey{}, id)
		if s.options.Route != nil {
			ctx = s.options.Route(ctx, c.Path(), id)
		}
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

// observe turns what went wrong into an answer, and writes down what happened:
// in the log, and in the audit log when somebody changed something.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		record := s.recordOnce(c)
		err := s.recovered(next, c)
		if err != nil {
			s.fail(c, err)
		}
		record()
		s.logRequest(c, time.Since(start))
		if c.Get(brokenKey) != nil {
			panic(http.ErrAbortHandler) //nolint:forbidigo // the only way to let a client see that its answer is not whole
		}
		return nil
	}
}

// brokenKey marks a request whose answer cannot be finished.
const brokenKey = "broken"

// recovered runs next; a panic becomes an error with its stack.
func (s *Server) recovered(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if c.Response().Committed {
			c.Set(brokenKey, true)
		}
		if cause, ok := v.(error); ok && errors.Is(cause, http.ErrAbortHandler) {
			c.Set(brokenKey, true)
			return
		}
		err = fmt.Errorf("handler panicked: %v\n%s", v, debug.Stack())
	}()
	return next(c)
}

// logRequest writes one line for each request. What may hold a secret stays out
// of it: queries, headers and bodies.
func (s *Server) logRequest(c echo.Context, took time.Duration) {
	r, ctx := c.Request(), c.Request().Context()
	level := slog.LevelInfo
	if isQuiet(c.Path()) {
		level = slog.LevelDebug
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	s.log.LogAttrs(ctx, level, "request",
		slog.String("method", methodOf(r)), slog.String("path", r.URL.Path), slog.String("route", c.Path()),
		slog.Int("status", c.Response().Status), slog.Int64("bytes", c.Response().Size),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000),
		slog.String("actor", IdentityOf(ctx).Actor), slog.String("remote", r.RemoteAddr))
}

// isQuiet reports whether requests to a route say little: files, and machines
// that ask all the time.
func isQuiet(route string) bool {
	switch route {
	case "/static/*", "/favicon.ico", "/healthz", "/readyz", "/metrics":
		return true
	}
	return false
}

// checkHost refuses names that are not this server's. A page of another site
// can make its own name point at this machine and would then share our origin.
func (s *Server) checkHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.options.RequireLogin || s.hosts[hostname(c.Request().Host)] {
			return next(c)
		}
		return fault.New(fault.Forbidden, "This server does not answer to the name %q.", hostname(c.Request().Host)).
			WithHint("Use %s, or name it when the server starts: platform serve --public-url URL", s.homeURL())
	}
}

func (s *Server) homeURL() string {
	if s.options.PublicURL != "" {
		return s.options.PublicURL
	}
	return "http://127.0.0.1:8080"
}

// hostname returns a Host without its port, brackets and case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// checkOrigin refuses writes that a page of another site makes in somebody's
// browser. Programs send no origin and pass.
func (s *Server) checkOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.origins.Check(c.Request()); err != nil {
			return fault.New(fault.Forbidden, "This request comes from a page of another site.").
				WithHint("Open %s and do it there.", s.homeURL()).WithCause(err)
		}
		return next(c)
	}
}
