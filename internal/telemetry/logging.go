// Package telemetry is what the program tells about itself: logs, traces and
// metrics, under the names its golden paths give their services. All three are
// values that are passed on; nothing is global and nothing starts by itself.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"strings"

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

// LogOptions say how lines look and which are written.
type LogOptions struct {
	JSON  bool // an object a line, for machines; else text, for people
	Level slog.Leveler
}

// NewLogger returns a logger whose lines carry the trace, span and request they
// belong to, and never a secret.
func NewLogger(w io.Writer, o LogOptions) *slog.Logger {
	options := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: redact}
	var lines slog.Handler = slog.NewTextHandler(w, options)
	if o.JSON {
		lines = slog.NewJSONHandler(w, options)
	}
	return slog.New(&withIDs{plain: lines, grouped: lines})
}

// withIDs adds the ids that a context carries. They belong to the line, not to
// the group a logger is in, so groups and what follows them are kept back and
// replayed below the ids.
type withIDs struct {
	plain   slog.Handler // without groups
	grouped slog.Handler // as asked for
	replay  []func(slog.Handler) slog.Handler
}

// Enabled reports whether lines of that level are written.
func (h *withIDs) Enabled(ctx context.Context, level slog.Level) bool {
	return h.plain.Enabled(ctx, level)
}

// Handle writes a line.
func (h *withIDs) Handle(ctx context.Context, record slog.Record) error {
	ids := make([]slog.Attr, 0, 3)
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		ids = append(ids, slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	if id := RequestID(ctx); id != "" {
		ids = append(ids, slog.String("request_id", id))
	}
	if len(ids) == 0 {
		return h.grouped.Handle(ctx, record)
	}
	if len(h.replay) == 0 {
		record = record.Clone() // its attributes are shared with other handlers
		record.AddAttrs(ids...)
		return h.plain.Handle(ctx, record)
	}
	lines := h.plain.WithAttrs(ids)
	for _, again := range h.replay {
		lines = again(lines)
	}
	return lines.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h *withIDs) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(h.replay) == 0 {
		lines := h.plain.WithAttrs(attrs)
		return &withIDs{plain: lines, grouped: lines}
	}
	return h.then(func(lines slog.Handler) slog.Handler { return lines.WithAttrs(attrs) })
}

// WithGroup implements slog.Handler.
func (h *withIDs) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.then(func(lines slog.Handler) slog.Handler { return lines.WithGroup(name) })
}

func (h *withIDs) then(step func(slog.Handler) slog.Handler) *withIDs {
	replay := append(append([]func(slog.Handler) slog.Handler(nil), h.replay...), step)
	return &withIDs{plain: h.plain, grouped: step(h.grouped), replay: replay}
}

// redact keeps values under these keys out of every log, wherever they are
// logged.
func redact(_ []string, attr slog.Attr) slog.Attr {
	key := strings.ToLower(attr.Key)
	for _, secret := range []string{"password", "secret", "token", "authorization", "cookie", "api_key"} {
		if strings.Contains(key, secret) {
			return slog.String(attr.Key, "[redacted]")
		}
	}
	return attr
}
