// Package pipelines runs lists of steps that must not be lost: creating a
// service today, more kinds later. It knows what a run is, how it goes on after
// a crash, how it is retried and taken back, and what its log says. Where runs
// are stored, how jobs are delivered and what git is, others know.
package pipelines

import (
	"encoding/json"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// State is where a run is.
type State string

// The states of a run. Queued and waiting ones go on by themselves.
const (
	Queued    State = "queued"    // waits for a worker
	Running   State = "running"   // a worker holds its lease
	Waiting   State = "waiting"   // waits for a time somebody else named
	Succeeded State = "succeeded" // every step is done
	Failed    State = "failed"    // a step failed; it can be retried or undone
	Cancelled State = "cancelled" // stopped by a person between two steps
)

// Ended reports whether a run in this state does nothing more by itself.
func (s State) Ended() bool {
	return s == Succeeded || s == Failed || s == Cancelled
}

// StepState is where a step is.
type StepState string

// The states of a step.
const (
	StepPending StepState = "pending"
	StepRunning StepState = "running"
	StepDone    StepState = "done"
	StepFailed  StepState = "failed"
	StepSkipped StepState = "skipped" // there was nothing to do
)

// Run is one execution of a pipeline. What is stored of it is the truth; the job
// in the queue only makes somebody look.
type Run struct {
	ID      string // UUIDv7, so ids sort by age
	Kind    string // names the pipeline
	Subject string // what it is about, for example the service's name
	Title   string // a short sentence for people
	Actor   string // who asked for it
	State   State
	Attempt int // 1, and one more with each retry

	Input  json.RawMessage
	Output json.RawMessage // what was made, set when it succeeds
	Steps  []Step

	CreatedAt  time.Time
	StartedAt  time.Time // zero until a worker takes it
	FinishedAt time.Time // zero until it ends
	Failure    *fault.Error

	// Lock is held by at most one run that has not ended: two runs that would
	// make the same thing never run together. Empty locks nothing.
	Lock string
	// Lease belongs to the worker that runs it now.
	Lease Lease
	// QueuedAt is when its latest job was put in the queue.
	QueuedAt time.Time
	// WakeAt is when a waiting run goes on.
	WakeAt time.Time
	// CancelRequested asks the worker to stop before the next step.
	CancelRequested bool
	// Stalls counts how often it was taken up since the last step was done. One
	// that takes its process down each time must not do so for ever.
	Stalls int
	// UndoneBy is the run that takes this one back, once there is one.
	UndoneBy string
}

// Lease is a worker's right to run a run until a time. It is renewed while the
// worker lives; its token fences out a worker that came back too late.
type Lease struct {
	Token string
	Until time.Time
}

// Step is one step of a run.
type Step struct {
	Name       string
	Title      string
	State      StepState
	StartedAt  time.Time
	FinishedAt time.Time
	Failure    *fault.Error
	// Result is the step's checkpoint, written with its state in one transaction.
	Result json.RawMessage
	// Note is what the step wrote down before an effect outside.
	Note json.RawMessage
}

// Step returns the step of that name, nil when there is none.
func (r *Run) Step(name string) *Step {
	for i := range r.Steps {
		if r.Steps[i].Name == name {
			return &r.Steps[i]
		}
	}
	return nil
}

// claimable reports whether a worker may take the run now.
func (r *Run) claimable(now time.Time) bool {
	switch r.State {
	case Queued:
		return true
	case Running:
		return !r.Lease.Until.After(now)
	case Waiting:
		return !r.WakeAt.After(now)
	case Succeeded, Failed, Cancelled:
	}
	return false
}

// RunQuery selects runs; empty fields select all.
type RunQuery struct {
	Kinds   []string
	Subject string
	States  []State
	Limit   int    // 50 when 0, 200 at most
	Cursor  string // Next of the page before
}

// RunPage is one page of runs, newest first.
type RunPage struct {
	Items []Run
	Next  string // empty on the last page
}
