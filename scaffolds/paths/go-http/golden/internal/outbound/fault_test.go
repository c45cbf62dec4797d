package outbound_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/golden/service/internal/outbound"
	"example.com/golden/service/internal/telemetry"
)

// fault is a real service behind a network that can be broken, and a client
// that calls it through that.
type fault struct {
	proxy   *toxiproxy.Proxy
	client  *http.Client
	metrics *telemetry.Metrics
}

func newFault(t *testing.T, s outbound.Settings, answer http.HandlerFunc) *fault {
	t.Helper()
	provider := httptest.NewServer(answer)
	t.Cleanup(provider.Close)
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "teapots", "127.0.0.1:0", provider.Listener.Addr().String())
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	metrics := telemetry.NewMetrics()
	client := outbound.NewCaller(metrics, sdktrace.NewTracerProvider()).Client("teapots", s)
	t.Cleanup(client.CloseIdleConnections)
	return &fault{proxy: proxy, client: client, metrics: metrics}
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "tea") }

// poison breaks the network: toxiproxy's README lists how.
func (f *fault) poison(t *testing.T, toxic string) {
	t.Helper()
	if _, err := f.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		t.Fatal(err)
	}
}

func (f *fault) request(t *testing.T, method, body string, header ...string) (status int, err error) {
	t.Helper()
	// Nothing here takes long; a policy that is missing would take forever.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	defer func() {
		if ctx.Err() != nil {
			t.Error("no policy ended the call")
		}
	}()
	request, err := http.NewRequestWithContext(ctx, method, "http://"+f.proxy.Listen, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := f.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

func (f *fault) get(t *testing.T) (status int, err error) {
	t.Helper()
	return f.request(t, http.MethodGet, "")
}

// value returns a metric by its name and the values of its labels; of a
// histogram, how much it counted.
func (f *fault) value(t *testing.T, metric string) float64 {
	t.Helper()
	words := strings.Fields(metric)
	families, err := f.metrics.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, family := range families {
		if family.GetName() != words[0] {
			continue
		}
		for _, m := range family.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				name := strings.NewReplacer("http_request_", "", "http_response_", "", "_code", "").Replace(l.GetName())
				labels = append(labels, name+"="+l.GetValue())
			}
			fits := true
			for _, word := range words[1:] {
				fits = fits && slices.Contains(labels, word)
			}
			if fits {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

func (f *fault) want(t *testing.T, metrics map[string]float64) {
	t.Helper()
	for metric, want := range metrics {
		if got := f.value(t, metric); got != want {
			t.Errorf("%s is %v, want %v", metric, got, want)
		}
	}
}

const tries = "http_client_request_duration_seconds"

// hang lets connections through, and nothing on them.
const hang = `{"name":"hang","type":"timeout","stream":"downstream","attributes":{"timeout":0}}`

func waitFor(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	if unavailable, ok := errors.AsType[*outbound.UnavailableError](err); !ok || unavailable.Service != "teapots" {
		t.Errorf("got %v, want to be told that teapots is unavailable", err)
	}
}
