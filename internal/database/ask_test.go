package database_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
)

// names asks for texts, which come to be in out with a comma behind each.
func names(text string, out *string, args ...any) database.Question {
	return database.Question{Text: text, Args: args, Read: func(rows database.Rows) error {
		*out = ""
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			if *out != "" {
				*out += ","
			}
			*out += name
		}
		return nil
	}}
}

const (
	byName = `SELECT name FROM environments WHERE name = ? OR name = ? ORDER BY name`
	noSuch = `SELECT name FROM no_such_table WHERE name = ?`
)

func TestQuestionsAreAskedTogether(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		var first, second string
		err := db.Ask(t.Context(), names(byName, &first, "test", "production"), names(byName, &second, "test", "nowhere"))
		if err != nil || first != "production,test" || second != "test" {
			t.Errorf("the answers are %q and %q (%v)", first, second, err)
		}
		var count int
		err = db.Ask(t.Context(), database.Question{Text: `SELECT count(*) FROM environments`, Read: func(rows database.Rows) error {
			rows.Next()
			return rows.Scan(&count)
		}}, names(byName, &second, "test", "nowhere"))
		if err != nil || count < 2 || second != "test" {
			t.Errorf("an answer that is not read to its end: %d, then %q (%v)", count, second, err)
		}
	})
}

func TestAFailureIsThatOfTheQuestion(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		var first, second string
		err := db.Ask(t.Context(), names(byName, &first, "test", "test"), names(noSuch, &second, "x"))
		if err == nil || !strings.Contains(err.Error(), "no_such_table") {
			t.Errorf("a question about a table there is not answers %v", err)
		}
		unread := errors.New("nobody can read this")
		bad := database.Question{Text: `SELECT name FROM environments`, Read: func(database.Rows) error { return unread }}
		if err := db.Ask(t.Context(), bad, names(byName, &second, "test", "test")); !errors.Is(err, unread) {
			t.Errorf("an answer that nobody can read is %v", err)
		}
		if err := db.Ask(t.Context(), bad); !errors.Is(err, unread) {
			t.Errorf("alone it is %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Ask(gone, names(byName, &first, "test", "test")); !errors.Is(err, context.Canceled) {
			t.Errorf("nobody waits for the answer any more, and the error is %v", err)
		}
		if err := db.Ask(t.Context(), names(byName, &first, "test", "test")); err != nil || first != "test" {
			t.Errorf("afterwards the answer is %q (%v)", first, err)
		}
	})
}

func TestATransactionSeesWhatItWrote(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		err := db.InTx(t.Context(), func(ctx context.Context) error {
			if _, err := db.Writer(ctx).ExecContext(ctx, `UPDATE environments SET name = 'moon' WHERE name = 'test'`); err != nil {
				return err
			}
			var inside, outside string
			if err := db.Ask(ctx, names(byName, &inside, "moon", "test"), names(byName, &inside, "moon", "test")); err != nil || inside != "moon" {
				t.Errorf("in the transaction there is %q (%v)", inside, err)
			}
			if err := db.Ask(t.Context(), names(byName, &outside, "moon", "test")); err != nil || outside != "test" {
				t.Errorf("beside it there is %q (%v)", outside, err)
			}
			return errors.New("not after all")
		})
		var after string
		if err2 := db.Ask(t.Context(), names(byName, &after, "moon", "test")); err == nil || err2 != nil || after != "test" {
			t.Errorf("after it, %v, there is %q (%v)", err, after, err2)
		}
	})
}

func TestALostConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	other := databasetest.Open(t, db.Pool().Config().ConnString())
	var name string
	if err := db.Ask(t.Context(), names(byName, &name, "test", "test")); err != nil {
		t.Fatal(err)
	}
	const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
	if _, err := other.SQL().ExecContext(t.Context(), others); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := db.Ask(t.Context(), names(byName, &name, "test", "test")); err == nil && name == "test" {
			return
		}
	}
	t.Error("the database is not asked again on another connection")
}

// Lists of ids are planned once: see planOnce.
func TestStatementsArePlannedOnce(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	var mode string
	if err := db.Ask(t.Context(), names(`SELECT current_setting('plan_cache_mode')`, &mode)); err != nil || mode != "force_generic_plan" {
		t.Errorf("the mode is %q (%v)", mode, err)
	}
}
