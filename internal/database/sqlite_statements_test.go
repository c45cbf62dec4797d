package database_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/database/databasetest"
)

// TestStatementsThatAreKeptAnswerAnew uses one connection, so that every text
// meets what was kept of it.
func TestStatementsThatAreKeptAnswerAnew(t *testing.T) {
	t.Parallel()
	db := databasetest.SQLite(t)
	err := db.InTx(t.Context(), func(ctx context.Context) error {
		tx := db.Writer(ctx)
		exec := func(text string, args ...any) {
			t.Helper()
			if _, err := tx.ExecContext(ctx, text, args...); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		numbers := func(text string, args ...any) (out []int) {
			t.Helper()
			rows, err := tx.QueryContext(ctx, text, args...)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			defer rows.Close()
			for rows.Next() {
				var n int
				if err := rows.Scan(&n); err != nil {
					t.Fatal(err)
				}
				out = append(out, n)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			return out
		}
		same := func(what string, want, got []int) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		exec("CREATE TABLE n (n integer)")
		for i := range 3 {
			exec("INSERT INTO n (n) VALUES (?)", i)
		}
		const above = "SELECT n FROM n WHERE n >= ? ORDER BY n"
		same("first time", []int{1, 2}, numbers(above, 1))
		same("other arguments", []int{2}, numbers(above, 2))
		same("no rows", nil, numbers(above, 9))

		// The same text while its rows are read.
		rows, err := tx.QueryContext(ctx, above, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var outer []int
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			outer = append(outer, n)
			same("inner", []int{2}, numbers(above, 2))
		}
		same("outer", []int{0, 1, 2}, outer)

		// A row that a constraint refuses, and then one that it does not.
		exec("CREATE UNIQUE INDEX once ON n (n)")
		if _, err := tx.ExecContext(ctx, "INSERT INTO n (n) VALUES (?)", 2); err == nil {
			t.Error("a number is there twice")
		}
		exec("INSERT INTO n (n) VALUES (?)", 3)
		exec("ALTER TABLE n ADD COLUMN m integer NOT NULL DEFAULT 7")
		same("after the table has changed", []int{2, 3}, numbers(above, 2))

		for i := range 400 { // more texts than are kept
			same("one of many", []int{i}, numbers(fmt.Sprintf("SELECT %d", i)))
		}
		same("after many others", []int{3}, numbers(above, 3))
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}
