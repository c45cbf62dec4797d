package pipelines

import (
	"context"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Retry queues a run again that failed or was cancelled. It goes on from the
// step where it stopped; what is done stays done.
func (r *Runner) Retry(ctx context.Context, id string) (Run, error) {
	var attempted Run
	run, err := r.change(ctx, id, func(ctx context.Context, run *Run) ([]Event, error) {
		attempted = *run
		if err := mayRetry(*run); err != nil {
			return nil, err
		}
		var events []Event
		for i := range run.Steps {
			if step := &run.Steps[i]; step.State == StepFailed || step.State == StepRunning {
				step.State, step.Failure, step.FinishedAt = StepPending, nil, time.Time{}
				events = append(events, r.stepEvent(*step))
			}
		}
		run.Attempt++
		run.Failure, run.FinishedAt, run.Stalls, run.CancelRequested = nil, time.Time{}, 0, false
		more, err := r.queued(ctx, run)
		return append(events, more...), err
	})
	if err != nil {
		if mayRetry(attempted) == nil {
			return Run{}, r.busy(ctx, attempted, err)
		}
		return Run{}, err
	}
	return run, nil
}

func mayRetry(run Run) error {
	switch {
	case run.UndoneBy != "":
		return fault.New(fault.Conflict, "Run %s was taken back by run %s, so it cannot go on.", run.ID, run.UndoneBy).
			WithHint("Start it anew, or go on taking it back: platform runs retry %s", run.UndoneBy)
	case run.State == Succeeded:
		return fault.New(fault.Conflict, "Run %s succeeded; there is nothing to retry.", run.ID).
			WithHint("Look at it: platform runs show %s", run.ID)
	case !run.State.Ended():
		return fault.New(fault.Conflict, "Run %s is %s; only a failed or cancelled run can be retried.", run.ID, run.State).
			WithHint("Follow it: platform runs watch %s", run.ID)
	}
	return nil
}

// Cancel stops a run. A step that is under way is finished first, because half
// a step is harder to take back than a whole one.
func (r *Runner) Cancel(ctx context.Context, id string) (Run, error) {
	return r.change(ctx, id, func(_ context.Context, run *Run) ([]Event, error) {
		switch run.State {
		case Running:
			run.CancelRequested = true
			return nil, nil
		case Queued, Waiting:
			r.end(run, Cancelled, nil)
			return []Event{r.runEvent(*run)}, nil
		case Cancelled:
			return nil, nil
		case Succeeded, Failed:
		}
		return nil, fault.New(fault.Conflict, "Run %s has %s already; there is nothing to cancel.", run.ID, run.State).
			WithHint("Take back what it made: platform runs undo %s", run.ID)
	})
}
