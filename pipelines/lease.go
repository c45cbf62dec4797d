package pipelines

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
)

// claim makes this worker the only one that runs the run. It reports false when
// there is nothing to do: the run ended, or somebody else has it.
func (r *Runner) claim(ctx context.Context, id string) (run Run, claimed bool, err error) {
	token, err := uuid.NewRandom()
	if err != nil {
		return Run{}, false, fmt.Errorf("make a lease: %w", err)
	}
	run, err = r.change(ctx, id, func(_ context.Context, run *Run) ([]Event, error) {
		now := r.now()
		if !run.claimable(now) {
			return nil, nil
		}
		claimed = true
		changed := run.State != Running
		run.State = Running
		run.Lease = Lease{Token: token.String(), Until: now.Add(r.ttl)}
		run.WakeAt = time.Time{}
		run.Stalls++
		if run.StartedAt.IsZero() {
			run.StartedAt = now
		}
		if !changed {
			return nil, nil
		}
		return []Event{r.runEvent(*run)}, nil
	})
	return run, claimed && err == nil, err
}

// mine refuses when the run's lease is not the worker's any more.
func mine(run *Run, token string) error {
	if run.State != Running || run.Lease.Token != token {
		return errLeaseLost
	}
	return nil
}

// keep renews the lease until stop is called. The context it returns ends when
// the lease is lost: from then on somebody else may run the run.
func (r *Runner) keep(ctx context.Context, run Run) (held context.Context, stop func()) {
	held, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		until := run.Lease.Until
		for {
			select {
			case <-held.Done():
				return
			case <-r.clock.After(r.ttl / 3):
			}
			renewed, err := r.renew(held, run.ID, run.Lease.Token)
			switch {
			case err == nil:
				until = renewed
			case errors.Is(err, errLeaseLost) || !until.After(r.now()):
				cancel(errLeaseLost)
				return
			}
		}
	}()
	return held, func() { cancel(nil); <-done }
}

func (r *Runner) renew(ctx context.Context, id, token string) (time.Time, error) {
	var until time.Time
	_, err := r.change(ctx, id, func(_ context.Context, run *Run) ([]Event, error) {
		if err := mine(run, token); err != nil {
			return nil, err
		}
		until = r.now().Add(r.ttl)
		run.Lease.Until = until
		return nil, nil
	})
	return until, err
}

// Rescue puts runs back in the queue that nobody works on: their worker died,
// the time they waited for has come, or their job was lost. When this process
// is the only one that can hold a lease, as on SQLite at start, every lease is
// a dead process's and alone is true.
func (r *Runner) Rescue(ctx context.Context, alone bool) (int, error) {
	now := r.now()
	due, lost := now, now.Add(-lostAfter)
	if alone {
		due, lost = now.Add(time.Hour), now.Add(time.Hour)
	}
	ids, err := r.store.Due(ctx, due, lost, 100)
	if err != nil {
		return 0, err
	}
	rescued := 0
	for _, id := range ids {
		again, err := r.requeue(ctx, id, due, lost)
		if err != nil {
			return rescued, fmt.Errorf("rescue run %s: %w", id, err)
		}
		if again {
			rescued++
			r.log.InfoContext(ctx, "run taken up again", "run", id)
		}
	}
	return rescued, nil
}

// requeue gives one run a new job, unless somebody was faster.
func (r *Runner) requeue(ctx context.Context, id string, due, lost time.Time) (again bool, err error) {
	_, err = r.change(ctx, id, func(ctx context.Context, run *Run) ([]Event, error) {
		switch run.State {
		case Running:
			again = !run.Lease.Until.After(due)
		case Waiting:
			again = !run.WakeAt.After(r.now())
		case Queued:
			again = run.QueuedAt.Before(lost)
		case Succeeded, Failed, Cancelled:
		}
		if !again {
			return nil, nil
		}
		return r.queued(ctx, run)
	})
	return again && err == nil, err
}

// queued gives a run back to the queue and puts a job there.
func (r *Runner) queued(ctx context.Context, run *Run) ([]Event, error) {
	changed := run.State != Queued
	run.State, run.Lease, run.WakeAt, run.QueuedAt = Queued, Lease{}, time.Time{}, r.now()
	if err := r.queue.Enqueue(ctx, RunArgs{RunID: run.ID}); err != nil {
		return nil, err
	}
	if !changed {
		return nil, nil
	}
	return []Event{r.runEvent(*run)}, nil
}

// stalled is the fault of a run that was taken up too often without getting on.
func stalled(step Step) *fault.Error {
	return fault.New(fault.Internal, "The process ended %d times in the step %q, so it was not tried again.", maxStalls, step.Name).
		WithHint("The server's log says why. Once that is mended, go on with: platform runs retry RUN")
}
