package store_test

import (
	"testing"

	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/access/accesstest"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

func TestAccessIsKept(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		accesstest.TestStore(t, func(t *testing.T) access.Store {
			t.Helper()
			return store.New(db).Access()
		})
	})
}
