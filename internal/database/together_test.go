package database_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
)

// asker asks for names by name, several times, each time for what came before.
func asker(db *database.DB, name string, times int, out *string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		*out = name
		for range times {
			if err := db.Ask(ctx, names(byName, out, *out, *out)); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestFunctionsAreCalledTogether(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		var none, once, thrice, within [2]string
		err := db.Together(t.Context(),
			asker(db, "none", 0, &none[0]), asker(db, "test", 1, &once[0]), asker(db, "production", 3, &thrice[0]),
			func(ctx context.Context) error {
				return db.Together(ctx, asker(db, "test", 2, &within[0]), asker(db, "production", 1, &within[1]))
			})
		if err != nil || none[0] != "none" || once[0] != "test" || thrice[0] != "production" || within != [2]string{"test", "production"} {
			t.Errorf("the answers are %q, %q, %q and %q (%v)", none[0], once[0], thrice[0], within, err)
		}
	})
}

// What goes to PostgreSQL in one go is answered by one process in one
// transaction, which tells when it began.
func TestWhatIsAskedTogetherGoesOutTogether(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	const when = `SELECT pg_backend_pid() || ' ' || now()`
	var first, second, later, apart string
	err := db.Together(t.Context(),
		func(ctx context.Context) error {
			return errors.Join(db.Ask(ctx, names(when, &first)), db.Ask(ctx, names(when, &later)))
		},
		func(ctx context.Context) error {
			return errors.Join(db.Ask(ctx, names(when, &second)), db.Ask(db.Apart(ctx), names(when, &apart)))
		})
	if err != nil || first == "" || first != second {
		t.Errorf("two questions are answered by %q and %q (%v)", first, second, err)
	}
	if later == first || apart == first || apart == later {
		t.Errorf("one that came later is answered by %q, one apart by %q, those before by %q", later, apart, first)
	}
}

func TestTheFirstFailureIsToldOfThoseTogether(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		mine := errors.New("nothing to do with the database")
		var out string
		err := db.Together(t.Context(), asker(db, "test", 2, &out), func(context.Context) error { return mine })
		if !errors.Is(err, mine) || out != "test" {
			t.Errorf("the failure is %v, and the other asked for %q", err, out)
		}
		refused := func(ctx context.Context) error { return db.Ask(ctx, names(noSuch, &out, "x")) }
		if err := db.Together(t.Context(), refused, asker(db, "test", 1, &out)); err == nil {
			t.Error("a question about a table there is not has an answer")
		}
		defer func() {
			if got := recover(); fmt.Sprint(got) != "help" {
				t.Errorf("the panic is %v", got)
			}
		}()
		_ = db.Together(t.Context(), asker(db, "test", 1, &out), func(context.Context) error { panic("help") })
	})
}

func TestTransactionsAskTogether(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		err := db.InTx(t.Context(), func(ctx context.Context) error {
			if _, err := db.Writer(ctx).ExecContext(ctx, `UPDATE environments SET name = 'moon' WHERE name = 'test'`); err != nil {
				return err
			}
			var first, second string
			err := db.Together(ctx, asker(db, "moon", 2, &first), asker(db, "test", 1, &second))
			if err != nil || first != "moon" || second != "" {
				t.Errorf("the answers are %q and %q (%v)", first, second, err)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A panic belongs to whoever called, and what it was about ends.
func TestAPanicEndsTheTransaction(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		var out string
		panics := func(ctx context.Context) error {
			if _, err := db.Writer(ctx).ExecContext(ctx, `UPDATE environments SET name = 'moon' WHERE name = 'test'`); err != nil {
				return err
			}
			return db.Together(ctx, asker(db, "moon", 2, &out), func(ctx context.Context) error {
				return db.Ask(ctx, database.Question{Text: `SELECT name FROM environments`, Read: func(database.Rows) error { panic("help") }})
			}, asker(db, "moon", 2, &out))
		}
		for range 30 { // there are fewer connections
			func() {
				defer func() {
					if got := recover(); fmt.Sprint(got) != "help" {
						t.Errorf("the panic is %v", got)
					}
				}()
				_ = db.InTx(t.Context(), panics)
			}()
		}
		if err := db.Ask(t.Context(), names(byName, &out, "moon", "test")); err != nil || out != "test" {
			t.Errorf("afterwards there is %q (%v)", out, err)
		}
	})
}
