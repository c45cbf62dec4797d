package telemetry

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// NewTracer returns the provider of the service's traces. Spans are always
// made, so that logs have trace ids; they are sent only when an endpoint is
// given. How much is sampled is read from OTEL_TRACES_SAMPLER. Shut it down to
// send what is left.
func NewTracer(ctx context.Context, service, version, endpoint string) (*sdktrace.TracerProvider, error) {
	about := resource.NewSchemaless(
		semconv.ServiceName(service),
		semconv.ServiceVersion(version),
	)
	// OTEL_RESOURCE_ATTRIBUTES adds to it, e.g. deployment.environment.name.
	about, err := resource.Merge(about, resource.Environment())
	if err != nil {
		return nil, fmt.Errorf("describe the service to the tracer: %w", err)
	}
	options := []sdktrace.TracerProviderOption{sdktrace.WithResource(about)}
	if endpoint != "" {
		exporter, err := otlptracehttp.New(ctx)
		if err != nil {
			return nil, fmt.Errorf("send traces to %s: %w", endpoint, err)
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	return sdktrace.NewTracerProvider(options...), nil
}

// Propagator carries a trace from service to service in W3C headers.
func Propagator() propagation.TextMapPropagator {
	return propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
}
