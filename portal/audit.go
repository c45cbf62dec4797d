package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/backstage"
)

// lateAudit is how long an entry may take to be written: whatever large
// transaction has the database has ended by then.
const lateAudit = 10 * time.Minute

// Keys under which handlers note what an entry of the audit log says.
const (
	keyOperation = "operation" // of the API
	keyWrites    = "writes"    // the API's operation changes something
	keySubject   = backstage.SubjectKey
	keyFault     = "fault" // what the request failed with
)

// recordOnce returns a function that writes the request into the audit log if
// somebody changed something, or tried to. It runs just before the answer's
// header, so that who has an answer finds the entry; git answers before it has
// done anything, so there it runs afterwards.
func (s *Server) recordOnce(c echo.Context) func() {
	record := sync.OnceFunc(func() { s.record(c) })
	if !isUnder(c.Path(), "/git") {
		c.Response().Before(record)
	}
	return record
}

func (s *Server) record(c echo.Context) {
	if !isWrite(c) {
		return
	}
	ctx := c.Request().Context()
	who := IdentityOf(ctx)
	if who.Actor == "" {
		return // nobody: the access log has the refusal
	}
	e := AuditEntry{
		Actor: who.Actor, Action: actionOf(c), Subject: auditSubject(c), RequestID: RequestIDOf(ctx),
		Outcome: outcomeOf(c.Response().Status),
	}
	if who.Token != "" {
		e.Detail = "token " + who.Token
	}
	if f, ok := c.Get(keyFault).(*fault.Error); ok {
		e.Outcome = string(f.Code)
		e.Detail = strings.TrimPrefix(e.Detail+" · "+f.Message, " · ")
	}
	e.Subject, e.Detail = fault.Addresses(e.Subject), fault.Addresses(e.Detail)
	s.write(ctx, e)
}

// write writes an entry. While the database is busy the answer does not wait
// for it for ever, but the entry does. The client may be gone by then; what it
// did is not.
func (s *Server) write(ctx context.Context, e AuditEntry) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lateAudit)
	said := []any{"actor", e.Actor, "action", e.Action, "subject", e.Subject, "outcome", e.Outcome}
	written := make(chan struct{})
	s.auditing.Go(func() {
		defer cancel()
		defer close(written)
		if err := s.access.Record(ctx, e); err != nil {
			s.log.ErrorContext(ctx, "AUDIT ENTRY LOST: a write is not in the audit log", append(said, "error", err)...)
		}
	})
	late := time.NewTimer(s.limits.AuditTime)
	defer late.Stop()
	select {
	case <-written:
	case <-late.C:
		s.log.WarnContext(ctx, "the database is busy: an entry of the audit log comes later than its answer", said...)
	}
}

// Settle waits for what answers did not wait for, at most until ctx ends. It is
// for after the last answer, before the database is closed.
func (s *Server) Settle(ctx context.Context) {
	settled := make(chan struct{})
	go func() {
		s.auditing.Wait()
		close(settled)
	}()
	select {
	case <-settled:
	case <-ctx.Done():
	}
}

// isWrite reports whether a request is one the audit log is about.
func isWrite(c echo.Context) bool {
	r := c.Request()
	if isSafe(methodOf(r)) || c.Path() == "" {
		return false
	}
	switch {
	case isUnder(c.Path(), backstagePath):
		return changesCatalog(c)
	case isUnder(c.Path(), "/api"):
		return c.Get(keyWrites) == true
	case isUnder(c.Path(), "/git"):
		return strings.HasSuffix(r.URL.Path, "/git-receive-pack")
	case isUnder(c.Path(), "/broker"):
		return !asksForPacts(r)
	}
	return !slices.Contains([]string{"/create/:path/check", "/preferences"}, c.Path())
}

// actionOf names what is done: the operation of the API, else method and route.
func actionOf(c echo.Context) string {
	if operation, ok := c.Get(keyOperation).(string); ok {
		return operation
	}
	switch {
	case isUnder(c.Path(), "/git"):
		return "git push"
	case isUnder(c.Path(), "/broker"):
		return c.Request().Method + " /broker"
	}
	return c.Request().Method + " " + c.Path()
}

// auditSubject says what it is done to: what the handler noted, else what the
// address names and the form calls a name.
func auditSubject(c echo.Context) string {
	if subject, ok := c.Get(keySubject).(string); ok {
		return subject
	}
	path := c.Request().URL.Path
	switch {
	case isUnder(path, "/git"):
		name, _, _ := strings.Cut(strings.TrimPrefix(path, "/git/"), ".git/")
		return name
	case isUnder(path, "/broker"):
		return strings.TrimPrefix(path, "/broker")
	}
	words := slices.Clone(c.ParamValues())
	for _, field := range []string{"name", "target"} {
		if value := c.Request().PostForm.Get(field); value != "" {
			words = append(words, value)
		}
	}
	return strings.Join(words, " ")
}

// outcomeOf names a status as faults do.
func outcomeOf(status int) string {
	switch {
	case status < http.StatusBadRequest:
		return "ok"
	case status >= http.StatusInternalServerError:
		return string(fault.Internal)
	}
	for _, code := range []fault.Code{
		fault.Invalid, fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Conflict, fault.TooLarge, fault.Interrupted,
	} {
		if code.HTTPStatus() == status {
			return string(code)
		}
	}
	return "refused"
}
