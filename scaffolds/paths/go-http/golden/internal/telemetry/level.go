package telemetry

import (
	"log/slog"
	"sync"
	"time"
)

// Level is the least level that is logged. Another one lasts for a while only:
// who looks for a mistake at night forgets to turn it back.
type Level struct {
	current slog.LevelVar
	start   slog.Level

	mu    sync.Mutex
	until time.Time
	timer *time.Timer
}

// NewLevel returns the level that the service starts with.
func NewLevel(start slog.Level) *Level {
	l := &Level{start: start}
	l.current.Set(start)
	return l
}

// Level implements slog.Leveler.
func (l *Level) Level() slog.Level { return l.current.Level() }

// Set changes the level for a while, and returns when it goes back.
func (l *Level) Set(level slog.Level, lasts time.Duration) (until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
	}
	l.current.Set(level)
	l.until = time.Now().Add(lasts)
	until = l.until
	l.timer = time.AfterFunc(lasts, func() { l.reset(until) })
	return until
}

// reset ends the change that lasts until then, and no later one.
func (l *Level) reset(until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until.Equal(until) {
		l.current.Set(l.start)
		l.until = time.Time{}
	}
}

// Now returns the level, and until when it is another than at the start.
func (l *Level) Now() (level slog.Level, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current.Level(), l.until
}
