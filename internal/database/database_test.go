package database_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
)

var errRegret = errors.New("changed my mind")

// note writes one row; notes reads them back.
func note(ctx context.Context, db *database.DB, name string) error {
	_, err := db.Writer(ctx).ExecContext(ctx, db.Rebind("INSERT INTO environments (id, name, created_at) VALUES (?, ?, ?)"), name, name, time.Now())
	return err
}

func notes(t *testing.T, db *database.DB) int {
	t.Helper()
	var n int
	const query = "SELECT count(*) FROM environments WHERE name NOT IN ('test', 'production')"
	if err := db.Reader(t.Context()).QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestATransactionIsKeptOrNot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(ctx context.Context, db *database.DB) error
		want int
	}{
		{"kept when all goes well", func(context.Context, *database.DB) error { return nil }, 1},
		{"given up on an error", func(context.Context, *database.DB) error { return errRegret }, 0},
		{"given up on a panic", func(context.Context, *database.DB) error { panic("boom") }, 0},
		{"given up when the goroutine exits", func(context.Context, *database.DB) error { runtime.Goexit(); return nil }, 0},
		{"joined by one inside", func(ctx context.Context, db *database.DB) error {
			return db.InTx(ctx, func(ctx context.Context) error { return note(ctx, db, "inner") })
		}, 2},
		{"given up with one inside", func(ctx context.Context, db *database.DB) error {
			return errors.Join(db.InTx(ctx, func(ctx context.Context) error { return note(ctx, db, "inner") }), errRegret)
		}, 0},
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				var worker sync.WaitGroup
				worker.Go(func() {
					defer func() { _ = recover() }()
					err := db.InTx(t.Context(), func(ctx context.Context) error {
						if err := note(ctx, db, "outer"); err != nil {
							return err
						}
						return test.end(ctx, db)
					})
					if test.want == 0 && !errors.Is(err, errRegret) || test.want > 0 && err != nil {
						t.Errorf("InTx = %v", err)
					}
				})
				worker.Wait()
				if got := notes(t, db); got != test.want {
					t.Errorf("%d rows are left, want %d", got, test.want)
				}
				if _, err := db.Writer(t.Context()).ExecContext(t.Context(), "DELETE FROM environments WHERE name IN ('outer', 'inner')"); err != nil {
					t.Fatal(err)
				}
			})
		}
	})
}

func TestATransactionIsSeenByItselfAlone(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		err := db.InTx(t.Context(), func(ctx context.Context) error {
			if err := note(ctx, db, "mine"); err != nil {
				return err
			}
			if tx, ok := db.Tx(ctx); !ok || db.Reader(ctx) != database.Reader(tx) || db.Writer(ctx) != database.Writer(tx) {
				t.Error("the transaction is not what reads and writes")
			}
			if n := notes(t, db); n != 0 {
				t.Errorf("others see %d rows before the commit", n)
			}
			return nil
		})
		if err != nil || notes(t, db) != 1 {
			t.Errorf("InTx = %v, %d rows", err, notes(t, db))
		}
	})
}

func TestManyWritersWaitForEachOther(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		const writers, each = 8, 10
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := range each {
					err := db.InTx(t.Context(), func(ctx context.Context) error {
						// Reading first is what makes SQLite refuse a transaction that
						// takes its lock late.
						if err := db.Reader(ctx).QueryRowContext(ctx, "SELECT count(*) FROM environments").Scan(new(int)); err != nil {
							return err
						}
						return note(ctx, db, fmt.Sprintf("%d-%d", w, i))
					})
					if err != nil {
						t.Errorf("InTx: %v", err)
					}
				}
			})
		}
		all.Wait()
		if got := notes(t, db); got != writers*each {
			t.Errorf("%d rows, want %d", got, writers*each)
		}
	})
}

func TestATransactionEndsWithItsContext(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		err := db.InTx(ctx, func(ctx context.Context) error {
			defer cancel()
			return note(ctx, db, "late")
		})
		if err == nil {
			t.Error("a transaction was kept whose context had ended")
		}
		if err := db.InTx(t.Context(), func(ctx context.Context) error { return note(ctx, db, "next") }); err != nil {
			t.Errorf("the next transaction: %v", err)
		}
		if n := notes(t, db); n != 1 {
			t.Errorf("%d rows, want the second", n)
		}
	})
}

func TestTimesAreOneMoment(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		want := time.Date(2026, 3, 4, 23, 6, 7, 120_000_000, time.FixedZone("far west", -9*3600))
		insert := db.Rebind("INSERT INTO environments (id, name, created_at) VALUES (?, ?, ?)")
		for name, at := range map[string]time.Time{"then": want, "a moment later": want.Add(time.Millisecond).UTC()} {
			if _, err := db.Writer(t.Context()).ExecContext(t.Context(), insert, name, name, at); err != nil {
				t.Fatal(err)
			}
		}
		var got time.Time
		query := db.Rebind("SELECT created_at FROM environments WHERE created_at >= ? ORDER BY created_at LIMIT 1")
		if err := db.Reader(t.Context()).QueryRowContext(t.Context(), query, want.In(time.Local)).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.UTC(), got.UTC()); diff != "" {
			t.Errorf("the first time from then on (-want +got):\n%s", diff)
		}
	})
}

func TestReadersDoNotWrite(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	rows, err := db.Reader(t.Context()).QueryContext(t.Context(), "DELETE FROM environments RETURNING id")
	if err == nil {
		rows.Next()
		err = errors.Join(rows.Err(), rows.Close())
	}
	if err == nil {
		t.Error("a reader deleted rows")
	}
}

func TestForeignKeysAndTheJournalAreOn(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	for pragma, want := range map[string]string{"foreign_keys": "1", "journal_mode": "wal", "synchronous": "1", "busy_timeout": "10000"} {
		var got string
		if err := db.Writer(t.Context()).QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", pragma, got, err, want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, query, want string }{
		{"numbered in order", "a = ? AND b IN (?, ?)", "a = $1 AND b IN ($2, $3)"},
		{"none", "SELECT 1", "SELECT 1"},
		{"not in a text", "a = 'why?' AND b = ?", "a = 'why?' AND b = $1"},
		{"not in a text with a quote", "a = 'who''s there?' AND b = ?", "a = 'who''s there?' AND b = $1"},
		{"not in a name", `"odd?" = ?`, `"odd?" = $1`},
		{"not in a comment", "a = ? -- why?\nAND b = ?", "a = $1 -- why?\nAND b = $2"},
		{"not in a long comment", "a = ? /* why? */ AND b = ?", "a = $1 /* why? */ AND b = $2"},
		{"in a text that never ends", "a = 'why?", "a = 'why?"},
	}
	db := databasetest.Postgres(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := db.Rebind(test.query); got != test.want {
				t.Errorf("Rebind = %q, want %q", got, test.want)
			}
		})
	}
	if got := databasetest.SQLite(t).Rebind("a = ?"); got != "a = ?" {
		t.Errorf("on SQLite Rebind = %q", got)
	}
}

func TestCopyJoinsTheTransaction(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	count := func() (n int) {
		if err := db.SQL().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM entity_terms").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	row := func(i int) []any { return []any{strconv.Itoa(i), 1, []byte("terms")} }
	columns := []string{"id", "version", "terms"}
	if err := db.Copy(t.Context(), "entity_terms", columns, 3, row); err == nil {
		t.Error("rows were copied without a transaction")
	}
	err := db.InTx(t.Context(), func(ctx context.Context) error {
		if err := db.Copy(ctx, "entity_terms", columns, 3, row); err != nil {
			t.Error(err)
		}
		return errRegret
	})
	if !errors.Is(err, errRegret) || count() != 0 {
		t.Errorf("%v, %d rows stayed of a transaction that was rolled back", err, count())
	}
	err = db.InTx(t.Context(), func(ctx context.Context) error {
		return db.Copy(ctx, "entity_terms", columns, 3, row)
	})
	if err != nil || count() != 3 {
		t.Errorf("%v, %d rows", err, count())
	}
	err = db.InTx(t.Context(), func(ctx context.Context) error {
		return db.Copy(ctx, "entity_terms", columns, 4, row)
	})
	if err == nil || count() != 3 {
		t.Errorf("%v, %d rows: rows that are there were copied again", err, count())
	}
}
