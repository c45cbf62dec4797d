package pipelines

import "time"

// EventType says what an event tells.
type EventType string

// The types of events.
const (
	EventLog  EventType = "log"  // a line of the log
	EventStep EventType = "step" // a step changed its state
	EventRun  EventType = "run"  // the run changed its state
)

// Level is how much a log line matters.
type Level string

// The levels of log lines.
const (
	Info    Level = "info"
	Warning Level = "warning"
	Error   Level = "error"
)

// Event is one thing that happened in a run. Events of a run are numbered from
// 1 without gaps, in the order they were committed, so a watcher that saw n
// needs only what came after n.
type Event struct {
	Seq   int64
	Type  EventType
	Time  time.Time
	Step  string // empty for events of the run
	State string // new state of the step or run
	Level Level  // of a log line
	Text  string
}

// MaxLogBytes bounds the log of one run. A program that writes for ever must
// not fill the disk; what it wrote first and every change of state stay.
const MaxLogBytes = 4 << 20

// Bounded returns the events that still fit into a log of size bytes, and the
// size it has then. The first line that does not fit is replaced by one that
// says so; changes of state always fit. Stores call it.
func Bounded(events []Event, size, limit int) ([]Event, int) {
	kept := make([]Event, 0, len(events))
	for _, e := range events {
		if e.Type != EventLog {
			kept = append(kept, e)
			continue
		}
		fits := size <= limit
		size += len(e.Text) + 1
		switch {
		case fits && size > limit:
			e.Level, e.Text = Warning, "The log is full; later lines are left out."
			kept = append(kept, e)
		case fits:
			kept = append(kept, e)
		}
	}
	return kept, size
}
