// Package outbound is how this service calls others. Every client's requests
// go through the one transport made here, so that what all calls need
// (a deadline, a trace, metrics) is in one place.
package outbound

import (
	"fmt"
	"net/http"
	"net/url"
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
// own connections: one that hangs cannot use up those of the others.
func (c *Caller) Client(service string, timeout time.Duration) *http.Client {
	base := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		MaxConnsPerHost:       100,
		MaxIdleConnsPerHost:   20,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   timeout,
		ResponseHeaderTimeout: timeout,
		ForceAttemptHTTP2:     true,
	}
	traced := otelhttp.NewTransport(base, otelhttp.WithTracerProvider(c.tracer), otelhttp.WithPropagators(telemetry.Propagator()))
	return &http.Client{
		Timeout:   timeout,
		Transport: &counted{next: traced, service: service, metrics: c.metrics},
	}
}

// Counts calls by the service called, the method and the outcome.
type counted struct {
	next    http.RoundTripper
	service string
	metrics *telemetry.Metrics
}

// RoundTrip implements http.RoundTripper.
func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	start := time.Now()
	response, err := c.next.RoundTrip(r)
	status := 0
	if err == nil {
		status = response.StatusCode
	}
	c.metrics.Called(c.service, r.Method, status, time.Since(start))
	return response, err
}

// CheckURL says what is wrong with a setting that should be a service's address.
func CheckURL(setting, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%s is %q, want an address such as http://name:8080", setting, value)
	}
	return nil
}

// CheckTimeout says what is wrong with a setting that should be a timeout.
func CheckTimeout(setting string, value time.Duration) error {
	if value <= 0 {
		return fmt.Errorf("%s is %s, want more than 0s", setting, value)
	}
	return nil
}
