package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/pipelines"
)

// Queue puts jobs into the queue. Each is put there in the transaction that
// makes it necessary: both happen or neither does.
type Queue struct {
	db     *database.DB
	client *river.Client[*sql.Tx]
	wake   wake // the workers of this process
}

var _ pipelines.Queue = (*Queue)(nil)

var errNoTransaction = errors.New("a job needs the transaction that makes it necessary")

// NewQueue returns the queue in db.
func NewQueue(db *database.DB, log *slog.Logger) (*Queue, error) {
	config := &river.Config{Logger: log, FetchCooldown: fetchPause} // how often it tells of jobs, too
	var (
		client *river.Client[*sql.Tx]
		err    error
	)
	if db.Dialect() == database.Postgres {
		client, err = river.NewClient(riverdatabasesql.New(nil), config)
	} else {
		client, err = river.NewClient(riversqlite.New(nil), config)
	}
	if err != nil {
		return nil, fmt.Errorf("make the queue: %w", err)
	}
	return &Queue{db: db, client: client, wake: newWake()}, nil
}

// Enqueue puts a job for a run into the queue.
func (q *Queue) Enqueue(ctx context.Context, args pipelines.RunArgs) error {
	return q.Insert(ctx, args)
}

// Insert puts any job into the queue.
func (q *Queue) Insert(ctx context.Context, args river.JobArgs) error {
	tx, ok := q.db.Tx(ctx)
	if !ok {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), errNoTransaction)
	}
	if _, err := q.client.InsertTx(ctx, tx, args, nil); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	q.db.AfterCommit(ctx, q.wake.call)
	return nil
}
