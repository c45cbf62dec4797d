package pipelines

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	maxLine    = 4 << 10                // longer lines are cut
	flushEvery = 150 * time.Millisecond // how long a line waits to be seen
	flushLines = 200                    // or how many lines wait
)

// Log is what a step tells people while it works. Lines reach watchers soon,
// and the store at the latest with the step's checkpoint.
type Log struct {
	step string
	sink *sink
}

// Info adds a line.
func (l *Log) Info(format string, args ...any) { l.add(Info, fmt.Sprintf(format, args...)) }

// Warn adds a line about something that a person should look at.
func (l *Log) Warn(format string, args ...any) { l.add(Warning, fmt.Sprintf(format, args...)) }

// Error adds a line about what went wrong.
func (l *Log) Error(format string, args ...any) { l.add(Error, fmt.Sprintf(format, args...)) }

func (l *Log) add(level Level, text string) {
	for line := range strings.Lines(text) {
		l.sink.add(Event{Type: EventLog, Step: l.step, Level: level, Text: strings.TrimRight(line, "\r\n")})
	}
}

// Writer returns a writer whose lines go into the log, for the output of
// programs. Close it to get the last line even without its end.
func (l *Log) Writer(level Level) io.WriteCloser { return &lineWriter{log: l, level: level} }

type lineWriter struct {
	log   *Log
	level Level
	mu    sync.Mutex
	rest  []byte
}

// Write adds the lines that are whole.
func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	for {
		i := bytes.IndexByte(w.rest, '\n')
		if i < 0 && len(w.rest) < maxLine {
			return len(p), nil
		}
		if i < 0 {
			i = maxLine - 1
		}
		w.log.add(w.level, string(w.rest[:i+1]))
		w.rest = w.rest[i+1:]
	}
}

// Close adds the last line even without its end.
func (w *lineWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log.add(w.level, string(w.rest))
	w.rest = nil
	return nil
}

// sink gathers the lines of one run between two writes to the store.
type sink struct {
	redactor *Redactor
	clock    Clock
	full     chan struct{}

	mu    sync.Mutex
	lines []Event

	// flushing is held while lines are on their way to the store, so that they
	// arrive in their order.
	flushing sync.Mutex
}

func newSink(redactor *Redactor, clock Clock) *sink {
	return &sink{redactor: redactor, clock: clock, full: make(chan struct{}, 1)}
}

func (s *sink) add(e Event) {
	e.Time = s.clock.Now()
	e.Text = cut(s.redactor.Text(strings.ToValidUTF8(strings.ReplaceAll(e.Text, "\x00", ""), "\uFFFD")))
	s.mu.Lock()
	s.lines = append(s.lines, e)
	full := len(s.lines) >= flushLines
	s.mu.Unlock()
	if full {
		select {
		case s.full <- struct{}{}:
		default:
		}
	}
}

// flush hands the lines gathered so far to write, and keeps them when it fails.
func (s *sink) flush(write func(lines []Event) error) error {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	s.mu.Lock()
	lines := s.lines
	s.lines = nil
	s.mu.Unlock()
	if err := write(lines); err != nil {
		s.mu.Lock()
		s.lines = append(lines, s.lines...)
		s.mu.Unlock()
		return err
	}
	return nil
}

// follow flushes from time to time until ctx ends.
func (s *sink) follow(ctx context.Context, write func(lines []Event) error) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.full:
		case <-time.After(flushEvery):
		}
		// An error here is not lost: the lines stay, and the next checkpoint
		// writes them or fails.
		_ = s.flush(write)
	}
}

// cut shortens a line that is too long, at a character.
func cut(s string) string {
	if len(s) <= maxLine {
		return s
	}
	end := maxLine
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + " … (cut)"
}
