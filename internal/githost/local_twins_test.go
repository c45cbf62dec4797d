package githost_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/goldenpath/platform/pipelines"
)

// Two processes may go on with one run for a moment, when the first was asleep:
// what one puts together the other does not take apart.
func TestManyMayCreateOneRepositoryAtOnce(t *testing.T) {
	t.Parallel()
	for range 30 {
		host, dir := newLocal(t)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"}); err != nil {
					t.Errorf("Create: %v", err)
				}
			})
		}
		all.Wait()
		for _, name := range []string{"HEAD", "config", "description", "platform-key", "objects/info", "objects/pack", "refs/heads", "refs/tags"} {
			if _, err := os.Stat(filepath.Join(dir, "orders.git", name)); err != nil {
				t.Errorf("half a repository: %v", err)
			}
		}
		if left, err := filepath.Glob(filepath.Join(dir, ".new-*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}
