// Package jobs delivers work to workers with River: the queue the domains ask
// for, and the workers that answer it. A job carries ids and may be delivered
// twice; what is true of a run is kept by the domain, because River deletes
// jobs that are done.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/pipelines"
)

const (
	maxWorkers = 8
	// rescueEvery is how often runs are looked for that nobody works on. A dead
	// worker's run goes on at most this much later than its lease ends.
	rescueEvery = 5 * time.Second
	// softStop is how long jobs may go on while the process shuts down. After it
	// their contexts end, and runs go back to the queue.
	softStop = 5 * time.Second
	// keepDone is how long River remembers jobs that are done, for whoever looks
	// into its tables.
	keepDone = time.Hour
	// fetchPause is between two looks at the queue. Who is told of a job right
	// after a look, as River looks each second, should not wait for long.
	fetchPause = 10 * time.Millisecond
)

// Runs are what workers go on with.
type Runs interface {
	Work(ctx context.Context, args pipelines.RunArgs) error
	Rescue(ctx context.Context, alone bool) (int, error)
}

// Handler adds the worker of one kind of job.
type Handler func(workers *river.Workers)

// Handle returns the handler that does fn for each job of the kind of T.
func Handle[T river.JobArgs](fn func(ctx context.Context, args T) error) Handler {
	return func(workers *river.Workers) {
		river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[T]) error {
			return fn(ctx, job.Args)
		}))
	}
}

// client is River's, whatever its transactions are.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// Jobs works on jobs in this process.
type Jobs struct {
	client client
	runs   Runs
	log    *slog.Logger
	alone  bool

	stop     context.CancelFunc
	rescuing sync.WaitGroup
}

// New returns the workers for runs and for further kinds of jobs. What queue, the
// one of this process, is given they take up at once.
func New(db *database.DB, log *slog.Logger, queue *Queue, runs Runs, handlers ...Handler) (*Jobs, error) {
	workers := river.NewWorkers()
	for _, add := range append([]Handler{Handle(runs.Work)}, handlers...) {
		add(workers)
	}
	config := &river.Config{
		Logger:  newCalm(log),
		Workers: workers,
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: maxWorkers}},
		// A step has its own deadline; a run as a whole has none.
		JobTimeout:                  -1,
		SoftStopTimeout:             softStop,
		CompletedJobRetentionPeriod: keepDone,
		FetchCooldown:               fetchPause,
	}
	c, err := newClient(db, queue, config)
	if err != nil {
		return nil, fmt.Errorf("make the workers: %w", err)
	}
	// SQLite belongs to one process, which holds the lock of the data directory:
	// whatever lease is in it at start, its holder is dead.
	return &Jobs{client: c, runs: runs, log: log, alone: db.Dialect() == database.SQLite}, nil
}

func newClient(db *database.DB, queue *Queue, config *river.Config) (client, error) {
	if db.Dialect() == database.Postgres {
		return river.NewClient(riverpgxv5.New(db.Pool()), config)
	}
	return river.NewClient(newWokenDriver(db.SQL(), queue.wake), config)
}

// Start takes up what a process before this one left, then works on jobs until
// Stop. It does not block.
func (j *Jobs) Start(ctx context.Context) error {
	if _, err := j.runs.Rescue(ctx, j.alone); err != nil {
		return fmt.Errorf("take up runs of before: %w", err)
	}
	if err := j.client.Start(ctx); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	rescue, stop := context.WithCancel(ctx)
	j.stop = stop
	j.rescuing.Go(func() { j.rescue(rescue) })
	return nil
}

// rescue takes up again and again what nobody works on.
func (j *Jobs) rescue(ctx context.Context) {
	ticker := time.NewTicker(rescueEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if _, err := j.runs.Rescue(ctx, false); err != nil && ctx.Err() == nil {
			j.log.WarnContext(ctx, "looking for runs to take up failed", "error", err)
		}
	}
}

// Stop takes no more jobs, lets those under way go on for a moment, and gives
// back what is not done by then.
func (j *Jobs) Stop(ctx context.Context) error {
	if j.stop != nil {
		j.stop()
		j.rescuing.Wait()
	}
	if err := j.client.Stop(ctx); err != nil {
		return fmt.Errorf("stop the workers: %w", err)
	}
	return nil
}
