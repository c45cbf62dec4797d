// Package outbound is how this service calls others. Every client's requests
// go through the one transport made here, so that what all calls need is in
// one place: deadlines, retries, a breaker, a bulkhead, a trace and metrics.
//
// From the outside in, a call meets: its deadline (CLIENT_TIMEOUT); the
// bulkhead, which refuses it when too many run already; retries, for what may
// be repeated, as far as deadline and budget allow; and for each try the
// breaker and the deadline of a try.
package outbound

import (
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/trace"

	"example.com/golden/service/internal/telemetry"
)

// Caller makes HTTP clients for the services this one calls.
type Caller struct {
	metrics *telemetry.Metrics
	tracer  trace.TracerProvider
}

// NewCaller returns a caller that counts and traces what its clients do.
func NewCaller(metrics *telemetry.Metrics, tracer trace.TracerProvider) *Caller {
	return &Caller{metrics: metrics, tracer: tracer}
}

// Client returns an HTTP client for calling one service. Each service gets its
// own connections, breaker, bulkhead and budget: one that hangs cannot use up
// those of the others.
func (c *Caller) Client(service string, settings Settings) *http.Client {
	base := &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		// No MaxConnsPerHost: it lets calls queue where nobody sees them. The
		// bulkhead limits them instead.
		MaxIdleConnsPerHost: int(settings.MaxConcurrent),
		IdleConnTimeout:     90 * time.Second,
		ForceAttemptHTTP2:   true,
	}
	traced := otelhttp.NewTransport(base, otelhttp.WithTracerProvider(c.tracer), otelhttp.WithPropagators(telemetry.Propagator()))
	calls := c.metrics.CallsTo(service, settings.MaxConcurrent)
	return &http.Client{Transport: newResilient(&counted{next: traced, calls: calls}, service, settings, calls)}
}

// Counts tries by the method and the outcome.
type counted struct {
	next  http.RoundTripper
	calls *telemetry.Calls
}

// RoundTrip implements http.RoundTripper.
func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	start := time.Now()
	response, err := c.next.RoundTrip(r)
	status := 0
	if err == nil {
		status = response.StatusCode
	}
	c.calls.Ended(r.Method, status, time.Since(start))
	return response, err
}
