// Package databasetest gives tests empty databases of both kinds: SQLite in a
// file, and PostgreSQL in a cluster that lives as long as the test process.
package databasetest

import (
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/goldenpath/platform/internal/database"
)

// Each runs a test on an empty, migrated database of each kind.
func Each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// SQLite returns an empty, migrated SQLite database.
func SQLite(t testing.TB) *database.DB {
	t.Helper()
	content, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("make a SQLite database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "platform.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(t, "sqlite:"+path)
}

// Postgres returns an empty, migrated PostgreSQL database. Without PostgreSQL
// the test is skipped, on CI it fails.
func Postgres(t testing.TB) *database.DB {
	t.Helper()
	return Open(t, theCluster(t).create(t, migrated))
}

// PostgresURL returns the address of an empty PostgreSQL database that no
// migration has seen.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return theCluster(t).create(t, untouched)
}

// Open opens a database and closes it when the test ends.
func Open(t testing.TB, url string, replicas ...string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), url, slog.New(slog.DiscardHandler), replicas...)
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return db
}

// sqliteTemplate is the file of an empty, migrated database, made once: copying
// it is much cheaper than migrating.
//
//nolint:gochecknoglobals // one per process is the point
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "platform-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Clean(path))
})
