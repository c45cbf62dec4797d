package scaffolds_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds"
)

// A pack that wraps what another one brings comes after it, in whatever order
// they were chosen: else it would wrap what is replaced.
func TestTheCacheIsJoinedAfterTheDatabase(t *testing.T) {
	t.Parallel()
	for _, packs := range [][]string{{"cache", "postgres"}, {"postgres", "cache"}} {
		tree, err := goHTTP(t).Render(scaffolds.Answers{Name: "orders", Owner: "checkout", Packs: packs}, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(tree.Files, func(f scaffolds.File) bool { return f.Path == "internal/packs/packs_gen.go" })
		code := string(tree.Files[at].Body)
		database, cache := strings.Index(code, "postgres.Join("), strings.Index(code, "cache.Join(")
		if database < 0 || cache < database {
			t.Errorf("%v are joined in the wrong order:\n%s", packs, code)
		}
	}
}
