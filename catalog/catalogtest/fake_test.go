package catalogtest_test

import (
	"testing"

	"github.com/goldenpath/platform/catalog/catalogtest"
)

func TestFake(t *testing.T) {
	t.Parallel()
	catalogtest.TestStore(t, func(*testing.T) catalogtest.Backend {
		fake := catalogtest.NewFake()
		return catalogtest.Backend{Store: fake, Unit: fake}
	})
}

func TestCatalogOnFake(t *testing.T) {
	t.Parallel()
	catalogtest.TestCatalog(t, func(*testing.T) catalogtest.Backend {
		fake := catalogtest.NewFake()
		return catalogtest.Backend{Store: fake, Unit: fake}
	})
}
