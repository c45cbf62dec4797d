package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api"
)

// Limits are what one request may take. Zero is the usual.
type Limits struct {
	Body     int64         // bytes of a body; 1 MiB
	PactBody int64         // bytes of a body with pacts; 4 x the largest pact
	Time     time.Duration // until an answer; 30 s
	LongTime time.Duration // until the answer to what reads many pacts; 2 min
	ReadTime time.Duration // until the answer to what reads locations; as long as one may be read on schedule
	// AuditTime is how long an answer waits for its entry in the audit log; 5 s.
	AuditTime time.Duration
}

func (l Limits) orDefaults() Limits {
	if l.Body == 0 {
		l.Body = 1 << 20
	}
	if l.PactBody == 0 {
		l.PactBody = 4 * contracts.MaxContent
	}
	if l.Time == 0 {
		l.Time = 30 * time.Second
	}
	if l.LongTime == 0 {
		l.LongTime = 2 * time.Minute
	}
	if l.ReadTime == 0 {
		l.ReadTime = catalog.ReadTime
	}
	if l.AuditTime == 0 {
		l.AuditTime = 5 * time.Second
	}
	return l
}

// Downloads are large and connections slow. A body may take as long as the
// answer and a little more: the deadline of reading would otherwise end a
// request whose body is long here.
const (
	downloadTime = 15 * time.Minute
	maxPush      = 32 << 20 // catalog files and documents of one repository
	bodyGrace    = 10 * time.Second
)

// bodyLimit returns how large the request's body may be.
func (l Limits) bodyLimit(c echo.Context) int64 {
	if isUnder(c.Request().URL.Path, "/broker") || isUnder(c.Path(), api.BasePath+"/contracts") {
		return l.PactBody
	}
	if c.Path() == api.BasePath+"/pushes" {
		return max(l.Body, maxPush)
	}
	if c.Path() == webhookRoute {
		return max(l.Body, maxEvent)
	}
	return l.Body
}

// timeLimit returns how long the answer may take; no time is no limit.
func (l Limits) timeLimit(c echo.Context) time.Duration {
	route := c.Path()
	switch {
	case isStream(route), isUnder(route, "/git"), isUnder(route, "/download"):
		return 0
	case isUnder(c.Request().URL.Path, "/broker"), isUnder(route, api.BasePath+"/contracts"):
		return l.LongTime
	case isUnder(route, api.BasePath+"/locations"), isUnder(route, api.BasePath+"/proposals"), isUnder(route, "/admin/locations"),
		isUnder(route, backstagePath+"/locations"), isUnder(route, backstagePath+"/analyze-location"), isUnder(route, backstagePath+"/refresh"):
		return l.ReadTime
	}
	return l.Time
}

// bound keeps a request within its limits. Deadlines of the connection are
// extra: the transport inside one process has none.
func (s *Server) bound(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isUnder(c.Path(), "/git") { // pushes have their own limit, and take their time
			if err := deadline(c, time.Time{}); err != nil {
				return err
			}
			return next(c)
		}
		if isUnder(c.Path(), "/download") {
			if err := deadline(c, time.Now().Add(downloadTime)); err != nil {
				return err
			}
		}
		if limit := s.limits.timeLimit(c); limit > s.limits.LongTime {
			if err := deadline(c, time.Now().Add(limit+bodyGrace)); err != nil {
				return err
			}
		}
		if err := s.boundBody(c); err != nil {
			return err
		}
		ctx, cancel := s.boundTime(c)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

// deadline moves the deadline of writing, where there is one.
func deadline(c echo.Context, t time.Time) error {
	if err := http.NewResponseController(c.Response()).SetWriteDeadline(t); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

func (s *Server) boundBody(c echo.Context) error {
	r := c.Request()
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	limit := s.limits.bodyLimit(c)
	if r.ContentLength > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	err := http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(s.limits.timeLimit(c) + bodyGrace))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
	// Handlers ask for one value of a form at a time and could not tell a form
	// that is too large from an empty one.
	if strings.HasPrefix(r.Header.Get(echo.HeaderContentType), echo.MIMEApplicationForm) && isPage(r.URL.Path) {
		if err := r.ParseForm(); err != nil {
			if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
				return err
			}
			return fault.New(fault.Invalid, "The form cannot be read.").WithHint("Go back and send it again.").WithCause(err)
		}
	}
	return nil
}

// boundTime gives the request a deadline, or, when it is a stream, lets it end
// with the server.
func (s *Server) boundTime(c echo.Context) (context.Context, context.CancelFunc) {
	if limit := s.limits.timeLimit(c); limit > 0 {
		return context.WithTimeout(c.Request().Context(), limit)
	}
	ctx, cancel := context.WithCancel(c.Request().Context())
	if !isStream(c.Path()) {
		return ctx, cancel
	}
	stop := context.AfterFunc(s.closing, cancel)
	return ctx, func() { stop(); cancel() }
}
