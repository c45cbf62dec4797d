package contractstest_test

import (
	"testing"

	"github.com/goldenpath/platform/contracts/contractstest"
)

func TestTheFakeIsAStore(t *testing.T) {
	t.Parallel()
	contractstest.TestStore(t, func(t *testing.T, run func(t *testing.T, b contractstest.Backend)) {
		t.Helper()
		store := contractstest.NewStore()
		run(t, contractstest.Backend{Store: store, Unit: store})
	})
}
