package database_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/database/databasetest"
)

// TestWhoWaitsLongestWritesFirst lets many wait for SQLite's writer, some with a
// transaction and some with a statement, while somebody keeps it.
func TestWhoWaitsLongestWritesFirst(t *testing.T) {
	t.Parallel()
	const waiting = 40
	db := databasetest.SQLite(t)
	if _, err := db.Writer(t.Context()).ExecContext(t.Context(), "CREATE TABLE arrivals (id INTEGER PRIMARY KEY, n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	arrive := func(ctx context.Context, n int) error {
		_, err := db.Writer(ctx).ExecContext(ctx, "INSERT INTO arrivals (n) VALUES (?)", n)
		return err
	}
	var all sync.WaitGroup
	err := db.InTx(t.Context(), func(context.Context) error {
		for n := range waiting {
			all.Go(func() {
				var err error
				if n%2 == 0 {
					err = arrive(t.Context(), n)
				} else {
					err = db.InTx(t.Context(), func(ctx context.Context) error { return arrive(ctx, n) })
				}
				if err != nil {
					t.Error(err)
				}
			})
			for db.Waiting() <= n { // the next comes when this one stands in line
				time.Sleep(time.Millisecond)
			}
		}
		return nil
	})
	all.Wait()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Reader(t.Context()).QueryContext(t.Context(), "SELECT n FROM arrivals ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	if err := rows.Err(); err != nil || len(got) != waiting || !slices.IsSorted(got) {
		t.Errorf("they wrote in the order %v, %v", got, err)
	}
}

// TestWhoGivesUpLeavesTheLine lets somebody wait no longer than a moment.
func TestWhoGivesUpLeavesTheLine(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	nothing := func(context.Context) error { return nil }
	err := db.InTx(t.Context(), func(context.Context) error {
		short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := db.InTx(short, nothing); err == nil {
			t.Error("there are two transactions at once")
		}
		var one int
		if err := db.Writer(short).QueryRowContext(short, "SELECT 1").Scan(&one); err == nil {
			t.Error("a statement was run beside a transaction")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.InTx(t.Context(), nothing); err != nil {
		t.Errorf("nobody can write any more: %v", err)
	}
}
