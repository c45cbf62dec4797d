package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/goldenpath/platform/internal/fault"
)

// busyTimeout is how long SQLite waits for another process that writes.
const busyTimeout = "10000"

// openSQLite opens the file. One connection writes, because SQLite has one
// writer and waiting in a queue is better than being told to try again; its
// transactions take the lock when they begin, so none fails half-way.
func (db *DB) openSQLite(ctx context.Context, place string) error {
	path, err := sqlitePath(place)
	if err != nil {
		return err
	}
	db.dialect, db.name, db.path = SQLite, path, path
	if db.writer, err = keeping(sqliteDSN(path, "_txlock", "immediate", "_pragma", "journal_mode(WAL)", "_pragma", writerCheckpoint, "_pragma", journalLimit)); err != nil {
		return db.explain(err)
	}
	db.closing = append(db.closing, db.writer.Close)
	db.writer.SetMaxOpenConns(1)
	// Its cache is as large as a reader's, though large transactions change more: what
	// one connection may keep, SQLite lets all of them fill together.
	// The writer comes first: it makes the file and sets the journal's mode.
	var tables int
	if err := db.writer.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return db.explain(err)
	}
	if db.reader, err = keeping(sqliteDSN(path, "_pragma", "query_only(1)")); err != nil {
		return db.explain(err)
	}
	db.closing = append(db.closing, db.reader.Close)
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	db.reader.SetMaxOpenConns(readers)
	db.reader.SetMaxIdleConns(readers)
	db.reader.SetConnMaxIdleTime(5 * time.Minute)
	return db.startCheckpoints() //nolint:contextcheck // they end when the database is closed
}

// keeping opens connections that keep their statements.
func keeping(dsn string) (*sql.DB, error) {
	connector, err := newKeepingConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// sqliteDSN returns the driver's name for a file. Times are text in UTC, always
// in one form, so that ent and raw SQL read the same and text sorts by time.
func sqliteDSN(path string, options ...string) string {
	q := url.Values{
		"_pragma":      {"busy_timeout(" + busyTimeout + ")", "foreign_keys(1)", "synchronous(NORMAL)"},
		"_time_format": {"sqlite"},
		"_timezone":    {"UTC"},
	}
	for pair := range slices.Chunk(options, 2) {
		q.Add(pair[0], pair[len(pair)-1])
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// sqlitePath returns the absolute path of a database file whose folder exists.
func sqlitePath(place string) (string, error) {
	place = strings.TrimPrefix(place, "//") // sqlite:///tmp/x.db is written, too
	if place == "" || strings.HasPrefix(place, ":memory:") {
		return "", fault.New(fault.Invalid, "The address of the database names no file.").
			WithHint("Name one: --database sqlite:platform.db")
	}
	path, err := filepath.Abs(place)
	if err != nil {
		return "", fault.New(fault.Invalid, "The place of the database, %s, cannot be found.", place).WithCause(err)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "", fault.New(fault.Invalid, "%s is a folder, not a database.", path).
			WithHint("Name a file in it: --database sqlite:%s", filepath.Join(path, "platform.db"))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", unusablePath(filepath.Dir(path), err)
	}
	// SQLite says "unable to open" for whatever is wrong; the system says what.
	file, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", unusablePath(path, err)
	}
	return path, file.Close()
}

func unusablePath(path string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fault.New(fault.Forbidden, "The database at %s may not be read and written by this user.", path).
			WithHint("See who owns it: ls -ld %s %s", filepath.Dir(path), path).WithCause(err)
	}
	reason := err
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		path, reason = at.Path, at.Err
	}
	return fault.New(fault.Invalid, "No database can be kept at %s: %v.", path, reason).
		WithHint("Choose another place: --database sqlite:PATH, or --data DIR").WithCause(err)
}

// SnapshotTo copies a SQLite database, as it is at one moment, into a file that
// is not there yet. Nobody waits meanwhile, readers or writers.
func (db *DB) SnapshotTo(ctx context.Context, path string) error {
	// A connection of its own: the writer's would keep everybody from writing.
	snapshot, err := sql.Open("sqlite", sqliteDSN(db.path))
	if err != nil {
		return db.explain(err)
	}
	defer snapshot.Close()
	if _, err := snapshot.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return db.explain(fmt.Errorf("copy the database: %w", err))
	}
	return nil
}
