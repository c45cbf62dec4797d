package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/goldenpath/platform/internal/telemetry"
)

// scrape reads /metrics as Prometheus does.
func scrape(t *testing.T, m *telemetry.Metrics) map[string]*dto.MetricFamily {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(w.Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d: %v", w.Code, err)
	}
	return families
}

// labels returns each metric of a family as "name=value name=value".
func labels(family *dto.MetricFamily) []string {
	var all []string
	for _, m := range family.GetMetric() {
		var one []string
		for _, l := range m.GetLabel() {
			one = append(one, l.GetName()+"="+l.GetValue())
		}
		all = append(all, strings.Join(one, " "))
	}
	return all
}

func TestMetricsAreInTheFormPrometheusReads(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics(telemetry.Build{Version: "1.2.3", Commit: "abc", Go: "go1.26"})
	failing := true
	for _, g := range []struct {
		name, label string
		read        func(context.Context) ([]telemetry.Sample, error)
	}{
		{"platform_runs", "state", func(context.Context) ([]telemetry.Sample, error) {
			return []telemetry.Sample{{Label: "running", Value: 2}, {Label: "failed", Value: 1}}, nil
		}},
		{"platform_catalog_entities", "", func(context.Context) ([]telemetry.Sample, error) {
			return []telemetry.Sample{{Value: 10000}}, nil
		}},
		{"platform_sometimes", "", func(context.Context) ([]telemetry.Sample, error) {
			if failing {
				return nil, errors.New("the database is away")
			}
			return []telemetry.Sample{{Value: 1}}, nil
		}},
	} {
		if err := m.Gauge(g.name, "Help.", g.label, g.read); err != nil {
			t.Fatal(err)
		}
	}
	got := scrape(t, m)
	if s := labels(got["platform_build_info"]); len(s) != 1 || s[0] != "commit=abc go_version=go1.26 version=1.2.3" {
		t.Errorf("the build is %v", s)
	}
	if s := labels(got["platform_runs"]); strings.Join(s, ",") != "state=failed,state=running" {
		t.Errorf("runs are %v", s)
	}
	if v := got["platform_catalog_entities"].GetMetric()[0].GetGauge().GetValue(); v != 10000 {
		t.Errorf("%v entities", v)
	}
	if got["platform_sometimes"] != nil {
		t.Error("a number nobody knows is reported")
	}
	for _, name := range []string{"go_goroutines", "process_resident_memory_bytes", "http_server_active_requests"} {
		if got[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	failing = false
	if scrape(t, m)["platform_sometimes"] == nil {
		t.Error("the number is known again and still absent")
	}
	if err := m.Gauge("platform_runs", "Help.", "state", nil); err == nil {
		t.Error("one name was taken twice")
	}
}

// instrumented returns a server of one handler, and what it measures and traces.
func instrumented(handler http.HandlerFunc) (http.Handler, *telemetry.HTTP, *telemetry.Metrics, *tracetest.SpanRecorder) {
	spans := tracetest.NewSpanRecorder()
	metrics := telemetry.NewMetrics(telemetry.Build{})
	h := telemetry.NewHTTP(metrics, sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)))
	return h.Instrument(handler), h, metrics, spans
}

func TestRequestsAreMeasuredByRoute(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, method string
		handler      http.HandlerFunc
		labels, span string
		status       string
	}{
		{"a page", "GET", func(w http.ResponseWriter, r *http.Request) {
			telemetry.SetRoute(r.Context(), "/catalog/:kind")
			fmt.Fprint(w, "hello")
		}, "http_request_method=GET http_response_status_code=200 http_route=/catalog/:kind", "GET /catalog/:kind", "Unset"},
		{"nothing matched", "GET", http.NotFound, "http_request_method=GET http_response_status_code=404 http_route=", "GET", "Unset"},
		{"an answer without a word", "PUT", func(http.ResponseWriter, *http.Request) {}, "http_request_method=PUT http_response_status_code=200 http_route=", "PUT", "Unset"},
		{"our fault", "POST", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "http_request_method=POST http_response_status_code=500 http_route=", "POST", "Error"},
		{"hints before the answer", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusAccepted)
		}, "http_request_method=GET http_response_status_code=202 http_route=", "GET", "Unset"},
		{"a method somebody made up", "TEAPOT", http.NotFound, "http_request_method=_OTHER http_response_status_code=404 http_route=", "TEAPOT", "Unset"},
		{"a handler that panics", "GET", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "http_request_method=GET http_response_status_code=500 http_route=", "GET", "Error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			handler, _, metrics, spans := instrumented(tt.handler)
			func() {
				defer func() { _ = recover() }()
				handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), tt.method, "/catalog/component", http.NoBody))
			}()
			got := scrape(t, metrics)
			if s := labels(got["http_server_request_duration_seconds"]); len(s) != 1 || s[0] != tt.labels {
				t.Errorf("measured %v", s)
			}
			if v := got["http_server_active_requests"].GetMetric()[0].GetGauge().GetValue(); v != 0 {
				t.Errorf("%v requests are still active", v)
			}
			if ended := spans.Ended(); len(ended) != 1 || ended[0].Name() != tt.span || ended[0].Status().Code.String() != tt.status {
				t.Errorf("traced %v", ended)
			}
		})
	}
}

func TestAStreamIsFlushedThroughTheInstruments(t *testing.T) {
	t.Parallel()
	handler, _, _, _ := instrumented(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "data: 1\n\n")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-r.Context().Done() // the client has what was flushed
	})
	server := httptest.NewServer(handler)
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	first := make([]byte, 9)
	if _, err := resp.Body.Read(first); err != nil || string(first) != "data: 1\n\n" {
		t.Errorf("read %q: %v", first, err)
	}
}

func TestATraceIsCarriedThroughACall(t *testing.T) {
	t.Parallel()
	handler, h, metrics, spans := instrumented(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	server := httptest.NewServer(handler)
	defer server.Close()
	client := &http.Client{Transport: h.Transport("github", nil)}
	for _, address := range []string{server.URL, "http://127.0.0.1:1/"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		if req.Header.Get("Traceparent") != "" {
			t.Error("the caller's request was changed")
		}
	}
	ended := spans.Ended()
	if len(ended) != 3 {
		t.Fatalf("%d spans", len(ended))
	}
	server1, client1 := ended[0], ended[1]
	if server1.Parent().SpanID() != client1.SpanContext().SpanID() || server1.SpanContext().TraceID() != client1.SpanContext().TraceID() {
		t.Error("the server's span does not belong to the client's")
	}
	got := labels(scrape(t, metrics)["http_client_request_duration_seconds"])
	want := "http_request_method=GET http_response_status_code=0 peer_service=github,http_request_method=GET http_response_status_code=418 peer_service=github"
	if strings.Join(got, ",") != want {
		t.Errorf("measured %v", got)
	}
}
