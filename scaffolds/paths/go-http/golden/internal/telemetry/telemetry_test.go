package telemetry_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/otel"

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
