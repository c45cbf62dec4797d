package pipelines_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

// failing makes step two fail until it is mended.
func failing(err error) (change func(h *harness, steps map[string]*pipelines.StepSpec), mend func()) {
	broken := true
	change = func(_ *harness, steps map[string]*pipelines.StepSpec) {
		do := steps["two"].Do
		steps["two"].Do = func(ctx context.Context, w *pipelines.Work) (pipelines.Outcome, error) {
			if broken {
				return pipelines.Outcome{}, err
			}
			return do(ctx, w)
		}
	}
	return change, func() { broken = false }
}

func TestAFailedStepSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		err     error
		code    fault.Code
		message string
		hint    string
	}{
		{
			"a fault is shown as it is",
			fault.New(fault.Conflict, "There is a repository called orders.").WithHint("Choose another name."),
			fault.Conflict, `The step "two" failed: There is a repository called orders. Done before it: one.`, "Choose another name.",
		},
		{
			"an error nobody classified shows nothing of itself",
			errors.New("/etc/secret: permission denied"),
			fault.Internal, `The step "two" failed: Something went wrong on our side. Done before it: one.`, "",
		},
		{
			"a secret stays one",
			fault.New(fault.Forbidden, "https://ada:hunter3@example.com said no to hunter2-hunter2."),
			fault.Forbidden, `The step "two" failed: https://[secret]@example.com said no to [secret]. Done before it: one.`, "",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			change, _ := failing(tc.err)
			h := newHarness(t, change)
			run := h.start()
			h.drain()
			failed := h.get(run.ID)
			if got := states(failed); got != "failed: one=done two=failed three=pending" {
				t.Fatalf("at the end: %s", got)
			}
			if failed.Failure.Code != tc.code || failed.Failure.Message != tc.message || !strings.Contains(failed.Failure.Hint, tc.hint) {
				t.Errorf("Failure = %s %q, hint %q", failed.Failure.Code, failed.Failure.Message, failed.Failure.Hint)
			}
			if failed.Steps[1].Failure == nil || failed.Steps[1].Failure.Code != tc.code {
				t.Errorf("failure of the step = %v", failed.Steps[1].Failure)
			}
		})
	}
}

func TestABreakdownOfAStepIsItsFailure(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(_ *harness, steps map[string]*pipelines.StepSpec) {
		steps["two"].Do = func(context.Context, *pipelines.Work) (pipelines.Outcome, error) {
			var none *pipelines.Run
			return pipelines.Outcome{Result: none.ID}, nil
		}
	})
	run := h.start()
	h.drain()
	if failed := h.get(run.ID); failed.State != pipelines.Failed || failed.Failure.Code != fault.Internal {
		t.Errorf("run = %s, %v", failed.State, failed.Failure)
	}
}

func TestAStepHasADeadline(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(_ *harness, steps map[string]*pipelines.StepSpec) {
		steps["two"].Deadline = 20 * time.Millisecond
		steps["two"].Do = func(ctx context.Context, _ *pipelines.Work) (pipelines.Outcome, error) {
			<-ctx.Done()
			return pipelines.Outcome{}, ctx.Err()
		}
	})
	run := h.start()
	h.drain()
	failed := h.get(run.ID)
	if failed.State != pipelines.Failed || failed.Failure.Code != fault.Unavailable || !strings.Contains(failed.Failure.Message, "20ms") {
		t.Errorf("run = %s, %v", failed.State, failed.Failure)
	}
}

func TestRetryGoesOnFromTheStepThatFailed(t *testing.T) {
	t.Parallel()
	change, mend := failing(fault.New(fault.Unavailable, "Nobody answers."))
	h := newHarness(t, change)
	run := h.start()
	h.drain()
	mend()
	again, err := h.runner.Retry(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := states(again); got != "queued: one=done two=pending three=pending" || again.Attempt != 2 || again.Failure != nil {
		t.Errorf("after Retry: %s, attempt %d, %v", got, again.Attempt, again.Failure)
	}
	h.drain()
	if got := states(h.get(run.ID)); got != allDone {
		t.Errorf("at the end: %s", got)
	}
	if diff := cmp.Diff([]string{"do one", "do two", "do three"}, h.effects()); diff != "" {
		t.Errorf("effects differ (-want +got):\n%s", diff)
	}
	if _, err := h.runner.Retry(t.Context(), run.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("Retry of a run that succeeded = %v, want a conflict", err)
	}
}

func TestCancelStopsAfterTheStepUnderWay(t *testing.T) {
	t.Parallel()
	var h *harness
	var run pipelines.Run
	h = newHarness(t, func(_ *harness, steps map[string]*pipelines.StepSpec) {
		do := steps["two"].Do
		steps["two"].Do = func(ctx context.Context, w *pipelines.Work) (pipelines.Outcome, error) {
			if _, err := h.runner.Cancel(ctx, run.ID); err != nil {
				return pipelines.Outcome{}, err
			}
			return do(ctx, w)
		}
	})
	run = h.start()
	h.drain()
	if got := states(h.get(run.ID)); got != "cancelled: one=done two=done three=pending" {
		t.Errorf("after Cancel: %s", got)
	}
	if _, err := h.runner.Retry(t.Context(), run.ID); err != nil {
		t.Fatalf("Retry of a cancelled run: %v", err)
	}
	h.drain()
	if got := states(h.get(run.ID)); got != allDone {
		t.Errorf("at the end: %s", got)
	}
}

func TestCancelOfAQueuedRunIsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	run := h.start()
	if _, err := h.runner.Cancel(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	h.drain()
	if got := states(h.get(run.ID)); got != "cancelled: one=pending two=pending three=pending" {
		t.Errorf("at the end: %s", got)
	}
	if len(h.effects()) != 0 {
		t.Errorf("effects = %v, want none", h.effects())
	}
}

func TestAWaitingRunGoesOnWhenItsTimeComes(t *testing.T) {
	t.Parallel()
	var until time.Time
	h := newHarness(t, func(h *harness, steps map[string]*pipelines.StepSpec) {
		do := steps["two"].Do
		steps["two"].Do = func(ctx context.Context, w *pipelines.Work) (pipelines.Outcome, error) {
			if h.clock.Now().Before(until) {
				return pipelines.Outcome{}, &pipelines.WaitError{Until: until, Reason: "The host asks for patience."}
			}
			return do(ctx, w)
		}
	})
	until = h.clock.Now().Add(10 * time.Minute)
	run := h.start()
	h.drain()
	if got := states(h.get(run.ID)); got != "waiting: one=done two=pending three=pending" {
		t.Fatalf("while waiting: %s", got)
	}
	h.clock.Move(9 * time.Minute)
	if n := h.rescue(false); n != 0 {
		t.Errorf("%d runs taken up before their time", n)
	}
	if n := h.rescue(true); n != 0 {
		t.Errorf("%d runs taken up before their time at start", n)
	}
	h.clock.Move(time.Minute)
	if n := h.rescue(false); n != 1 {
		t.Errorf("%d runs taken up, want 1", n)
	}
	h.drain()
	if got := states(h.get(run.ID)); got != allDone {
		t.Errorf("at the end: %s", got)
	}
}

func TestUndoTakesStepsBackLastFirst(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		broken bool
		did    []string
	}{
		{"a run that succeeded", false, []string{"undo three", "undo two", "undo one"}},
		{"a run that failed: the step that failed may have left something", true, []string{"undo two", "undo one"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			change, mend := failing(fault.New(fault.Unavailable, "Nobody answers."))
			if !tc.broken {
				mend()
			}
			h := newHarness(t, change)
			run := h.start()
			h.drain()
			h.did = nil
			undo, err := h.runner.Undo(t.Context(), run.ID)
			if err != nil {
				t.Fatal(err)
			}
			same, err := h.runner.Undo(t.Context(), run.ID)
			if err != nil || same.ID != undo.ID {
				t.Errorf("second Undo = %s, %v, want the first one's run %s", same.ID, err, undo.ID)
			}
			h.crash(pipelines.Point{Step: "undo-two", When: "after"})
			h.rescue(true)
			h.drain()
			if ended := h.get(undo.ID); ended.State != pipelines.Succeeded || ended.Kind != pipelines.KindUndo {
				t.Errorf("undo: %s %s", ended.Kind, states(ended))
			}
			if diff := cmp.Diff(tc.did, h.effects()); diff != "" {
				t.Errorf("effects differ (-want +got):\n%s", diff)
			}
			if _, err := h.runner.Retry(t.Context(), run.ID); !fault.Is(err, fault.Conflict) {
				t.Errorf("Retry of a run that was taken back = %v, want a conflict", err)
			}
			if _, err := h.runner.Undo(t.Context(), undo.ID); !fault.Is(err, fault.Invalid) {
				t.Errorf("Undo of an undo = %v, want invalid", err)
			}
		})
	}
}

func TestUndoIsRefusedBeforeAnythingIsGone(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(_ *harness, steps map[string]*pipelines.StepSpec) {
		steps["one"].MayUndo = func(context.Context, *pipelines.Work) error {
			return fault.New(fault.Conflict, "Somebody pushed since.")
		}
	})
	run := h.start()
	if _, err := h.runner.Undo(t.Context(), run.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("Undo of a run that has not ended = %v, want a conflict", err)
	}
	h.drain()
	h.did = nil
	undo, err := h.runner.Undo(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.drain()
	if got := states(h.get(undo.ID)); got != "failed: check=failed undo-three=pending undo-two=pending undo-one=pending" {
		t.Errorf("undo: %s", got)
	}
	if len(h.effects()) != 0 {
		t.Errorf("effects = %v, want none", h.effects())
	}
}
