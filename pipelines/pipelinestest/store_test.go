package pipelinestest_test

import (
	"testing"

	"github.com/goldenpath/platform/pipelines/pipelinestest"
)

func TestTheStoreInMemoryIsAStore(t *testing.T) {
	t.Parallel()
	pipelinestest.TestStore(t, func(t *testing.T) pipelinestest.Stored {
		t.Helper()
		s := pipelinestest.NewStore()
		return pipelinestest.Stored{Store: s, Unit: s}
	})
}
