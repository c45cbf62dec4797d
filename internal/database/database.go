// Package database knows the two databases the platform runs on, SQLite and
// PostgreSQL: how they are opened, who may write, how a transaction travels in
// a context, and which migrations bring them up to date. It does not know what
// is kept in the tables; internal/store does.
package database

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/goldenpath/platform/internal/fault"
)

// Dialect is the kind of a database.
type Dialect string

// The kinds of databases there are.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is a database. It is safe for use by many goroutines.
type DB struct {
	dialect Dialect
	name    string // for people: the path, or host and name, never a password
	path    string // of SQLite's file
	log     *slog.Logger

	writer *sql.DB // on SQLite the one connection that writes
	line   line    // of those who wait for it; only on SQLite
	reader *sql.DB // the same as writer on PostgreSQL
	pool   *pgxpool.Pool

	replicas []*replica
	next     atomic.Uint32 // replica of the next session
	closing  []func() error

	rebound  sync.Map // queries as Rebind returns them, by query
	rebounds atomic.Int64
}

// Reader reads.
type Reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Writer reads and writes.
type Writer interface {
	Reader
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Open opens the database at sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
// and looks whether it answers. Replicas are copies of a PostgreSQL database
// that answer reads of sessions (see Session). It changes nothing: see Migrate.
func Open(ctx context.Context, url string, log *slog.Logger, replicas ...string) (*DB, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	db := &DB{log: log}
	var err error
	switch scheme {
	case "sqlite":
		if len(replicas) > 0 {
			return nil, fault.New(fault.Invalid, "A SQLite database has no replicas.").
				WithHint("Remove PLATFORM_DATABASE_REPLICAS, or use PostgreSQL.")
		}
		err = db.openSQLite(ctx, rest)
	case "postgres", "postgresql":
		err = db.openPostgres(ctx, url, replicas)
	default:
		// The address is not repeated: it may hold a password.
		err = fault.New(fault.Invalid, "The address of the database is neither sqlite:PATH nor postgres://USER:PASSWORD@HOST/NAME.").
			WithHint("Set it: --database sqlite:platform.db, or PLATFORM_DATABASE")
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// Dialect returns the kind of the database.
func (db *DB) Dialect() Dialect { return db.dialect }

// Name returns what people call the database: its path, or its host and name.
func (db *DB) Name() string { return db.name }

// Path returns where SQLite's file is, "" on PostgreSQL.
func (db *DB) Path() string { return db.path }

// Pool returns PostgreSQL's connections, nil on SQLite.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// SQL returns the connections that may write. On SQLite there is one: whoever
// asks for it inside a transaction waits for themselves, and who asks for it here
// does not stand in line. Use Writer.
func (db *DB) SQL() *sql.DB { return db.writer }

// Ping returns a fault when the database does not answer.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.reader.PingContext(ctx); err != nil {
		return db.explain(err)
	}
	return nil
}

// Close closes all connections. It may be called more than once.
func (db *DB) Close() error {
	var errs []error
	for _, closing := range slices.Backward(db.closing) {
		errs = append(errs, closing())
	}
	db.closing = nil
	return errors.Join(errs...)
}
