package outbound_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/golden/service/internal/outbound"
	"example.com/golden/service/internal/telemetry"
)

func call(t *testing.T, client *http.Client, url string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func TestClient_countsAndTraces(t *testing.T) {
	t.Parallel()
	headers := make(chan http.Header, 1)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers <- r.Header
		w.WriteHeader(http.StatusTeapot)
	}))
	defer provider.Close()
	metrics := telemetry.NewMetrics()
	client := outbound.NewCaller(metrics, sdktrace.NewTracerProvider()).Client("teapots", time.Second)

	if err := call(t, client, provider.URL); err != nil {
		t.Fatal(err)
	}
	if (<-headers).Get("Traceparent") == "" {
		t.Error("the call does not carry the trace on")
	}
	provider.Close()
	if err := call(t, client, provider.URL); err == nil {
		t.Fatal("a provider that is gone answered")
	}

	recorder := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	for _, want := range []string{
		`http_client_request_duration_seconds_count{http_request_method="GET",http_response_status_code="418",peer_service="teapots"} 1`,
		`http_client_request_duration_seconds_count{http_request_method="GET",http_response_status_code="0",peer_service="teapots"} 1`,
	} {
		if !strings.Contains(recorder.Body.String(), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestClient_givesUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	provider := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer provider.Close()
	defer close(release)
	client := outbound.NewCaller(telemetry.NewMetrics(), sdktrace.NewTracerProvider()).Client("teapots", 50*time.Millisecond)
	if err := call(t, client, provider.URL); err == nil {
		t.Error("a call to a provider that hangs did not end with an error")
	}
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for value, good := range map[string]bool{
		"http://inventory:8080":   true,
		"https://example.com/api": true,
		"":                        false,
		"inventory:8080":          false,
		"ftp://inventory":         false,
		"http://":                 false,
		"http://a b":              false,
	} {
		err := outbound.CheckURL("INVENTORY_URL", value)
		if (err == nil) != good {
			t.Errorf("%q: got %v", value, err)
		}
		if err != nil && !strings.Contains(err.Error(), "INVENTORY_URL") {
			t.Errorf("%q: %v does not name the setting", value, err)
		}
	}
}
