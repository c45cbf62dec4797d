// Package telemetry is what the service tells about itself: logs, traces and
// metrics. All three are values that are passed on; nothing is global.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"slices"

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

// withIDs adds the ids that a context carries, at the top of each line: whoever
// follows a trace looks for trace_id there, whatever group a logger is in.
type withIDs struct {
	slog.Handler // with everything attached so far

	// What was there before the first group, and what was attached since.
	outside slog.Handler
	inside  []func(slog.Handler) slog.Handler
}

// Handle implements slog.Handler.
func (h *withIDs) Handle(ctx context.Context, record slog.Record) error {
	var ids []slog.Attr
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		ids = append(ids, slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	if id := RequestID(ctx); id != "" {
		ids = append(ids, slog.String("request_id", id))
	}
	if len(h.inside) == 0 || len(ids) == 0 {
		record.AddAttrs(ids...)
		return h.Handler.Handle(ctx, record)
	}
	grouped := h.outside.WithAttrs(ids)
	for _, attach := range h.inside {
		grouped = attach(grouped)
	}
	return grouped.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h *withIDs) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := func(to slog.Handler) slog.Handler { return to.WithAttrs(attrs) }
	if len(h.inside) == 0 {
		return &withIDs{Handler: with(h.Handler)}
	}
	return h.attach(with)
}

// WithGroup implements slog.Handler.
func (h *withIDs) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.attach(func(to slog.Handler) slog.Handler { return to.WithGroup(name) })
}

func (h *withIDs) attach(with func(slog.Handler) slog.Handler) *withIDs {
	outside := h.outside
	if len(h.inside) == 0 {
		outside = h.Handler
	}
	return &withIDs{Handler: with(h.Handler), outside: outside, inside: append(slices.Clip(h.inside), with)}
}
