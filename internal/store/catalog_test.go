package store_test

import (
	"testing"

	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// onDatabases runs a test on an empty database of each kind.
func onDatabases(t *testing.T, run func(t *testing.T, b catalogtest.Backend)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		run(t, catalogtest.Backend{Store: store.New(db).Catalog(), Unit: db})
	})
}

func TestCatalogStore(t *testing.T) {
	t.Parallel()
	catalogtest.TestStore(t, onDatabases)
}

func TestCatalogOnDatabases(t *testing.T) {
	t.Parallel()
	catalogtest.TestCatalog(t, onDatabases)
}

func TestCatalogReplicas(t *testing.T) {
	t.Parallel()
	catalogtest.TestReplicas(t, onDatabases)
}

func TestCatalogLifecycle(t *testing.T) {
	t.Parallel()
	catalogtest.TestLifecycle(t, onDatabases)
}
