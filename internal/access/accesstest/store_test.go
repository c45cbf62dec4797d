package accesstest

import (
	"testing"

	"github.com/goldenpath/platform/internal/access"
)

func TestStoreInMemory(t *testing.T) {
	t.Parallel()
	TestStore(t, func(*testing.T) access.Store { return NewStore() })
}
