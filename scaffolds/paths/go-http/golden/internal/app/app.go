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
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/outbound"
	"example.com/golden/service/internal/packs"
	"example.com/golden/service/internal/parts"
	"example.com/golden/service/internal/states"
	"example.com/golden/service/internal/telemetry"
)

// App is the service, ready to run.
type App struct {
	cfg      config.Config
	log      *slog.Logger
	tracer   *sdktrace.TracerProvider
	parts    *parts.Parts
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

	tools := parts.Tools{
		Service: build.Service, Log: log, Metrics: metrics, Tracer: tracer,
		IdempotencyTTL: cfg.IdempotencyTTL, RequestTimeout: cfg.WriteTimeout,
	}
	a.parts = parts.New(tools)
	if err := packs.Join(ctx, cfg.Packs, tools, a.parts); err != nil {
		return nil, errors.Join(err, a.parts.Close(ctx))
	}

	called, err := clients.New(cfg.Clients, outbound.NewCaller(metrics, tracer).Client)
	if err != nil {
		return nil, err
	}

	deps := httpapi.Deps{
		Log: log, Metrics: metrics, Tracer: tracer,
		Shelf:         items.NewShelf(a.parts.Items, time.Now),
		Idempotency:   a.parts.Idempotency,
		Clients:       called,
		Around:        a.parts.Around,
		MaxBodyBytes:  cfg.MaxBodyBytes,
		MaxConcurrent: cfg.MaxConcurrent,
	}
	if cfg.PactStates {
		log.WarnContext(ctx, "PACT_STATES is on: anybody who reaches this service can change its data")
		deps.States = states.Handler(states.New(a.parts.Items))
	}
	a.admin = admin.New(admin.Deps{
		Log: log, Level: level, Metrics: metrics, Build: build, Ready: a.ready, Lacks: a.parts.Lacks, Profiles: cfg.AdminProfiles,
	})
	a.handler, err = httpapi.New(deps)
	return a, err
}

func (a *App) ready(ctx context.Context) error {
	if a.stopping.Load() {
		return errStopping
	}
	return a.parts.Ready(ctx)
}
