package database

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/goldenpath/platform/internal/fault"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// Version says how far migrations have come. The zero version is an empty
// database.
type Version struct {
	Schema int64 `json:"schema"` // of our tables
	Queue  int64 `json:"queue"`  // of River's
}

// NewerThan reports whether v holds a migration that other does not know.
func (v Version) NewerThan(other Version) bool {
	return v.Schema > other.Schema || v.Queue > other.Queue
}

func (v Version) String() string { return fmt.Sprintf("version %d.%d", v.Schema, v.Queue) }

// Migrate brings the database up to date. Processes that start together do it
// one after the other. A database that a newer platform wrote is refused: an
// older one would misread it.
func (db *DB) Migrate(ctx context.Context) error {
	m, err := db.newMigrations()
	if err != nil {
		return err
	}
	if done, err := db.upToDate(ctx, m.known); done || err != nil {
		return err
	}
	unlock, err := db.lockMigrations(ctx)
	if err != nil {
		return db.explain(err)
	}
	defer unlock()
	if done, err := db.upToDate(ctx, m.known); done || err != nil {
		return err // somebody else was faster
	}
	start := time.Now()
	if err := m.schema(ctx); err != nil {
		return db.notMigrated(m.known, err)
	}
	if err := m.queue(ctx); err != nil {
		return db.notMigrated(m.known, err)
	}
	db.log.InfoContext(ctx, "database migrated", "dialect", string(db.dialect), "schema", m.known.Schema, "queue", m.known.Queue,
		"took", time.Since(start).Round(time.Millisecond).String())
	return nil
}

// notMigrated explains an error of a migration. What the database refuses is
// said as everywhere; else it is the migration that is wrong.
func (db *DB) notMigrated(to Version, err error) error {
	if why := db.explain(err); fault.CodeOf(why) != fault.Internal {
		return why
	}
	return fault.New(fault.Internal, "The database %s could not be brought to %s.", db.name, to).
		WithHint("The migration that failed left nothing behind; the log has the details. The previous platform still runs on it.").
		WithCause(err)
}

// upToDate reports whether there is nothing to do.
func (db *DB) upToDate(ctx context.Context, known Version) (bool, error) {
	have, err := db.Version(ctx)
	if err != nil {
		return false, err
	}
	if have.NewerThan(known) {
		return false, fault.New(fault.Conflict, "The database %s was written by a newer platform: it is at %s, this one knows up to %s.", db.name, have, known).
			WithHint("Install the platform that wrote it, or a newer one; or restore a backup made before the upgrade: platform restore ARCHIVE --data DIR")
	}
	return have == known, nil
}

// Version returns how far migrations have come.
func (db *DB) Version(ctx context.Context) (Version, error) {
	var v Version
	var err error
	if v.Schema, err = db.highest(ctx, "goose_db_version", "version_id"); err == nil {
		v.Queue, err = db.highest(ctx, "river_migration", "version")
	}
	if err != nil {
		return v, db.explain(fmt.Errorf("read the version of the database: %w", err))
	}
	return v, nil
}

// highest returns the highest number in a column, zero without the table.
func (db *DB) highest(ctx context.Context, table, column string) (int64, error) {
	there := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if db.dialect == Postgres {
		there = "SELECT count(*) FROM pg_class WHERE oid = to_regclass($1)"
	}
	var n int64
	if err := db.writer.QueryRowContext(ctx, there, table).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	err := db.writer.QueryRowContext(ctx, "SELECT COALESCE(MAX("+column+"), 0) FROM "+table).Scan(&n)
	return n, err
}

// Known returns the version that this program brings a database to.
func Known(dialect Dialect) (Version, error) {
	m, err := (&DB{dialect: dialect, log: slog.New(slog.DiscardHandler)}).newMigrations()
	if err != nil {
		return Version{}, err
	}
	return m.known, nil
}

// newMigrations collects our migrations and River's for a database.
func (db *DB) newMigrations() (migrationsTo, error) {
	if db.dialect == Postgres {
		return collect(db, riverpgxv5.New(db.pool))
	}
	return collect(db, riversqlite.New(db.writer))
}

// migrationsTo are what brings a database to the version known.
type migrationsTo struct {
	known         Version
	schema, queue func(ctx context.Context) error
}

func collect[TTx any](db *DB, driver riverdriver.Driver[TTx]) (migrationsTo, error) {
	files, err := fs.Sub(migrations, "migrations/"+string(db.dialect))
	if err != nil {
		return migrationsTo{}, fmt.Errorf("find migrations: %w", err)
	}
	river, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return migrationsTo{}, fmt.Errorf("find migrations of the queue: %w", err)
	}
	m := migrationsTo{
		schema: func(ctx context.Context) error {
			dialect := goose.DialectSQLite3
			if db.dialect == Postgres {
				dialect = goose.DialectPostgres
			}
			provider, err := goose.NewProvider(dialect, db.writer, files, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
			if err != nil {
				return fmt.Errorf("read migrations: %w", err)
			}
			_, err = provider.Up(ctx)
			return err
		},
		queue: func(ctx context.Context) error {
			_, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil)
			return err
		},
	}
	for _, version := range river.AllVersions() {
		m.known.Queue = max(m.known.Queue, int64(version.Version))
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return m, fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range names {
		number, err := goose.NumericComponent(name)
		if err != nil {
			return m, fmt.Errorf("number of migration %s: %w", name, err)
		}
		m.known.Schema = max(m.known.Schema, number)
	}
	return m, nil
}
