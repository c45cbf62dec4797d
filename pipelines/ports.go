package pipelines

import (
	"context"
	"time"
)

// Store keeps runs, their events and the files steps hand to later steps. Every
// method joins the transaction in ctx.
type Store interface {
	// Insert adds a run with its steps. It is a fault.Conflict when another run
	// holds the same lock.
	Insert(ctx context.Context, run Run) error
	// Get returns a run with its steps, or a fault.NotFound.
	Get(ctx context.Context, id string) (Run, error)
	// Lock is Get, and nobody else changes the run until the transaction ends.
	Lock(ctx context.Context, id string) (Run, error)
	// Save writes a run and its steps. It is a fault.Conflict when another run
	// holds the same lock.
	Save(ctx context.Context, run Run) error
	// List returns one page of runs, newest first.
	List(ctx context.Context, q RunQuery) (RunPage, error)
	// Holder returns the id of the run that holds lock, "" when nobody does.
	Holder(ctx context.Context, lock string) (string, error)
	// Due returns runs that somebody should take up again: running ones whose
	// lease ended by now, waiting ones whose time came by now, and queued ones
	// whose job was put in the queue before lost. Oldest first.
	Due(ctx context.Context, now, lost time.Time, limit int) ([]string, error)

	Journal
	Files
}

// Journal keeps the events of runs.
type Journal interface {
	// Append numbers events and adds them to a run. Log lines over the run's
	// limit are dropped, and one line says so.
	Append(ctx context.Context, runID string, events []Event) error
	// Events returns up to limit events of a run that came after a number.
	Events(ctx context.Context, runID string, after int64, limit int) ([]Event, error)
}

// Files keeps what one step made for later ones until the run has ended well.
type Files interface {
	PutFile(ctx context.Context, runID, name string, data []byte) error
	File(ctx context.Context, runID, name string) ([]byte, error)
	DropFiles(ctx context.Context, runID string) error
}

// Queue delivers runs to workers.
type Queue interface {
	// Enqueue puts a job for the run in the queue, in the transaction of ctx.
	Enqueue(ctx context.Context, args RunArgs) error
}

// RunArgs asks a worker to go on with a run. Its JSON form is stored in the
// queue, so fields may be added but never renamed.
type RunArgs struct {
	RunID string `json:"run_id"`
}

// Kind names the job in the queue. It must never change once jobs exist.
func (RunArgs) Kind() string { return "pipelines.run" }

// Unit runs fn in one transaction: all of it happens or nothing.
type Unit interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// SystemClock is the clock on the wall.
type SystemClock struct{}

// Now returns the time.
func (SystemClock) Now() time.Time { return time.Now() }

// After sends the time once d has passed.
func (SystemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
