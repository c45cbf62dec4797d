// Package app joins the service's parts and runs them.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/golden/service/internal/clients"
	"example.com/golden/service/internal/config"
	"example.com/golden/service/internal/httpapi"
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
	stopping atomic.Bool
}

var errStopping = errors.New("stopping")

// New joins the parts. It reads from top to bottom: what the service tells
// about itself, what it keeps, whom it calls, what it answers.
func New(ctx context.Context, cfg config.Config, build httpapi.Build, log *slog.Logger) (*App, error) {
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
		Log: log, Metrics: metrics, Tracer: tracer, Build: build, Ready: a.ready,
		Shelf:        items.NewShelf(store, time.Now),
		Clients:      called,
		MaxBodyBytes: cfg.MaxBodyBytes,
	}
	if cfg.PactStates {
		log.WarnContext(ctx, "PACT_STATES is on: anybody who reaches this service can change its data")
		deps.States = states.Handler(states.New(store))
	}
	a.handler, err = httpapi.New(deps)
	return a, err
}

func (a *App) ready() error {
	if a.stopping.Load() {
		return errStopping
	}
	return nil
}

// Listen opens the address the service is to answer on.
func (a *App) Listen(ctx context.Context) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.HTTPAddr)
	if err != nil {
		return nil, fmt.Errorf("HTTP_ADDR is %s: %w", a.cfg.HTTPAddr, err)
	}
	return listener, nil
}

// Run answers requests on listener until ctx ends, and then stops without
// losing one: readiness fails first, so that load balancers send traffic
// elsewhere; requests that still come are answered; then the listener closes
// and what is running may end.
func (a *App) Run(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           a.handler,
		ReadHeaderTimeout: a.cfg.ReadTimeout,
		ReadTimeout:       a.cfg.ReadTimeout,
		WriteTimeout:      a.cfg.WriteTimeout,
		IdleTimeout:       a.cfg.IdleTimeout,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	a.log.InfoContext(ctx, "listening", "addr", listener.Addr().String())

	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}

	a.stopping.Store(true)
	a.log.InfoContext(ctx, "stopping", "drain_delay", a.cfg.DrainDelay.String())
	// ctx has ended; what follows has a deadline of its own.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.cfg.DrainDelay+a.cfg.ShutdownTimeout)
	defer cancel()
	select {
	case err := <-served:
		return fmt.Errorf("serve while draining: %w", err)
	case <-time.After(a.cfg.DrainDelay):
	}
	err := server.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("requests were still running after %s: %w", a.cfg.ShutdownTimeout, err)
	}
	a.log.InfoContext(ctx, "stopped", "clean", err == nil)
	return errors.Join(err, a.tracer.Shutdown(ctx))
}
