// Package telemetry is what the service tells about itself: logs, traces and
// metrics. All three are values that are passed on; nothing is global.
package telemetry

import (
	"context"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

type requestIDKey struct{}

// WithRequestID returns a context whose log lines carry the request's id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// NewLogger returns a logger that writes a JSON object a line. Each carries
// the service's name, and the trace, span and request it belongs to. Secrets
// are left out wherever they are logged, see redact.go.
func NewLogger(w io.Writer, service string, level slog.Leveler) *slog.Logger {
	lines := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: redact})
	return slog.New(&withIDs{Handler: lines}).With("service", service)
}

type withIDs struct{ slog.Handler }

// Handle adds the ids that ctx carries.
func (h *withIDs) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	if id := RequestID(ctx); id != "" {
		record.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h *withIDs) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &withIDs{Handler: h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h *withIDs) WithGroup(name string) slog.Handler {
	return &withIDs{Handler: h.Handler.WithGroup(name)}
}
