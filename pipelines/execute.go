package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Work goes on with a run from its first step that is not done, until it ends,
// waits, or ctx does. It is called for each job, so perhaps more than once for
// a run, at once or later: only the worker that can claim the run works.
func (r *Runner) Work(ctx context.Context, args RunArgs) error {
	run, claimed, err := r.claim(ctx, args.RunID)
	if fault.Is(err, fault.NotFound) {
		r.log.WarnContext(ctx, "job for a run that is not there", "run", args.RunID)
		return nil
	}
	if err != nil || !claimed {
		return err
	}
	e := &execution{
		runner: r, id: run.ID, run: run, token: run.Lease.Token,
		sink: newSink(r.redactor, r.clock),
	}
	held, stop := r.keep(ctx, run)
	defer stop()
	return e.settle(ctx, held, e.perform(held))
}

// execution is one worker's work on one run.
type execution struct {
	runner  *Runner
	id      string
	run     Run // as last stored
	subject Run // the run whose input and checkpoints the steps read
	token   string
	steps   []StepSpec
	sink    *sink
}

// settle decides what the end of the work means for the run.
func (e *execution) settle(ctx, held context.Context, err error) error {
	log := e.runner.log
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errLeaseLost), errors.Is(context.Cause(held), errLeaseLost):
		log.WarnContext(ctx, "lease lost, another worker goes on", "run", e.id)
		return nil
	case ctx.Err() != nil:
		// Shutting down: give the run back at once, so that nobody has to wait
		// for the lease to end.
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return errors.Join(ctx.Err(), e.giveBack(after))
	}
	return err
}

// perform takes the steps one after the other, while the log is written beside.
func (e *execution) perform(ctx context.Context) error {
	lines, stop := context.WithCancel(ctx)
	var follower sync.WaitGroup
	follower.Go(func() {
		e.sink.follow(lines, func(events []Event) error { return e.append(lines, events) })
	})
	defer follower.Wait()
	defer stop()

	var err error
	if e.steps, e.subject, err = e.runner.program(ctx, e.run); err != nil {
		return e.abort(ctx, err)
	}
	return e.takeAll(ctx)
}

func (e *execution) takeAll(ctx context.Context) error {
	for i := range e.steps {
		spec := e.steps[i]
		if s := e.run.Step(spec.Name); s == nil || s.State == StepDone || s.State == StepSkipped {
			continue
		}
		goOn, err := e.begin(ctx, spec)
		if err != nil || !goOn {
			return err
		}
		e.point(ctx, spec, "before")
		outcome, err := e.tryOften(ctx, spec)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if wait, ok := errors.AsType[*WaitError](err); ok {
			return e.wait(ctx, spec, wait)
		}
		if err != nil {
			return e.fail(ctx, spec, err)
		}
		e.point(ctx, spec, "done")
		if err := e.finish(ctx, spec, outcome); err != nil {
			return err
		}
		e.point(ctx, spec, "after")
	}
	return e.succeed(ctx)
}

func (e *execution) point(ctx context.Context, spec StepSpec, when string) {
	e.runner.hook(ctx, Point{Run: e.run.ID, Step: spec.Name, When: when})
}

// tryOften takes a step, and again after a pause when what it needs was
// unavailable and the step bears it.
func (e *execution) tryOften(ctx context.Context, spec StepSpec) (Outcome, error) {
	for try := 1; ; try++ {
		outcome, err := e.take(ctx, spec)
		if try >= spec.Tries || !fault.Is(err, fault.Unavailable) {
			return outcome, err
		}
		pause := time.Duration(float64(firstPause<<(2*(try-1))) * (0.75 + rand.Float64()/2)) // #nosec G404 -- spreads load, keeps no secret
		(&Log{step: spec.Name, sink: e.sink}).Warn("%s Trying again.", fault.From(err).Message)
		select {
		case <-ctx.Done():
			return Outcome{}, context.Cause(ctx)
		case <-e.runner.clock.After(pause):
		}
	}
}

// firstPause is before the second try; each further pause is four times longer.
const firstPause = 400 * time.Millisecond

// take looks whether the step is done already, and does it when not.
func (e *execution) take(ctx context.Context, spec StepSpec) (outcome Outcome, err error) {
	limit := spec.deadline()
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("step %s broke down: %v\n%s", spec.Name, cause, debug.Stack())
		}
		if err != nil && ctx.Err() == nil && bounded.Err() != nil {
			err = fault.New(fault.Unavailable, "It took longer than %s.", limit).WithHint("Try again.").WithCause(err)
		}
	}()
	w := e.work(spec)
	if spec.Check != nil {
		if outcome, done, err := spec.Check(bounded, w); err != nil || done {
			return outcome, err
		}
	}
	return spec.Do(bounded, w)
}

func (e *execution) work(spec StepSpec) *Work {
	subject := e.run
	if e.subject.ID != "" {
		subject = e.subject
	}
	w := &Work{
		Log: &Log{step: spec.Name, sink: e.sink},
		run: subject, step: spec.Name, files: e.runner.store,
	}
	if subject.ID == e.run.ID {
		w.note = func(ctx context.Context, note json.RawMessage) error {
			return e.change(ctx, func(_ context.Context, run *Run) ([]Event, error) {
				run.Step(spec.Name).Note = note
				return nil, nil
			})
		}
	}
	return w
}

// change stores a change of the run together with the lines gathered so far,
// as long as the run is this worker's.
func (e *execution) change(ctx context.Context, fn func(ctx context.Context, run *Run) ([]Event, error)) error {
	return e.sink.flush(func(lines []Event) error {
		run, err := e.runner.change(ctx, e.id, func(ctx context.Context, run *Run) ([]Event, error) {
			if err := mine(run, e.token); err != nil {
				return nil, err
			}
			events, err := fn(ctx, run)
			return append(slices.Clip(lines), events...), err
		})
		if err != nil {
			return err
		}
		e.run = run
		return nil
	})
}

// append stores lines of the log.
func (e *execution) append(ctx context.Context, lines []Event) error {
	if len(lines) == 0 {
		return nil
	}
	err := e.runner.unit.InTx(ctx, func(ctx context.Context) error {
		return e.runner.store.Append(ctx, e.id, lines)
	})
	if err == nil {
		e.runner.hub.notify(e.id)
	}
	return err
}

// begin marks the step as running, unless the run is to be cancelled or was
// taken up too often.
func (e *execution) begin(ctx context.Context, spec StepSpec) (goOn bool, err error) {
	err = e.change(ctx, func(_ context.Context, run *Run) ([]Event, error) {
		step := run.Step(spec.Name)
		switch {
		case run.CancelRequested:
			e.runner.end(run, Cancelled, nil)
			step.State = StepPending
			return []Event{e.runner.runEvent(*run)}, nil
		case run.Stalls > maxStalls:
			return e.failed(run, step, stalled(*step)), nil
		}
		goOn = true
		step.State, step.StartedAt, step.FinishedAt, step.Failure = StepRunning, e.runner.now(), time.Time{}, nil
		return []Event{e.runner.stepEvent(*step)}, nil
	})
	return goOn && err == nil, err
}

// finish writes the step's checkpoint.
func (e *execution) finish(ctx context.Context, spec StepSpec, outcome Outcome) error {
	result, err := json.Marshal(outcome.Result)
	if err != nil {
		return fmt.Errorf("write checkpoint of step %s: %w", spec.Name, err)
	}
	return e.change(ctx, func(ctx context.Context, run *Run) ([]Event, error) {
		for name, data := range outcome.Files {
			if err := e.runner.store.PutFile(ctx, run.ID, name, data); err != nil {
				return nil, err
			}
		}
		step := run.Step(spec.Name)
		step.State, step.FinishedAt, step.Result = StepDone, e.runner.now(), result
		if outcome.Skipped {
			step.State = StepSkipped
		}
		run.Stalls = 1
		return []Event{e.runner.stepEvent(*step)}, nil
	})
}

// fail ends the run at this step.
func (e *execution) fail(ctx context.Context, spec StepSpec, cause error) error {
	f := fault.From(cause)
	e.runner.log.WarnContext(ctx, "step failed", "run", e.run.ID, "step", spec.Name, "code", string(f.Code),
		"error", e.runner.redactor.Text(chain(cause)))
	f = e.runner.redactor.Fault(f)
	(&Log{step: spec.Name, sink: e.sink}).Error("%s", f.Message)
	return e.change(ctx, func(_ context.Context, run *Run) ([]Event, error) {
		return e.failed(run, run.Step(spec.Name), f), nil
	})
}

// abort ends a run that no step can be blamed for. Time will not mend it, so it
// must not be tried for ever.
func (e *execution) abort(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e.runner.log.ErrorContext(ctx, "run failed", "run", e.id, "error", e.runner.redactor.Text(chain(cause)))
	f := e.runner.redactor.Fault(fault.From(cause))
	return e.change(ctx, func(_ context.Context, run *Run) ([]Event, error) {
		e.runner.end(run, Failed, f)
		return []Event{e.runner.runEvent(*run)}, nil
	})
}

// failed marks step and run as failed, and says what was done before.
func (e *execution) failed(run *Run, step *Step, f *fault.Error) []Event {
	step.State, step.FinishedAt, step.Failure = StepFailed, e.runner.now(), f
	whole := *f
	whole.Message = fmt.Sprintf("The step %q failed: %s", step.Name, f.Message)
	if done := doneBefore(run); done != "" {
		whole.Message += " Done before it: " + done + "."
	} else {
		whole.Message += " Nothing was done before it."
	}
	e.runner.end(run, Failed, &whole)
	return []Event{e.runner.stepEvent(*step), e.runner.runEvent(*run)}
}

func doneBefore(run *Run) string {
	var names []string
	for _, s := range run.Steps {
		if s.State == StepDone {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, ", ")
}

// end closes a run. Its lock is free from here on.
func (r *Runner) end(run *Run, state State, f *fault.Error) {
	run.State, run.Failure, run.FinishedAt = state, f, r.now()
	run.Lease, run.WakeAt, run.CancelRequested, run.Stalls = Lease{}, time.Time{}, false, 0
}

// wait lets go of the run until the time that somebody named.
func (e *execution) wait(ctx context.Context, spec StepSpec, wait *WaitError) error {
	(&Log{step: spec.Name, sink: e.sink}).Warn("%s", wait.Reason)
	return e.change(ctx, func(_ context.Context, run *Run) ([]Event, error) {
		step := run.Step(spec.Name)
		step.State = StepPending
		run.State, run.Lease, run.WakeAt, run.Stalls = Waiting, Lease{}, wait.Until.UTC().Truncate(time.Microsecond), 0
		return []Event{e.runner.stepEvent(*step), e.runner.runEvent(*run)}, nil
	})
}

// giveBack puts an interrupted run back in the queue.
func (e *execution) giveBack(ctx context.Context) error {
	return e.change(ctx, func(ctx context.Context, run *Run) ([]Event, error) {
		var events []Event
		for i := range run.Steps {
			if step := &run.Steps[i]; step.State == StepRunning {
				step.State = StepPending
				events = append(events, e.runner.stepEvent(*step))
			}
		}
		run.Stalls = 0
		more, err := e.runner.queued(ctx, run)
		return append(events, more...), err
	})
}

// succeed ends a run whose steps are all done.
func (e *execution) succeed(ctx context.Context) error {
	output, err := e.output()
	if err != nil {
		return e.abort(ctx, err)
	}
	err = e.change(ctx, func(ctx context.Context, run *Run) ([]Event, error) {
		run.Output = output
		e.runner.end(run, Succeeded, nil)
		if e.subject.ID != "" {
			if err := e.runner.store.DropFiles(ctx, e.subject.ID); err != nil {
				return nil, err
			}
		}
		return []Event{e.runner.runEvent(*run)}, e.runner.store.DropFiles(ctx, run.ID)
	})
	if err == nil {
		e.runner.log.InfoContext(ctx, "run succeeded", "run", e.run.ID, "kind", e.run.Kind, "subject", e.run.Subject)
	}
	return err
}

func (e *execution) output() (json.RawMessage, error) {
	p := e.runner.pipelines[e.run.Kind]
	if p.Output == nil {
		return nil, nil
	}
	out, err := p.Output(e.work(StepSpec{}))
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write output of run %s: %w", e.run.ID, err)
	}
	return data, nil
}

// chain is err's text and those of the faults' hidden causes, for the log.
func chain(err error) string {
	text := err.Error()
	var f *fault.Error
	if errors.As(err, &f) && f.Unwrap() != nil {
		text += ": " + chain(f.Unwrap())
	}
	return text
}
