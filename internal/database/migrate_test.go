package database_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/fault"
)

// onEmpty runs a test with the addresses of databases without tables.
func onEmpty(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "platform.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, databasetest.PostgresURL(t))
	})
}

func TestPlatformsThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, address string) {
		t.Helper()
		const platforms = 6
		var all sync.WaitGroup
		for range platforms {
			all.Go(func() {
				if err := opened(t, address); err != nil {
					t.Errorf("start: %v", err)
				}
			})
		}
		all.Wait()
		db := databasetest.Open(t, address)
		have, err := db.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		known, err := database.Known(db.Dialect())
		if err != nil || have != known || known.Schema == 0 || known.Queue == 0 {
			t.Errorf("the database is at %s, %v, want %s", have, err, known)
		}
		var environments []string
		rows, err := db.Reader(t.Context()).QueryContext(t.Context(), "SELECT name FROM environments ORDER BY name")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			environments = append(environments, name)
		}
		if diff := cmp.Diff([]string{"production", "test"}, environments); diff != "" || rows.Err() != nil {
			t.Errorf("environments (-want +got):\n%s%v", diff, rows.Err())
		}
	})
}

func TestADatabaseOfANewerPlatformIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"our tables":     "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9990, true)",
		"River's tables": "INSERT INTO river_migration (line, version, created_at) VALUES ('main', 9990, CURRENT_TIMESTAMP)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				t.Helper()
				if _, err := db.SQL().ExecContext(t.Context(), change); err != nil {
					t.Fatal(err)
				}
				explained(t, db.Migrate(t.Context()), fault.Conflict, "was written by a newer platform: it is at version ")
				if n := notes(t, db); n != 0 {
					t.Errorf("%d rows are there that nobody wrote", n)
				}
			})
		})
	}
}

func TestAMigrationThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		if err := note(t.Context(), db, "kept"); err != nil {
			t.Fatal(err)
		}
		// Migrations come again, and the first of them finds the column that it wants to make.
		const forget = "DELETE FROM goose_db_version WHERE version_id >= 95"
		if _, err := db.SQL().ExecContext(t.Context(), forget); err != nil {
			t.Fatal(err)
		}
		explained(t, db.Migrate(t.Context()), fault.Internal, "could not be brought to version ")
		if n := notes(t, db); n != 1 {
			t.Errorf("%d rows are left, want what was there", n)
		}
	})
}

func TestMigratingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, address string) {
		t.Helper()
		db, err := database.Open(t.Context(), address, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Migrate(ctx); err == nil {
			t.Error("migrated although nobody waits for it")
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := opened(t, address); err != nil {
			t.Errorf("the next start: %v", err)
		}
	})
}
