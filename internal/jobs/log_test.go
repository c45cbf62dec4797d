package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestWaitingIsNoError(t *testing.T) {
	t.Parallel()
	up := fmt.Errorf("lock: %w", context.DeadlineExceeded)
	tests := []struct {
		name  string
		level slog.Level // of whoever reads
		log   func(log *slog.Logger)
		want  string // the line begins with; "" for none
	}{
		{"an error stays one", slog.LevelInfo, func(l *slog.Logger) { l.Error("no", "err", errors.New("disk full")) }, "level=ERROR"},
		{"time is up", slog.LevelInfo, func(l *slog.Logger) { l.Error("no", "err", up) }, "level=WARN"},
		{"time is up, as text, with more around it", slog.LevelInfo, func(l *slog.Logger) {
			l.With("a", 1).WithGroup("g").Error("no", "error", up.Error())
		}, "level=WARN"},
		{"nobody reads warnings", slog.LevelError, func(l *slog.Logger) { l.Error("no", "err", up) }, ""},
		{"time is up only in passing", slog.LevelInfo, func(l *slog.Logger) {
			l.Error("no", "err", "context deadline exceeded, then the disk was full")
		}, "level=ERROR"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			without := func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}
			tt.log(newCalm(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: tt.level, ReplaceAttr: without}))))
			if got := out.String(); !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
