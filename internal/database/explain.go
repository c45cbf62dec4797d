package database

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/goldenpath/platform/internal/fault"
)

// explain returns err, which came from this database, as a fault.
func (db *DB) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, known := errors.AsType[*fault.Error](err); known {
		return err
	}
	if db.dialect == Postgres {
		user := ""
		if db.pool != nil {
			user = db.pool.Config().ConnConfig.User
		}
		return explainPostgres(err, db.name, user)
	}
	return explainSQLite(err, db.path)
}

func explainSQLite(err error, path string) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("use the database at %s: %w", path, err)
	}
	f := fault.New(fault.Internal, "The database at %s cannot be used.", path).
		WithHint("The log has the details. Is its disk in order?")
	switch e.Code() & 0xff { // the rest of the code are details
	case sqlite3.SQLITE_NOTADB:
		f = fault.New(fault.Invalid, "%s is not a SQLite database.", path).
			WithHint("Name another file, or move this one away: a new database is made where none is.")
	case sqlite3.SQLITE_CORRUPT:
		f = fault.New(fault.Invalid, "The database at %s is damaged.", path).
			WithHint("Move it away and restore a backup: platform restore ARCHIVE --data DIR")
	case sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH:
		f = fault.New(fault.Forbidden, "The database at %s may not be read and written by this user.", path).
			WithHint("The file and its folder must both be writable: ls -la %s*", path)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		f = fault.New(fault.Unavailable, "The database at %s is in use by another process.", path).
			WithHint("Is another platform running on it? Stop it, or try again.")
	case sqlite3.SQLITE_FULL:
		f = fault.New(fault.Unavailable, "The disk with the database at %s is full.", path).
			WithHint("Make room and try again.")
	}
	return f.WithCause(err)
}

// explainPostgres goes by the state that the server answered with; without an
// answer the server is unreachable.
func explainPostgres(err error, name, user string) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return fault.New(fault.Unavailable, "PostgreSQL at %s does not answer.", name).
			WithHint("Is it running, and may this machine reach it? Try: pg_isready -h HOST -p PORT").WithCause(err)
	}
	f := fault.New(fault.Internal, "PostgreSQL at %s refuses: %s.", name, e.Message).WithHint("Its log says more.")
	switch e.Code {
	case "28P01":
		f = fault.New(fault.Unauthenticated, "PostgreSQL at %s does not accept the password of %s.", name, user).
			WithHint("Correct user and password in PLATFORM_DATABASE; in a password, write signs like @ : / # as %%40 %%3A %%2F %%23.")
	case "28000":
		f = fault.New(fault.Unauthenticated, "PostgreSQL at %s does not let %s in.", name, user).
			WithHint("Does the user exist, and does pg_hba.conf admit it from this machine?")
	case "42501":
		f = fault.New(fault.Forbidden, "%s may not do this in PostgreSQL at %s: %s.", user, name, e.Message).
			WithHint("Let the user own the database: ALTER DATABASE NAME OWNER TO USER")
	case "3D000":
		f = fault.New(fault.NotFound, "PostgreSQL at %s: there is no such database.", name).
			WithHint("Make it: createdb -h HOST NAME")
	case "53300", "57P01", "57P02", "57P03":
		f = fault.New(fault.Unavailable, "PostgreSQL at %s has no room for us now: %s.", name, e.Message).
			WithHint("Try again in a moment. If it stays, raise max_connections, or lower pool_max_conns in PLATFORM_DATABASE.")
	case "25006":
		f = fault.New(fault.Forbidden, "PostgreSQL at %s is read-only.", name).
			WithHint("Name the primary in PLATFORM_DATABASE, and copies in PLATFORM_DATABASE_REPLICAS.")
	}
	return f.WithCause(err)
}
