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
