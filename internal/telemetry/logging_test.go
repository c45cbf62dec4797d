package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/goldenpath/platform/internal/telemetry"
)

func TestLinesCarryTheIDsOfTheirRequest(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithRequestID(trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2},
	})), "r-1")
	for _, tt := range []struct {
		name string
		log  func(*slog.Logger)
		want string
	}{
		{"a plain logger", func(l *slog.Logger) { l.InfoContext(ctx, "m", "a", 1) }, `{"msg":"m","a":1,IDS}`},
		{"a logger with attributes", func(l *slog.Logger) { l.With("a", 1).InfoContext(ctx, "m") }, `{"msg":"m","a":1,IDS}`},
		{"a logger in a group keeps them outside", func(l *slog.Logger) {
			l.With("a", 1).WithGroup("g").With("b", 2).InfoContext(ctx, "m", "c", 3)
		}, `{"msg":"m","a":1,IDS,"g":{"b":2,"c":3}}`},
		{"groups in groups", func(l *slog.Logger) { l.WithGroup("g").WithGroup("h").InfoContext(ctx, "m", "c", 3) }, `{"msg":"m",IDS,"g":{"h":{"c":3}}}`},
		{"no request", func(l *slog.Logger) { l.WithGroup("g").InfoContext(t.Context(), "m", "c", 3) }, `{"msg":"m","g":{"c":3}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			tt.log(telemetry.NewLogger(&out, telemetry.LogOptions{JSON: true, Level: slog.LevelInfo}))
			want := strings.ReplaceAll(tt.want, "IDS", `"trace_id":"01000000000000000000000000000000","span_id":"0200000000000000","request_id":"r-1"`)
			_, rest, _ := strings.Cut(out.String(), `"level":"INFO",`)
			if got := "{" + strings.TrimSpace(rest); got != want {
				t.Errorf("wrote %s, want %s", got, want)
			}
			if !json.Valid(out.Bytes()) {
				t.Errorf("not JSON: %s", out.String())
			}
		})
	}
	if got := telemetry.RequestID(ctx); got != "r-1" {
		t.Errorf("the request is %q", got)
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	t.Parallel()
	for _, asJSON := range []bool{true, false} {
		var out bytes.Buffer
		log := telemetry.NewLogger(&out, telemetry.LogOptions{JSON: asJSON, Level: slog.LevelInfo})
		log.With("client_secret", "hush").InfoContext(t.Context(), "called", "user", "ada", "authorization", "Bearer hush",
			slog.Group("settings", "db_password", "hush", "api_token", []string{"hush"}))
		if got := out.String(); strings.Contains(got, "hush") || !strings.Contains(got, "ada") || strings.Count(got, "[redacted]") != 4 {
			t.Errorf("logged %s", got)
		}
	}
}

func TestLevelsAreKept(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := telemetry.NewLogger(&out, telemetry.LogOptions{Level: slog.LevelWarn}).WithGroup("g").With("a", 1)
	log.InfoContext(t.Context(), "quiet")
	log.WarnContext(t.Context(), "loud")
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "msg=loud g.a=1") {
		t.Errorf("logged %s", got)
	}
}
