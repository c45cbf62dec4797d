package jobs

import (
	"context"
	"log/slog"
	"strings"
)

// calm is River's log. River tells as an error every attempt that fails, and
// then tries again by itself: while one large transaction has SQLite's writer,
// that is the waiting of a queue and nothing that somebody should look at.
// What it gives up it tells of in the run that waits for it.
type calm struct{ slog.Handler }

// newCalm returns log with the errors that are only waiting as warnings.
func newCalm(log *slog.Logger) *slog.Logger { return slog.New(calm{log.Handler()}) }

// Handle writes r, as a warning when all it says is that time was up.
func (h calm) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError && saysTimeIsUp(r) {
		r.Level = slog.LevelWarn
		if !h.Enabled(ctx, r.Level) {
			return nil
		}
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs returns a handler that is calm as well.
func (h calm) WithAttrs(attrs []slog.Attr) slog.Handler { return calm{h.Handler.WithAttrs(attrs)} }

// WithGroup returns a handler that is calm as well.
func (h calm) WithGroup(name string) slog.Handler { return calm{h.Handler.WithGroup(name)} }

// saysTimeIsUp looks at the text, because River logs some errors as text.
func saysTimeIsUp(r slog.Record) bool {
	up := false
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "err" || a.Key == "error" {
			text := a.Value.String()
			up = strings.HasSuffix(text, context.DeadlineExceeded.Error()) || strings.Contains(text, "SQLITE_BUSY")
		}
		return !up
	})
	return up
}
