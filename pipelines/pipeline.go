package pipelines

import (
	"context"
	"encoding/json"
	"time"
)

// Pipeline is a kind of run: what its input must be and which steps it takes.
type Pipeline struct {
	// Kind names it in stored runs and must never change.
	Kind string
	// Prepare checks the input before a run exists and says what the run is
	// about. It returns faults for what a person should correct.
	Prepare func(ctx context.Context, input json.RawMessage) (Brief, error)
	// Steps in their order. Names are unique and never change.
	Steps []StepSpec
	// Output says what was made, once every step is done. It may be nil.
	Output func(w *Work) (any, error)
}

// Brief says what a run is about.
type Brief struct {
	Subject string
	Title   string
	Lock    string // see Run.Lock
}

// StepSpec is one step of a pipeline. It may run more than once: a process can
// die after the effect and before the checkpoint. So Check looks whether the
// effect is there, and Do must find its own traces by the step's key.
type StepSpec struct {
	Name     string
	Title    string        // says what it does: "Push the first commit"
	Deadline time.Duration // of one try; 1 minute when 0
	// Tries is how often the step is tried while it fails as unavailable, with a
	// pause before each further try; once when 0.
	Tries int

	// Check reports whether the step is done already, and its outcome then. It
	// may be nil.
	Check func(ctx context.Context, w *Work) (Outcome, bool, error)
	// Do does it.
	Do func(ctx context.Context, w *Work) (Outcome, error)

	// MayUndo refuses before anything is taken back. It may be nil.
	MayUndo func(ctx context.Context, w *Work) error
	// Undo takes back what the step made, as far as it is there; nil when the
	// step leaves nothing outside the run. It must bear being run again.
	Undo func(ctx context.Context, w *Work) error
}

// Outcome is what a step leaves for later steps.
type Outcome struct {
	Result  any               // stored as JSON in the step's checkpoint
	Files   map[string][]byte // stored beside it, until the run has ended well
	Skipped bool              // there was nothing to do
}

const defaultDeadline = time.Minute

func (s StepSpec) deadline() time.Duration {
	if s.Deadline > 0 {
		return s.Deadline
	}
	return defaultDeadline
}

// WaitError is what a step returns when somebody else named a time before which
// it is no use trying, for example a git host that limits requests. The run
// waits without a worker and goes on then.
type WaitError struct {
	Until  time.Time
	Reason string // a sentence for people
}

// Error returns the reason.
func (e *WaitError) Error() string { return e.Reason }

// Point is a moment in a run where tests stop it.
type Point struct {
	Run  string
	Step string
	When string // "before", "done" (the effect is there, the checkpoint is not) or "after"
}
