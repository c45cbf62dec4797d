package database_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
)

func TestAMomentStands(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		var before, after, apart, elsewhere, outside string
		err := db.Moment(t.Context(), func(ctx context.Context) error {
			err := db.Ask(ctx, names(byName, &before, "test", "moon"))
			if err != nil {
				return err
			}
			if _, err := db.Writer(t.Context()).ExecContext(t.Context(), `UPDATE environments SET name = 'moon' WHERE name = 'test'`); err != nil {
				return err
			}
			return errors.Join(
				db.Together(ctx, asker(db, "test", 2, &after), func(ctx context.Context) error {
					return db.Ask(db.Apart(ctx), names(byName, &apart, "test", "moon"))
				}),
				db.Moment(ctx, func(ctx context.Context) error { return db.Ask(ctx, names(byName, &before, "test", "moon")) }),
				db.Ask(db.Elsewhere(ctx), names(byName, &elsewhere, "test", "moon")),
				db.Ask(t.Context(), names(byName, &outside, "test", "moon")))
		})
		if err != nil || before != "test" || after != "test" || apart != "test" || elsewhere != "moon" || outside != "moon" {
			t.Errorf("within there is %q, %q and %q, elsewhere %q, beside it %q (%v)", before, after, apart, elsewhere, outside, err)
		}
		if err := db.Ask(t.Context(), names(byName, &after, "test", "moon")); err != nil || after != "moon" {
			t.Errorf("afterwards there is %q (%v)", after, err)
		}
	})
}

// However a moment ends, its connection comes back fit for use.
func TestMomentsGiveTheirConnectionsBack(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		var out string
		slow := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT CAST(count(*) AS text) FROM n`
		for i := range 40 { // there are fewer connections
			ctx, cancel := context.WithCancel(t.Context())
			func() {
				defer func() { _ = recover() }()
				_ = db.Moment(ctx, func(ctx context.Context) error {
					if err := db.Ask(ctx, names(byName, &out, "test", "test")); err != nil {
						t.Error(err)
					}
					switch i % 4 {
					case 0:
						return db.Ask(ctx, names(noSuch, &out, "x"), names(byName, &out, "test", "test"))
					case 1:
						return db.Ask(ctx, database.Question{Text: `SELECT name FROM environments`, Read: func(database.Rows) error { panic("help") }})
					case 2:
						if db.Dialect() == database.Postgres {
							time.AfterFunc(20*time.Millisecond, cancel)
							return db.Together(ctx, asker(db, "test", 2, &out), func(ctx context.Context) error { return db.Ask(ctx, names(slow, &out)) })
						}
					}
					return errors.New("not after all")
				})
			}()
			cancel()
		}
		_, writes := db.Writer(t.Context()).ExecContext(t.Context(), `UPDATE environments SET name = 'moon' WHERE name = 'test'`)
		for range 30 {
			if err := errors.Join(writes, db.Ask(t.Context(), names(byName, &out, "moon", "test"))); err != nil || out != "moon" {
				t.Fatalf("afterwards there is %q (%v)", out, err)
			}
		}
		if pool := db.Pool(); pool != nil {
			for end := time.Now().Add(5 * time.Second); pool.Stat().AcquiredConns() > 0 && time.Now().Before(end); {
				time.Sleep(10 * time.Millisecond) // closed ones go in the background
			}
			if n := pool.Stat().AcquiredConns(); n > 0 {
				t.Error(fmt.Sprint(n) + " connections are still lent")
			}
		}
	})
}
