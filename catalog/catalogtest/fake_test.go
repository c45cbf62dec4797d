package catalogtest_test

import (
	"testing"

	"github.com/goldenpath/platform/catalog/catalogtest"
)

// onFake runs a test on an empty fake.
func onFake(t *testing.T, run func(t *testing.T, b catalogtest.Backend)) {
	t.Helper()
	fake := catalogtest.NewFake()
	run(t, catalogtest.Backend{Store: fake, Unit: fake})
}

func TestFake(t *testing.T) {
	t.Parallel()
	catalogtest.TestStore(t, onFake)
}

func TestLifecycleOnFake(t *testing.T) {
	t.Parallel()
	catalogtest.TestLifecycle(t, onFake)
}

func TestCatalogOnFake(t *testing.T) {
	t.Parallel()
	catalogtest.TestCatalog(t, onFake)
}
