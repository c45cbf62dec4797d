package database_test

import (
	"context"
	"errors"
	"testing"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
)

func TestWhatFollowsACommitSeesItAndFollowsNoRollback(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		if _, err := db.SQL().ExecContext(t.Context(), "CREATE TABLE things (name text)"); err != nil {
			t.Fatal(err)
		}
		seen := -1
		count := func() {
			if err := db.SQL().QueryRowContext(t.Context(), "SELECT count(*) FROM things").Scan(&seen); err != nil {
				t.Error(err)
			}
		}
		insert := func(ctx context.Context) error {
			_, err := db.Writer(ctx).ExecContext(ctx, "INSERT INTO things VALUES ('one')")
			db.AfterCommit(ctx, count)
			return err
		}
		regret := errors.New("changed my mind")
		err := db.InTx(t.Context(), func(ctx context.Context) error { return errors.Join(insert(ctx), regret) })
		if !errors.Is(err, regret) || seen != -1 {
			t.Errorf("rolled back, %d were seen (%v)", seen, err)
		}
		err = db.InTx(t.Context(), func(ctx context.Context) error {
			err := db.InTx(ctx, insert)
			if seen != -1 {
				t.Errorf("within, %d were seen", seen)
			}
			return err
		})
		if err != nil || seen != 1 {
			t.Errorf("committed, %d were seen (%v)", seen, err)
		}
		if db.AfterCommit(t.Context(), func() { seen = 2 }); seen != 2 {
			t.Error("without a transaction nothing followed")
		}
	})
}
