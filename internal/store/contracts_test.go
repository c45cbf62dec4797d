package store_test

import (
	"testing"

	"github.com/goldenpath/platform/contracts/contractstest"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// contractsOn runs a test on an empty database of each kind.
func contractsOn(t *testing.T, run func(t *testing.T, b contractstest.Backend)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		run(t, contractstest.Backend{Store: store.New(db).Contracts(), Unit: db})
	})
}

func TestContractsStore(t *testing.T) {
	t.Parallel()
	contractstest.TestStore(t, contractsOn)
}

// hubsOn runs a test as on databases where every provider has many consumers.
func hubsOn(t *testing.T, run func(t *testing.T, b contractstest.Backend)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		run(t, contractstest.Backend{Store: store.New(db).Contracts().ManyFrom(0), Unit: db})
	})
}

func TestContractsStoreOfHubs(t *testing.T) {
	t.Parallel()
	contractstest.TestStore(t, hubsOn)
}

func TestTheGateOfHubs(t *testing.T) {
	t.Parallel()
	hubsOn(t, func(t *testing.T, b contractstest.Backend) {
		t.Helper()
		const worlds = 100
		contractstest.TestGate(t, b, 0, worlds)
	})
}

func TestTheGateOnDatabases(t *testing.T) {
	t.Parallel()
	contractsOn(t, func(t *testing.T, b contractstest.Backend) {
		t.Helper()
		const worlds = 100
		contractstest.TestGate(t, b, 0, worlds)
	})
}

func TestWhatToVerifyOnDatabases(t *testing.T) {
	t.Parallel()
	contractsOn(t, func(t *testing.T, b contractstest.Backend) {
		t.Helper()
		const worlds = 100 // a success at the moment at which a branch began is rare
		contractstest.TestPicks(t, b, 0, worlds)
	})
}
