package database_test

import (
	"context"
	"testing"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/fault"
)

// inBoth opens a primary with two replicas that are databases of their own, so
// that each tells its name.
func withReplicas(t *testing.T) *database.DB {
	t.Helper()
	primary, first, second := databasetest.Postgres(t), databasetest.Postgres(t), databasetest.Postgres(t)
	for name, db := range map[string]*database.DB{"primary": primary, "first": first, "second": second} {
		if _, err := db.SQL().ExecContext(t.Context(), "UPDATE environments SET display_name = $1 WHERE name = 'test'", name); err != nil {
			t.Fatal(err)
		}
	}
	url := func(db *database.DB) string { return db.Pool().Config().ConnString() }
	return databasetest.Open(t, url(primary), url(first), url(second))
}

// where returns which database answers a read.
func where(ctx context.Context, t *testing.T, db *database.DB) string {
	t.Helper()
	var name string
	if err := db.Reader(ctx).QueryRowContext(ctx, "SELECT display_name FROM environments WHERE name = 'test'").Scan(&name); err != nil {
		t.Fatal(err)
	}
	var asked string
	if err := db.Ask(ctx, names(`SELECT display_name FROM environments WHERE name = ?`, &asked, "test")); err != nil || asked != name {
		t.Errorf("asked, %q answers (%v), but %s is read", asked, err, name)
	}
	return name
}

func TestReadsGoToReplicasAndWritesNever(t *testing.T) {
	t.Parallel()
	db := withReplicas(t)
	if got := where(t.Context(), t, db); got != "primary" {
		t.Errorf("without a session %s is read", got)
	}
	one, other := database.Session(t.Context()), database.Session(t.Context())
	first, second := where(one, t, db), where(other, t, db)
	if first == "primary" || second == "primary" || first == second {
		t.Errorf("two sessions read %s and %s, want both replicas", first, second)
	}
	for range 3 {
		if again := where(one, t, db); again != first {
			t.Errorf("a session that read %s reads %s", first, again)
		}
	}
	if database.Wrote(one) {
		t.Error("a session that read has written")
	}
	if err := note(one, db, "mine"); err != nil {
		t.Fatal(err)
	}
	if got := where(one, t, db); got != "primary" || !database.Wrote(one) {
		t.Errorf("after a write %s is read", got)
	}
	if got := where(other, t, db); got != second {
		t.Errorf("after a write of another session %s is read, want %s", got, second)
	}
	err := db.InTx(other, func(ctx context.Context) error {
		if got := where(ctx, t, db); got != "primary" {
			t.Errorf("inside a transaction %s is read", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := where(other, t, db); got != "primary" {
		t.Errorf("after a transaction %s is read", got)
	}
	if got := where(database.ReadPrimary(t.Context()), t, db); got != "primary" {
		t.Errorf("whoever asks for the primary reads %s", got)
	}
}

func TestSQLiteHasNoReplicas(t *testing.T) {
	t.Parallel()
	_, err := database.Open(t.Context(), "sqlite:"+t.TempDir()+"/platform.db", nil, "postgres://host/x")
	explained(t, err, fault.Invalid, "has no replicas")
}
