package pipelines_test

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/pipelines/pipelinestest"
)

// harness is a runner on fakes, with one pipeline of three steps whose effects
// are lines in a journal.
type harness struct {
	t      *testing.T
	store  *pipelinestest.Store
	queue  *pipelinestest.Queue
	clock  *pipelinestest.Clock
	runner *pipelines.Runner

	mu    sync.Mutex
	did   []string
	steps map[string]*pipelines.StepSpec
	hook  func(p pipelines.Point)
}

func newHarness(t *testing.T, change func(h *harness, steps map[string]*pipelines.StepSpec)) *harness {
	t.Helper()
	h := &harness{
		t: t, store: pipelinestest.NewStore(), queue: &pipelinestest.Queue{},
		clock: pipelinestest.NewClock(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)),
		steps: map[string]*pipelines.StepSpec{},
	}
	names := []string{"one", "two", "three"}
	for _, name := range names {
		h.steps[name] = &pipelines.StepSpec{
			Name: name, Title: "Do " + name,
			Do: func(_ context.Context, w *pipelines.Work) (pipelines.Outcome, error) {
				w.Log.Info("doing %s", name)
				h.note("do " + name)
				return pipelines.Outcome{Result: map[string]string{"key": w.Key(name)}}, nil
			},
			Undo: func(_ context.Context, _ *pipelines.Work) error {
				h.note("undo " + name)
				return nil
			},
		}
	}
	if change != nil {
		change(h, h.steps)
	}
	pipeline := pipelines.Pipeline{
		Kind: "make",
		Output: func(w *pipelines.Work) (any, error) {
			var result map[string]string
			err := w.Need("three", &result)
			return result, err
		},
	}
	for _, name := range names {
		pipeline.Steps = append(pipeline.Steps, *h.steps[name])
	}
	h.runner = h.newRunner(pipeline)
	return h
}

func (h *harness) newRunner(p pipelines.Pipeline) *pipelines.Runner {
	return pipelines.NewRunner(pipelines.Options{
		Store: h.store, Unit: h.store, Queue: h.queue, Clock: h.clock, Log: slog.New(slog.DiscardHandler),
		Pipelines: []pipelines.Pipeline{p}, Redactor: pipelines.NewRedactor("hunter2-hunter2"),
		Hook: func(_ context.Context, p pipelines.Point) {
			if h.hook != nil {
				h.hook(p)
			}
		},
	})
}

func (h *harness) note(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.did = append(h.did, what)
}

func (h *harness) effects() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.did)
}

func (h *harness) start() pipelines.Run {
	h.t.Helper()
	run, err := h.runner.Start(pipelines.WithActor(h.t.Context(), "user:default/ada"), "make", "thing", map[string]int{"n": 1})
	if err != nil {
		h.t.Fatalf("Start: %v", err)
	}
	return run
}

// drain works on every job in the queue.
func (h *harness) drain() {
	h.t.Helper()
	if err := h.queue.Drain(h.t.Context(), h.runner.Work); err != nil {
		h.t.Fatalf("Work: %v", err)
	}
}

// crash works on the jobs in the queue in a goroutine that ends without any
// farewell when the run comes to a point, as a killed process does.
func (h *harness) crash(at pipelines.Point) {
	h.t.Helper()
	died := false
	h.hook = func(p pipelines.Point) {
		if p.Step == at.Step && p.When == at.When {
			died = true
			runtime.Goexit()
		}
	}
	var worker sync.WaitGroup
	worker.Go(func() { _ = h.queue.Drain(h.t.Context(), h.runner.Work) })
	worker.Wait()
	h.hook = nil
	if !died {
		h.t.Fatalf("the run never came to %v", at)
	}
}

func (h *harness) get(id string) pipelines.Run {
	h.t.Helper()
	run, err := h.runner.Get(h.t.Context(), id)
	if err != nil {
		h.t.Fatalf("Get: %v", err)
	}
	return run
}

func (h *harness) rescue(alone bool) int {
	h.t.Helper()
	n, err := h.runner.Rescue(h.t.Context(), alone)
	if err != nil {
		h.t.Fatalf("Rescue: %v", err)
	}
	return n
}

// states shows a run's state and those of its steps in one line.
func states(run pipelines.Run) string {
	parts := []string{string(run.State) + ":"}
	for _, step := range run.Steps {
		parts = append(parts, step.Name+"="+string(step.State))
	}
	return strings.Join(parts, " ")
}
