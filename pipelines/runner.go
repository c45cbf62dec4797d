package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
)

// Runner starts runs, works on them, and answers what became of them.
type Runner struct {
	store     Store
	queue     Queue
	unit      Unit
	clock     Clock
	log       *slog.Logger
	redactor  *Redactor
	pipelines map[string]Pipeline
	ttl       time.Duration
	hook      func(ctx context.Context, p Point)
	hub       *hub
}

// Options are what a runner is made of. Store, Queue, Unit and Log are needed.
type Options struct {
	Store     Store
	Queue     Queue
	Unit      Unit
	Log       *slog.Logger
	Pipelines []Pipeline

	Clock    Clock         // the system's when nil
	Redactor *Redactor     // one without secrets of its own when nil
	LeaseTTL time.Duration // 15 s when 0

	// Hook is called at every point of every run. It is for tests.
	Hook func(ctx context.Context, p Point)
}

const (
	defaultLeaseTTL = 15 * time.Second
	// lostAfter is when a queued run's job counts as lost. A second job for the
	// same run does no harm: only one worker can claim it.
	lostAfter = 30 * time.Second
	// maxStalls is how often a run may be taken up without finishing a step.
	maxStalls = 10
)

// NewRunner returns a runner of these pipelines.
func NewRunner(o Options) *Runner {
	r := &Runner{
		store: o.Store, queue: o.Queue, unit: o.Unit, clock: o.Clock, log: o.Log, redactor: o.Redactor,
		pipelines: map[string]Pipeline{}, ttl: o.LeaseTTL, hook: o.Hook, hub: newHub(),
	}
	if r.clock == nil {
		r.clock = SystemClock{}
	}
	if r.redactor == nil {
		r.redactor = NewRedactor()
	}
	if r.ttl == 0 {
		r.ttl = defaultLeaseTTL
	}
	if r.hook == nil {
		r.hook = func(context.Context, Point) {}
	}
	for _, p := range o.Pipelines {
		r.pipelines[p.Kind] = p
	}
	return r
}

type actorKey struct{}

// WithActor says who asks for what is started with ctx.
func WithActor(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

func actorOf(ctx context.Context) string {
	actor, _ := ctx.Value(actorKey{}).(string)
	return actor
}

// Start checks the input, then stores a run with its job in one transaction: a
// run without a job would wait for ever, a job without a run would do nothing.
func (r *Runner) Start(ctx context.Context, kind, subject string, input any) (Run, error) {
	p, ok := r.pipelines[kind]
	if !ok {
		return Run{}, fault.New(fault.Invalid, "There is no pipeline called %q.", kind)
	}
	data, err := json.Marshal(input)
	if err != nil {
		return Run{}, fmt.Errorf("write input of %s: %w", kind, err)
	}
	brief := Brief{Subject: subject, Title: kind + " " + subject}
	if p.Prepare != nil {
		if brief, err = p.Prepare(ctx, data); err != nil {
			return Run{}, err
		}
	}
	run, err := r.newRun(ctx, kind, brief, data)
	if err != nil {
		return Run{}, err
	}
	for _, s := range p.Steps {
		run.Steps = append(run.Steps, Step{Name: s.Name, Title: s.Title, State: StepPending})
	}
	err = r.unit.InTx(ctx, func(ctx context.Context) error { return r.insert(ctx, run) })
	if err != nil {
		return Run{}, r.busy(ctx, run, err)
	}
	r.hub.notify(run.ID)
	r.log.InfoContext(ctx, "run queued", "run", run.ID, "kind", run.Kind, "subject", run.Subject)
	return run, nil
}

func (r *Runner) newRun(ctx context.Context, kind string, brief Brief, input json.RawMessage) (Run, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Run{}, fmt.Errorf("make a run id: %w", err)
	}
	now := r.now()
	return Run{
		ID: id.String(), Kind: kind, Subject: brief.Subject, Title: brief.Title, Lock: brief.Lock,
		Actor: actorOf(ctx), State: Queued, Attempt: 1, Input: input, CreatedAt: now, QueuedAt: now,
	}, nil
}

// insert stores a new run with its first event and its job.
func (r *Runner) insert(ctx context.Context, run Run) error {
	if err := r.store.Insert(ctx, run); err != nil {
		return err
	}
	if err := r.store.Append(ctx, run.ID, []Event{r.runEvent(run)}); err != nil {
		return err
	}
	return r.queue.Enqueue(ctx, RunArgs{RunID: run.ID})
}

// busy explains a conflict over a run's lock by the run that holds it.
func (r *Runner) busy(ctx context.Context, run Run, err error) error {
	if run.Lock == "" || !fault.Is(err, fault.Conflict) {
		return err
	}
	holder, lookErr := r.store.Holder(ctx, run.Lock)
	if lookErr != nil || holder == "" {
		return err
	}
	return fault.New(fault.Conflict, "Another run is at work on %s already: %s.", run.Subject, holder).
		WithHint("Follow it: platform runs watch %s", holder).WithCause(err)
}

// Get returns a run with its steps.
func (r *Runner) Get(ctx context.Context, id string) (Run, error) { return r.store.Get(ctx, id) }

// List returns one page of runs, newest first.
func (r *Runner) List(ctx context.Context, q RunQuery) (RunPage, error) {
	switch {
	case q.Limit <= 0:
		q.Limit = 50
	case q.Limit > 200:
		q.Limit = 200
	}
	return r.store.List(ctx, q)
}

// errLeaseLost stops a worker whose run belongs to somebody else by now.
var errLeaseLost = errors.New("the lease of the run is lost")

// change locks a run, lets fn change it, and stores it with the events it gives.
func (r *Runner) change(ctx context.Context, id string, fn func(ctx context.Context, run *Run) ([]Event, error)) (Run, error) {
	var run Run
	err := r.unit.InTx(ctx, func(ctx context.Context) error {
		var err error
		if run, err = r.store.Lock(ctx, id); err != nil {
			return err
		}
		events, err := fn(ctx, &run)
		if err != nil {
			return err
		}
		if err := r.store.Save(ctx, run); err != nil {
			return err
		}
		if len(events) == 0 {
			return nil
		}
		return r.store.Append(ctx, id, events)
	})
	if err != nil {
		return run, err
	}
	r.hub.notify(id)
	return run, nil
}

func (r *Runner) runEvent(run Run) Event {
	e := Event{Type: EventRun, Time: r.now(), State: string(run.State)}
	if run.Failure != nil {
		e.Level, e.Text = Error, run.Failure.Message
	}
	return e
}

func (r *Runner) stepEvent(step Step) Event {
	e := Event{Type: EventStep, Time: r.now(), Step: step.Name, State: string(step.State)}
	if step.Failure != nil {
		e.Level, e.Text = Error, step.Failure.Message
	}
	return e
}

// now is the time as every database can keep it.
func (r *Runner) now() time.Time { return r.clock.Now().UTC().Truncate(time.Microsecond) }
