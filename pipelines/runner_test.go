package pipelines_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

const allDone = "succeeded: one=done two=done three=done"

func TestARunTakesItsStepsInOrder(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	run := h.start()
	if got := states(h.get(run.ID)); got != "queued: one=pending two=pending three=pending" {
		t.Errorf("after Start: %s", got)
	}
	h.drain()
	done := h.get(run.ID)
	if got := states(done); got != allDone {
		t.Errorf("at the end: %s", got)
	}
	if diff := cmp.Diff([]string{"do one", "do two", "do three"}, h.effects()); diff != "" {
		t.Errorf("effects differ (-want +got):\n%s", diff)
	}
	if want := `{"key":"` + run.ID + `/three"}`; string(done.Output) != want {
		t.Errorf("Output = %s, want %s", done.Output, want)
	}
	if done.Actor != "user:default/ada" || done.Lease != (pipelines.Lease{}) || done.FinishedAt.IsZero() || done.StartedAt.IsZero() {
		t.Errorf("run at the end = %+v", done)
	}
}

func TestStartRefusesWhatPrepareRefuses(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	if _, err := h.runner.Start(t.Context(), "unheard-of", "x", nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("Start of an unknown kind = %v, want invalid", err)
	}
	if jobs := h.queue.Take(); len(jobs) != 0 {
		t.Errorf("jobs = %v, want none", jobs)
	}
}

func TestAKilledRunGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		at   pipelines.Point
		did  []string
	}{
		{"before a step", pipelines.Point{Step: "two", When: "before"}, []string{"do one", "do two", "do three"}},
		{"after the effect, before its checkpoint", pipelines.Point{Step: "two", When: "done"}, []string{"do one", "do two", "do two", "do three"}},
		{"after the checkpoint", pipelines.Point{Step: "two", When: "after"}, []string{"do one", "do two", "do three"}},
		{"after the last step", pipelines.Point{Step: "three", When: "after"}, []string{"do one", "do two", "do three"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, nil)
			run := h.start()
			h.crash(tc.at)
			if got := h.get(run.ID).State; got != pipelines.Running {
				t.Fatalf("a killed run is %s, want running", got)
			}

			// While the lease lives nobody may take the run, whatever they try.
			h.clock.Move(14 * time.Second)
			if n := h.rescue(false); n != 0 {
				t.Errorf("%d runs rescued before the lease ended", n)
			}
			if err := h.runner.Work(t.Context(), pipelines.RunArgs{RunID: run.ID}); err != nil {
				t.Errorf("Work on a run somebody else holds = %v", err)
			}
			if got := h.get(run.ID).State; got != pipelines.Running {
				t.Errorf("the run is %s although its lease lives", got)
			}

			h.clock.Move(time.Second)
			if n := h.rescue(false); n != 1 {
				t.Errorf("%d runs rescued after the lease ended, want 1", n)
			}
			h.drain()
			if got := states(h.get(run.ID)); got != allDone {
				t.Errorf("at the end: %s", got)
			}
			if diff := cmp.Diff(tc.did, h.effects()); diff != "" {
				t.Errorf("effects differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAloneEveryLeaseIsADeadProcess(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	run := h.start()
	h.crash(pipelines.Point{Step: "one", When: "done"})
	if n := h.rescue(true); n != 1 {
		t.Fatalf("%d runs rescued at start, want 1", n)
	}
	h.drain()
	if got := states(h.get(run.ID)); got != allDone {
		t.Errorf("at the end: %s", got)
	}
}

func TestALostJobIsMadeGood(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	run := h.start()
	h.queue.Take()
	if n := h.rescue(false); n != 0 {
		t.Errorf("%d runs rescued at once, want none: the job may only be slow", n)
	}
	h.clock.Move(time.Minute)
	if n := h.rescue(false); n != 1 {
		t.Errorf("%d runs rescued, want 1", n)
	}
	if n := h.rescue(false); n != 0 {
		t.Errorf("%d runs rescued again, want none", n)
	}
	h.drain()
	if got := states(h.get(run.ID)); got != allDone {
		t.Errorf("at the end: %s", got)
	}
}

func TestOneOfManyWorkersClaimsARun(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	run := h.start()
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			if err := h.runner.Work(t.Context(), pipelines.RunArgs{RunID: run.ID}); err != nil {
				t.Errorf("Work: %v", err)
			}
		})
	}
	workers.Wait()
	if diff := cmp.Diff([]string{"do one", "do two", "do three"}, h.effects()); diff != "" {
		t.Errorf("effects differ (-want +got):\n%s", diff)
	}
	if got := states(h.get(run.ID)); got != allDone {
		t.Errorf("at the end: %s", got)
	}
}

func TestAWorkerRenewsItsLease(t *testing.T) {
	t.Parallel()
	working, goOn := make(chan struct{}), make(chan struct{})
	h := newHarness(t, func(_ *harness, steps map[string]*pipelines.StepSpec) {
		steps["two"].Do = func(context.Context, *pipelines.Work) (pipelines.Outcome, error) {
			close(working)
			<-goOn
			return pipelines.Outcome{}, nil
		}
	})
	run := h.start()
	var worker sync.WaitGroup
	worker.Go(h.drain)
	<-working
	<-h.clock.Armed()
	for range 5 {
		h.clock.Move(5 * time.Second)
		<-h.clock.Armed() // renewed, and waits again
	}
	lease := h.get(run.ID).Lease
	if want := h.clock.Now().Add(15 * time.Second); !lease.Until.Equal(want) {
		t.Errorf("lease until %s, want %s", lease.Until, want)
	}
	if n := h.rescue(false); n != 0 {
		t.Errorf("%d runs taken away from a living worker", n)
	}
	close(goOn)
	worker.Wait()
	if got := states(h.get(run.ID)); got != allDone {
		t.Errorf("at the end: %s", got)
	}
}

func TestAWorkerThatCameBackTooLateChangesNothing(t *testing.T) {
	t.Parallel()
	var h *harness
	h = newHarness(t, func(_ *harness, steps map[string]*pipelines.StepSpec) {
		steps["two"].Do = func(ctx context.Context, _ *pipelines.Work) (pipelines.Outcome, error) {
			// Somebody else claims the run meanwhile.
			return pipelines.Outcome{}, h.store.InTx(ctx, func(ctx context.Context) error {
				page, err := h.store.List(ctx, pipelines.RunQuery{Limit: 1})
				if err != nil {
					return err
				}
				run := page.Items[0]
				run.Lease.Token = "somebody else's"
				return h.store.Save(ctx, run)
			})
		}
	})
	run := h.start()
	h.drain()
	if got := states(h.get(run.ID)); got != "running: one=done two=running three=pending" {
		t.Errorf("the late worker left: %s", got)
	}
	if diff := cmp.Diff([]string{"do one"}, h.effects()); diff != "" {
		t.Errorf("effects differ (-want +got):\n%s", diff)
	}
}

func TestShuttingDownGivesTheRunBack(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	h := newHarness(t, func(h *harness, steps map[string]*pipelines.StepSpec) {
		do := steps["two"].Do
		steps["two"].Do = func(ctx context.Context, w *pipelines.Work) (pipelines.Outcome, error) {
			if len(h.effects()) == 1 {
				h.note("interrupted")
				cancel()
				<-ctx.Done()
				return pipelines.Outcome{}, ctx.Err()
			}
			return do(ctx, w)
		}
	})
	run := h.start()
	if err := h.queue.Drain(ctx, h.runner.Work); !errors.Is(err, context.Canceled) {
		t.Errorf("Work = %v, want that it was interrupted", err)
	}
	if got := states(h.get(run.ID)); got != "queued: one=done two=pending three=pending" {
		t.Errorf("after shutting down: %s", got)
	}
	h.drain()
	if got := states(h.get(run.ID)); got != allDone {
		t.Errorf("at the end: %s", got)
	}
}

func TestARunThatTakesItsProcessDownIsNotTriedForEver(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	run := h.start()
	for range 10 {
		h.crash(pipelines.Point{Step: "two", When: "before"})
		h.rescue(true)
	}
	h.drain()
	failed := h.get(run.ID)
	if got := states(failed); got != "failed: one=done two=failed three=pending" {
		t.Fatalf("at the end: %s", got)
	}
	if !strings.Contains(failed.Failure.Message, "10 times") {
		t.Errorf("Failure = %q, want that it says how often", failed.Failure.Message)
	}
}
