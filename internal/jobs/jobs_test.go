package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/jobs"
	"github.com/goldenpath/platform/internal/store"
	"github.com/goldenpath/platform/pipelines"
)

// site is a platform with one pipeline of one step.
type site struct {
	db     *database.DB
	queue  *jobs.Queue
	runner *pipelines.Runner
	jobs   *jobs.Jobs
}

func newSite(t *testing.T, db *database.DB, do func(ctx context.Context, w *pipelines.Work) (pipelines.Outcome, error)) *site {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	queue, err := jobs.NewQueue(db, log)
	if err != nil {
		t.Fatal(err)
	}
	runner := pipelines.NewRunner(pipelines.Options{
		Store: store.New(db).Runs(), Unit: db, Queue: queue, Log: log,
		Pipelines: []pipelines.Pipeline{{Kind: "make", Steps: []pipelines.StepSpec{{Name: "one", Title: "One", Do: do}}}},
	})
	workers, err := jobs.New(db, log, queue, runner)
	if err != nil {
		t.Fatal(err)
	}
	return &site{db: db, queue: queue, runner: runner, jobs: workers}
}

func (s *site) work(t *testing.T) {
	t.Helper()
	if err := s.jobs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
		defer cancel()
		if err := s.jobs.Stop(ctx); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
}

// ended waits until the run has ended, by watching it.
func (s *site) ended(t *testing.T, id string) pipelines.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	events, err := s.runner.Watch(ctx, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range events {
	}
	run, err := s.runner.Get(t.Context(), id)
	if err != nil || !run.State.Ended() {
		t.Fatalf("the run is %s, %v", run.State, err)
	}
	return run
}

func done(context.Context, *pipelines.Work) (pipelines.Outcome, error) {
	return pipelines.Outcome{}, nil
}

func TestARunIsDeliveredAndWorkedOn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		s := newSite(t, db, done)
		s.work(t)
		run, err := s.runner.Start(t.Context(), "make", "thing", nil)
		if err != nil {
			t.Fatal(err)
		}
		if ended := s.ended(t, run.ID); ended.State != pipelines.Succeeded {
			t.Errorf("the run %s: %v", ended.State, ended.Failure)
		}
	})
}

func TestARunAndItsJobAreOneTransaction(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		var worked atomic.Int32
		s := newSite(t, db, func(context.Context, *pipelines.Work) (pipelines.Outcome, error) {
			worked.Add(1)
			return pipelines.Outcome{}, nil
		})
		regret := errors.New("changed my mind")
		var given pipelines.Run
		err := db.InTx(t.Context(), func(ctx context.Context) error {
			var err error
			if given, err = s.runner.Start(ctx, "make", "given-up", nil); err != nil {
				return err
			}
			return regret
		})
		if !errors.Is(err, regret) {
			t.Fatalf("InTx = %v", err)
		}
		kept, err := s.runner.Start(t.Context(), "make", "kept", nil)
		if err != nil {
			t.Fatal(err)
		}
		var queued int
		const count = "SELECT count(*) FROM river_job WHERE kind = 'pipelines.run'"
		if err := db.Reader(t.Context()).QueryRowContext(t.Context(), count).Scan(&queued); err != nil || queued != 1 {
			t.Errorf("%d jobs are in the queue, %v, want one", queued, err)
		}
		s.work(t)
		s.ended(t, kept.ID)
		if n := worked.Load(); n != 1 {
			t.Errorf("worked %d times, want once", n)
		}
		if _, err := s.runner.Get(t.Context(), given.ID); err == nil {
			t.Error("the run that was given up is there")
		}
	})
}

func TestAJobNeedsATransaction(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		if err := newSite(t, db, done).queue.Enqueue(t.Context(), pipelines.RunArgs{RunID: "x"}); err == nil {
			t.Error("a job was put in the queue outside a transaction")
		}
	})
}

func TestManyWorkersDoEachRunOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		var mu sync.Mutex
		times := map[string]int{}
		do := func(_ context.Context, w *pipelines.Work) (pipelines.Outcome, error) {
			mu.Lock()
			defer mu.Unlock()
			times[w.RunID()]++
			return pipelines.Outcome{}, nil
		}
		sites := []*site{newSite(t, db, do), newSite(t, db, do), newSite(t, db, do)}
		for _, s := range sites[1:] {
			s.work(t)
		}
		var ids []string
		for range 12 {
			run, err := sites[0].runner.Start(t.Context(), "make", "thing", nil)
			if err != nil {
				t.Fatal(err)
			}
			// A second job for the same run, as a rescuer may add.
			if err := db.InTx(t.Context(), func(ctx context.Context) error { return sites[0].queue.Enqueue(ctx, pipelines.RunArgs{RunID: run.ID}) }); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, run.ID)
		}
		for _, id := range ids {
			if ended := sites[0].ended(t, id); ended.State != pipelines.Succeeded {
				t.Errorf("the run %s: %v", ended.State, ended.Failure)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for _, id := range ids {
			if times[id] != 1 {
				t.Errorf("run %s was worked on %d times", id, times[id])
			}
		}
	})
}

func TestStoppingGivesRunsBackAndTheNextStartGoesOn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		started := make(chan struct{})
		first := newSite(t, db, func(ctx context.Context, _ *pipelines.Work) (pipelines.Outcome, error) {
			close(started)
			<-ctx.Done()
			return pipelines.Outcome{}, ctx.Err()
		})
		if err := first.jobs.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		run, err := first.runner.Start(t.Context(), "make", "thing", nil)
		if err != nil {
			t.Fatal(err)
		}
		<-started
		if err := first.jobs.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if back, err := first.runner.Get(t.Context(), run.ID); err != nil || back.State != pipelines.Queued {
			t.Fatalf("after Stop the run is %s, %v", back.State, err)
		}
		second := newSite(t, db, done)
		second.work(t)
		if ended := second.ended(t, run.ID); ended.State != pipelines.Succeeded {
			t.Errorf("the run %s: %v", ended.State, ended.Failure)
		}
	})
}

// A worker that died holds its lease; whoever is left takes the run up when the
// lease has ended.
func TestARunOfADeadWorkerGoesOn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		log := slog.New(slog.DiscardHandler)
		living := newSite(t, db, done)
		dead := pipelines.NewRunner(pipelines.Options{
			Store: store.New(db).Runs(), Unit: db, Queue: living.queue, Log: log, LeaseTTL: 300 * time.Millisecond,
			Pipelines: []pipelines.Pipeline{{Kind: "make", Steps: []pipelines.StepSpec{{Name: "one", Title: "One", Do: done}}}},
			Hook:      func(context.Context, pipelines.Point) { runtime.Goexit() },
		})
		run, err := dead.Start(t.Context(), "make", "thing", nil)
		if err != nil {
			t.Fatal(err)
		}
		var worker sync.WaitGroup
		worker.Go(func() { _ = dead.Work(t.Context(), pipelines.RunArgs{RunID: run.ID}) })
		worker.Wait()
		if left, err := living.runner.Get(t.Context(), run.ID); err != nil || left.State != pipelines.Running || left.Lease.Token == "" {
			t.Fatalf("the dead worker left a run that is %s, %v", left.State, err)
		}
		living.work(t)
		if ended := living.ended(t, run.ID); ended.State != pipelines.Succeeded {
			t.Errorf("the run %s: %v", ended.State, ended.Failure)
		}
	})
}

type greet struct {
	Name string `json:"name"`
}

func (greet) Kind() string { return "test.greet" }

func TestOtherKindsOfJobsAreDelivered(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		s := newSite(t, db, done)
		greeted := make(chan string, 1)
		workers, err := jobs.New(db, slog.New(slog.DiscardHandler), s.queue, s.runner, jobs.Handle(func(_ context.Context, args greet) error {
			greeted <- args.Name
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		s.jobs = workers
		s.work(t)
		if err := db.InTx(t.Context(), func(ctx context.Context) error { return s.queue.Insert(ctx, greet{Name: "Ada"}) }); err != nil {
			t.Fatal(err)
		}
		select {
		case name := <-greeted:
			if name != "Ada" {
				t.Errorf("greeted %q", name)
			}
		case <-time.After(30 * time.Second):
			t.Error("nobody was greeted")
		}
	})
}
