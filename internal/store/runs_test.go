package store_test

import (
	"testing"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
	"github.com/goldenpath/platform/pipelines/pipelinestest"
)

func TestRunsAreKept(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		pipelinestest.TestStore(t, func(t *testing.T) pipelinestest.Stored {
			t.Helper()
			return pipelinestest.Stored{Store: store.New(db).Runs(), Unit: db}
		})
	})
}
