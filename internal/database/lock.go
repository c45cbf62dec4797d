package database

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5"
)

// migrationsLock is the number of PostgreSQL's advisory lock for migrations.
const migrationsLock = 7_266_514_000

// lockMigrations waits until nobody else migrates this database.
func (db *DB) lockMigrations(ctx context.Context) (unlock func(), err error) {
	if db.dialect == SQLite {
		return lockFile(ctx, db.path+".migrating")
	}
	// A connection of its own: the pool may have only one.
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	// The lock ends with its connection.
	unlock = func() { _ = conn.Close(context.WithoutCancel(ctx)) }
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationsLock)); err != nil {
		unlock()
		return nil, fmt.Errorf("wait for other migrations: %w", err)
	}
	return unlock, nil
}

// lockFile locks a file beside the database. It stays: whoever removed it could
// take it from under one who waits for it.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	lock := flock.New(path)
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("wait for other migrations: %w", err)
	}
	return func() { _ = lock.Unlock() }, nil
}
