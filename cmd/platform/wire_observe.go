package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"golang.org/x/term"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/config"
	"github.com/goldenpath/platform/internal/telemetry"
	"github.com/goldenpath/platform/pipelines"
)

// observed is what the program tells about itself.
type observed struct {
	log     *slog.Logger
	traces  *sdktrace.TracerProvider
	metrics *telemetry.Metrics
	http    *telemetry.HTTP
}

// observe makes logs, traces and metrics. A command that runs the platform
// inside itself talks to a person: only warnings and worse are worth a line.
func observe(s config.Config, o opening) (observed, error) {
	level := s.LogLevel
	if !o.server {
		level = max(level, slog.LevelError)
	}
	json := s.LogFormat == config.LogJSON || (s.LogFormat == config.LogAuto && !term.IsTerminal(int(os.Stderr.Fd())))
	out := observed{log: telemetry.NewLogger(os.Stderr, telemetry.LogOptions{JSON: json, Level: level})}
	build := thisBuild()
	traces, err := telemetry.NewTracer(telemetry.TraceOptions{
		Service: s.Traces.Service, Version: build.Version, Attributes: s.Traces.Attributes, Endpoint: s.Traces.Endpoint,
		Headers: s.Traces.Headers, Timeout: s.Traces.Timeout, Ratio: s.Traces.Ratio,
		OnError: func(err error) { out.log.Warn("traces could not be sent", "error", err) },
	})
	if err != nil {
		return out, err
	}
	out.traces = traces
	out.metrics = telemetry.NewMetrics(telemetry.Build{Version: build.Version, Commit: build.Commit, Go: build.Go})
	out.http = telemetry.NewHTTP(out.metrics, traces)
	return out, nil
}

// measure registers what is counted when somebody asks.
func (w *wired) measure() error {
	return errors.Join(
		w.metrics.Gauge("platform_catalog_entities", "Entities in the catalog, by kind.", "kind", w.countEntities),
		w.metrics.Gauge("platform_runs_active", "Runs that have not ended, by state.", "state", w.countRuns),
		w.metrics.Gauge("platform_database_connections", "Open connections to the database, by use.", "use", w.countConnections),
	)
}

func (w *wired) countEntities(ctx context.Context) ([]telemetry.Sample, error) {
	facets, err := w.catalog.Facets(ctx, catalog.Query{}, "kind")
	if err != nil {
		return nil, err
	}
	var samples []telemetry.Sample
	for _, count := range facets["kind"] {
		samples = append(samples, telemetry.Sample{Label: count.Value, Value: float64(count.Count)})
	}
	return samples, nil
}

func (w *wired) countRuns(ctx context.Context) ([]telemetry.Sample, error) {
	var samples []telemetry.Sample
	for _, state := range []pipelines.State{pipelines.Queued, pipelines.Running, pipelines.Waiting} {
		q, n := pipelines.RunQuery{States: []pipelines.State{state}, Limit: 200}, 0
		for {
			page, err := w.runner.List(ctx, q)
			if err != nil {
				return nil, err
			}
			n += len(page.Items)
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		samples = append(samples, telemetry.Sample{Label: string(state), Value: float64(n)})
	}
	return samples, nil
}

func (w *wired) countConnections(context.Context) ([]telemetry.Sample, error) {
	stats := w.db.SQL().Stats()
	return []telemetry.Sample{
		{Label: "in_use", Value: float64(stats.InUse)}, {Label: "idle", Value: float64(stats.Idle)},
	}, nil
}

// stopTime is how long the parts may take to stop, each.
const stopTime = 12 * time.Second

// close stops the parts in the order opposite to their opening.
func (w *wired) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	var errs []error
	if w.warmed != nil {
		w.warmed()
	}
	if w.portal != nil {
		w.portal.Settle(ctx)
	}
	if w.jobs != nil {
		errs = append(errs, w.jobs.Stop(ctx))
	}
	if w.traces != nil {
		errs = append(errs, w.traces.Shutdown(ctx))
	}
	if w.db != nil {
		errs = append(errs, w.db.Close())
	}
	if err := errors.Join(errs...); err != nil && w.log != nil {
		w.log.ErrorContext(ctx, "a part did not stop well", "error", fmt.Sprint(err))
	}
}
