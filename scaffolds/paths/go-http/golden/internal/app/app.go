// Package app joins the service's parts and runs them.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/golden/service/internal/admin"
	"example.com/golden/service/internal/clients"
	"example.com/golden/service/internal/config"
	"example.com/golden/service/internal/httpapi"
	"example.com/golden/service/internal/idempotency"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/items/memory"
	"example.com/golden/service/internal/outbound"
	"example.com/golden/service/internal/states"
	"example.com/golden/service/internal/telemetry"
)

// App is the service, ready to run.
type App struct {
	cfg      config.Config
	log      *slog.Logger
	tracer   *sdktrace.TracerProvider
	handler  http.Handler
	admin    http.Handler
	stopping atomic.Bool
}

var errStopping = errors.New("stopping")

// New joins the parts. It reads from top to bottom: what the service tells
// about itself, what it keeps, whom it calls, what it answers.
func New(ctx context.Context, cfg config.Config, build admin.Build, log *slog.Logger, level *telemetry.Level) (*App, error) {
	a := &App{cfg: cfg, log: log}

	metrics := telemetry.NewMetrics()
	tracer, err := telemetry.NewTracer(ctx, build.Service, build.Version, cfg.TracesEndpoint)
	if err != nil {
		return nil, err
	}
	a.tracer = tracer

	store := memory.New()

	called, err := clients.New(cfg.Clients, outbound.NewCaller(metrics, tracer).Client)
	if err != nil {
		return nil, err
	}

	deps := httpapi.Deps{
		Log: log, Metrics: metrics, Tracer: tracer,
		Shelf:         items.NewShelf(store, time.Now),
		Idempotency:   idempotency.NewMemory(cfg.IdempotencyTTL),
		Clients:       called,
		MaxBodyBytes:  cfg.MaxBodyBytes,
		MaxConcurrent: cfg.MaxConcurrent,
	}
	if cfg.PactStates {
		log.WarnContext(ctx, "PACT_STATES is on: anybody who reaches this service can change its data")
		deps.States = states.Handler(states.New(store))
	}
	a.admin = admin.New(admin.Deps{
		Log: log, Level: level, Metrics: metrics, Build: build, Ready: a.ready, Profiles: cfg.AdminProfiles,
	})
	a.handler, err = httpapi.New(deps)
	return a, err
}

func (a *App) ready() error {
	if a.stopping.Load() {
		return errStopping
	}
	return nil
}
