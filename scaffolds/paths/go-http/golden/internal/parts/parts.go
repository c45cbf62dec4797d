// Package parts is what the service is joined from: where it keeps things, and
// what has to be asked, run and closed for that. Each part starts as one that
// needs nothing but the process; a pack puts a better one in its place, or
// wraps the one that is there.
package parts

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/trace"

	"example.com/golden/service/internal/idempotency"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/items/memory"
	"example.com/golden/service/internal/telemetry"
)

// ErrUnavailable is in the error of a part that does not work at the moment:
// the request is answered 503, and may be tried again.
var ErrUnavailable = errors.New("a part of the service is unavailable")

// Tools is what a pack works with.
type Tools struct {
	// Service is what the service is called.
	Service string
	Log     *slog.Logger
	Metrics *telemetry.Metrics
	Tracer  trace.TracerProvider
	// IdempotencyTTL is how long an answer is kept for who repeats its request.
	IdempotencyTTL time.Duration
	// RequestTimeout is how long answering a request may take.
	RequestTimeout time.Duration
}

// Parts is what the service is joined from.
type Parts struct {
	Items       items.Store
	Idempotency idempotency.Store
	// Around is put around the handling of each request of the API, the first
	// outermost.
	Around []func(http.Handler) http.Handler

	checks     []Check
	preferred  []preference
	background []func(context.Context)
	closers    []func(context.Context) error
}

// Check asks whether something that the service needs is there.
type Check struct {
	Name string
	Ask  func(context.Context) error
}

// New returns the parts of a service that needs nothing but its process.
func New(tools Tools) *Parts {
	return &Parts{Items: memory.New(), Idempotency: idempotency.NewMemory(tools.IdempotencyTTL)}
}

// Needs adds something without which the service is not ready.
func (p *Parts) Needs(name string, ask func(context.Context) error) {
	p.checks = append(p.checks, Check{Name: name, Ask: ask})
}

type preference struct {
	name string
	away func() error
}

// Prefers adds something that the service does without when it must: it is
// ready all the same, and says what it lacks.
func (p *Parts) Prefers(name string, away func() error) {
	p.preferred = append(p.preferred, preference{name: name, away: away})
}

// Background adds work that goes on while the service answers requests. It ends
// with its context, after the last request.
func (p *Parts) Background(work func(context.Context)) {
	p.background = append(p.background, work)
}

// OnClose adds what is to be done when no request and no work is left. What was
// added last is closed first: it may stand on what was there before.
func (p *Parts) OnClose(closer func(context.Context) error) {
	p.closers = append(p.closers, closer)
}
