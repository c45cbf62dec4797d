package cli

import (
	"context"
	"errors"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// A stream that breaks is taken up again this often before it is given up, with
// longer and longer pauses. One event received starts the count anew.
const (
	followTries = 8
	followPause = 200 * time.Millisecond
)

// Follow passes the events of run id to see, from the one after sequence number
// after on, and returns the run when it has ended. A stream that breaks, as when
// the server restarts, is taken up where it broke.
func Follow(ctx context.Context, api *client.ClientWithResponses, id string, after int64, see func(types.RunEvent) error) (types.Run, error) {
	for failures := 0; ; {
		last, err := followOnce(ctx, api, id, after, see)
		if last > after {
			after, failures = last, 0
		}
		if stopped, ok := errors.AsType[stoppedError](err); ok {
			return types.Run{}, stopped.error
		}
		if run, done := ended(ctx, api, id, err); done {
			return run, nil
		}
		if err != nil && !fault.Is(err, fault.Unavailable) {
			return types.Run{}, err
		}
		if failures++; failures > followTries {
			return types.Run{}, fault.New(fault.Unavailable, "The log of run %s broke off.", id).
				WithHint("Take it up again: platform runs watch %s", id).WithCause(err)
		}
		if err := Pause(ctx, followPause<<min(failures, 5)); err != nil {
			return types.Run{}, err
		}
	}
}

// stoppedError carries an error of see out of the stream.
type stoppedError struct{ error }

// followOnce reads one stream and returns the last sequence number seen.
func followOnce(ctx context.Context, api *client.ClientWithResponses, id string, after int64, see func(types.RunEvent) error) (int64, error) {
	resp, err := api.WatchRun(ctx, id, &types.WatchRunParams{After: &after})
	if err != nil {
		return after, err
	}
	defer func() { _ = resp.Body.Close() }()
	for event, err := range client.Events(resp.Body) {
		if err != nil {
			if ctx.Err() != nil {
				return after, interrupted(ctx)
			}
			return after, fault.New(fault.Unavailable, "The stream of events broke.").WithCause(err)
		}
		if event.Type == types.RunEventTypeEnd {
			return after, nil
		}
		if err := see(event); err != nil {
			return after, stoppedError{err}
		}
		after = max(after, event.Seq)
	}
	return after, nil
}

// ended asks for the run when its stream is over, and tells whether that was
// the end of the run too.
func ended(ctx context.Context, api *client.ClientWithResponses, id string, err error) (types.Run, bool) {
	if err != nil {
		return types.Run{}, false
	}
	run, err := client.OK(api.GetRunWithResponse(ctx, id))
	return run, err == nil && Ended(run.State)
}

// Ended reports whether a run in this state does nothing more.
func Ended(state types.RunState) bool {
	switch state {
	case types.RunSucceeded, types.RunFailed, types.RunCancelled:
		return true
	case types.RunQueued, types.RunRunning, types.RunWaiting:
	}
	return false
}

// Pause waits, unless the person interrupts.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return interrupted(ctx)
	}
}

func interrupted(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, "It took too long.").WithHint("Try again.")
	}
	return fault.New(fault.Interrupted, "Interrupted.").WithCause(ctx.Err())
}

// RunFault is the fault a run ended with, nil when it succeeded. Its hint says
// how to go on.
func RunFault(run types.Run) error {
	switch run.State {
	case types.RunCancelled:
		return fault.New(fault.Failed, "Run %s was cancelled.", run.ID).
			WithHint("Go on from where it stopped: platform runs retry %s. Or take it back: platform runs undo %s", run.ID, run.ID)
	case types.RunFailed:
		return runFailure(run)
	case types.RunSucceeded, types.RunQueued, types.RunRunning, types.RunWaiting:
	}
	return nil
}

func runFailure(run types.Run) error {
	f := fault.New(fault.Internal, "Run %s failed.", run.ID)
	if fault.Code(run.Failure.Code).Valid() {
		f = fault.New(fault.Code(run.Failure.Code), "%s", run.Failure.Message)
	}
	for _, field := range run.Failure.Fields {
		f = f.WithField(field.Name, "%s", field.Message)
	}
	hint := "Go on from the step that failed: platform runs retry " + run.ID + "\nOr take back what was made: platform runs undo " + run.ID
	if run.Failure.Hint != "" {
		hint = run.Failure.Hint + "\n" + hint
	}
	return f.WithHint("%s", hint)
}
