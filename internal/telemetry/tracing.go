package telemetry

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// TraceOptions say who traces and where spans go.
type TraceOptions struct {
	Service    string
	Version    string
	Attributes map[string]string // more about the service
	Endpoint   string            // full address spans are posted to; nothing is sent when empty
	Headers    map[string]string // sent with them
	Timeout    time.Duration     // of one delivery
	Ratio      float64           // share of new traces that are sent; a caller's decision goes before
	OnError    func(error)       // is told of spans that could not be sent; never nil when Endpoint is set
}

// NewTracer returns the provider of traces. Spans are always made, so that logs
// have trace ids; they are sent only when an endpoint is given. Shut it down to
// send what is left.
func NewTracer(o TraceOptions) (*sdktrace.TracerProvider, error) {
	about := []attribute.KeyValue{
		attribute.String("service.name", o.Service), attribute.String("service.version", o.Version),
		attribute.String("telemetry.sdk.name", "opentelemetry"), attribute.String("telemetry.sdk.language", "go"),
	}
	for key, value := range o.Attributes {
		about = append(about, attribute.String(key, value))
	}
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(resource.NewSchemaless(about...)),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(o.Ratio))),
	}
	if o.Endpoint != "" {
		u, err := url.Parse(o.Endpoint)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("send traces to %q: it is no address", o.Endpoint)
		}
		options = append(options, sdktrace.WithBatcher(&sender{
			endpoint: o.Endpoint, headers: o.Headers, onError: o.OnError,
			client: &http.Client{Timeout: o.Timeout},
		}, sdktrace.WithExportTimeout(max(o.Timeout, time.Second)*3)))
	}
	return sdktrace.NewTracerProvider(options...), nil
}

// sender posts spans as OTLP over HTTP. The official exporter would link gRPC
// and a gateway: 13 MB, and 7 of the 15 ms that the whole program may take to
// initialise, for each command.
type sender struct {
	endpoint string
	headers  map[string]string
	client   *http.Client
	onError  func(error)
}

// sendAttempts is how often one batch is tried. Spans are worth a little effort,
// not a queue that grows while a collector is away.
const sendAttempts = 3

// ExportSpans implements sdktrace.SpanExporter. The error is told to who wants
// it and not returned: the SDK would print it through a global.
func (s *sender) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	body := encode(spans)
	var err error
	for attempt := range sendAttempts {
		if wait(ctx, time.Duration(attempt)*500*time.Millisecond) != nil {
			break
		}
		var again bool
		if again, err = s.post(ctx, body); !again {
			break
		}
	}
	if err != nil {
		s.onError(fmt.Errorf("send %d spans: %w", len(spans), err))
	}
	return nil
}

// post sends once and says whether trying again may help.
func (s *sender) post(ctx context.Context, body []byte) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	for key, value := range s.headers {
		req.Header.Set(key, value)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return true, err
	}
	defer func() { _ = resp.Body.Close() }()
	switch status := resp.StatusCode; {
	case status < http.StatusMultipleChoices:
		return false, nil
	default: // only these are to be tried again, says OTLP
		return status == http.StatusTooManyRequests || (status >= http.StatusBadGateway && status <= http.StatusGatewayTimeout),
			fmt.Errorf("the collector answered %s", resp.Status)
	}
}

// Shutdown implements sdktrace.SpanExporter.
func (s *sender) Shutdown(context.Context) error {
	s.client.CloseIdleConnections()
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
