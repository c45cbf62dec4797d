package telemetry_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/golden/service/internal/telemetry"
)

func TestLogger_keepsSecrets(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	log := telemetry.NewLogger(&lines, "goldensvc", slog.LevelInfo)
	log.InfoContext(t.Context(), "called", "user", "ada", "authorization", "Bearer hush",
		slog.Group("settings", "db_password", "hush", "api_token", "hush"))
	if got := lines.String(); strings.Contains(got, "hush") || !strings.Contains(got, "ada") {
		t.Errorf("logged %s", got)
	}
}

func TestLogger_levels(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	log := telemetry.NewLogger(&lines, "goldensvc", slog.LevelWarn).WithGroup("g").With("a", 1)
	log.InfoContext(t.Context(), "quiet")
	log.WarnContext(t.Context(), "loud")
	if got := lines.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "loud") {
		t.Errorf("logged %s", got)
	}
}

// Whoever follows a trace or a request finds each of its lines by fields at the
// top, also those that a logger with groups wrote.
func TestLogger_idsStayAtTheTop(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithRequestID(t.Context(), "req-1")
	ctx, span := sdktrace.NewTracerProvider().Tracer("test").Start(ctx, "brew tea")
	defer span.End()
	type line map[string]any
	ids := func(more line) line {
		want := line{
			"service": "goldensvc", "level": "INFO", "msg": "poured", "request_id": "req-1",
			"trace_id": span.SpanContext().TraceID().String(), "span_id": span.SpanContext().SpanID().String(),
		}
		maps.Copy(want, more)
		return want
	}
	for _, test := range []struct {
		name string
		with func(*slog.Logger) *slog.Logger
		want line
	}{
		{name: "no group", with: func(l *slog.Logger) *slog.Logger { return l.With("a", "1") }, want: ids(line{"a": "1", "cups": 2.0})},
		{name: "a group", with: func(l *slog.Logger) *slog.Logger { return l.With("a", "1").WithGroup("g") }, want: ids(line{"a": "1", "g": map[string]any{"cups": 2.0}})},
		{name: "no name", with: func(l *slog.Logger) *slog.Logger { return l.WithGroup("").With("a", "1") }, want: ids(line{"a": "1", "cups": 2.0})},
		{
			name: "groups and values",
			with: func(l *slog.Logger) *slog.Logger {
				return l.WithGroup("g").With("a", "1").WithGroup("h").With("b", "2")
			},
			want: ids(line{"g": map[string]any{"a": "1", "h": map[string]any{"b": "2", "cups": 2.0}}}),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var lines bytes.Buffer
			test.with(telemetry.NewLogger(&lines, "goldensvc", slog.LevelInfo)).InfoContext(ctx, "poured", "cups", 2)
			got := line{}
			if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
				t.Fatalf("%s: %v", lines.String(), err)
			}
			delete(got, "time")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("the line differs (-want +got):\n%s", diff)
			}
		})
	}
}

// Loggers made of one do not write into each other's lines.
func TestLogger_branches(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	log := telemetry.NewLogger(&lines, "goldensvc", slog.LevelInfo).WithGroup("g").With("a", 1)
	ctx := telemetry.WithRequestID(t.Context(), "req-1")
	first, second := log.With("first", true), log.With("second", true)
	first.InfoContext(ctx, "one")
	second.InfoContext(ctx, "two")
	for i, text := range strings.Split(strings.TrimSpace(lines.String()), "\n") {
		if strings.Contains(text, "first") != (i == 0) || strings.Contains(text, "second") != (i == 1) {
			t.Errorf("line %d is %s", i+1, text)
		}
	}
}

// Spans reach a real OTLP endpoint, and say which service they are from.
func TestTracer_sends(t *testing.T) {
	received := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		received <- r.URL.Path + " " + string(body)
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test-bench")

	tracer, err := telemetry.NewTracer(t.Context(), "goldensvc", "1.2.3", collector.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, span := tracer.Tracer("test").Start(t.Context(), "brew tea")
	span.End()
	if err := tracer.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := <-received
	for _, want := range []string{"/v1/traces", "brew tea", "goldensvc", "1.2.3", "test-bench"} {
		if !strings.Contains(got, want) {
			t.Errorf("the collector did not receive %q", want)
		}
	}
}

// Without an endpoint there are trace ids, and nothing is sent or set globally.
func TestTracer_withoutEndpoint(t *testing.T) {
	t.Parallel()
	before := otel.GetTracerProvider()
	tracer, err := telemetry.NewTracer(t.Context(), "goldensvc", "1.2.3", "")
	if err != nil {
		t.Fatal(err)
	}
	_, span := tracer.Tracer("test").Start(t.Context(), "brew tea")
	if !span.SpanContext().IsValid() {
		t.Error("the span has no ids")
	}
	span.End()
	if otel.GetTracerProvider() != before {
		t.Error("the global tracer was replaced")
	}
	if err := tracer.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// Whatever method somebody makes up, it adds no time series of its own.
func TestMetrics_boundedLabels(t *testing.T) {
	t.Parallel()
	metrics := telemetry.NewMetrics()
	metrics.Started("TEAPOT", "/items")(http.StatusMethodNotAllowed)
	recorder := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if got := recorder.Body.String(); strings.Contains(got, "TEAPOT") || !strings.Contains(got, `http_request_method="_OTHER"`) {
		t.Error("the method became a label value")
	}
}

// Prometheus' own parser understands /metrics, and finds the names that
// dashboards and alerts are written with.
func TestMetrics_scraped(t *testing.T) {
	t.Parallel()
	metrics := telemetry.NewMetrics()
	metrics.Started(http.MethodGet, "/items/{itemId}")(http.StatusOK)
	metrics.CallsTo("teapots", 7).Ended(http.MethodGet, http.StatusOK, time.Millisecond)
	recorder := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(recorder.Body)
	if err != nil {
		t.Fatal(err)
	}
	for name, labels := range map[string]string{
		"http_server_request_duration_seconds": "http_request_method http_response_status_code http_route",
		"http_client_request_duration_seconds": "http_request_method http_response_status_code peer_service",
		"http_server_active_requests":          "",
		"http_server_active_requests_limit":    "",
		"http_server_requests_shed_total":      "",
		"http_client_active_requests":          "peer_service",
		"http_client_active_requests_limit":    "peer_service",
		"http_client_retries_total":            "peer_service",
		"http_client_fallbacks_total":          "peer_service",
		"process_start_time_seconds":           "",
		"go_goroutines":                        "",
	} {
		family := families[name]
		if len(family.GetMetric()) != 1 {
			t.Errorf("%s has %d series, want 1", name, len(family.GetMetric()))
			continue
		}
		var got []string
		for _, label := range family.GetMetric()[0].GetLabel() {
			got = append(got, label.GetName())
		}
		if strings.Join(got, " ") != labels {
			t.Errorf("%s has the labels %v, want %s", name, got, labels)
		}
		if family.GetHelp() == "" {
			t.Errorf("%s does not say what it is", name)
		}
	}
}
