//go:build proof

package authoring_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds/authoring"
)

// Every service that go-http is tried with builds and passes its tests, under
// names of every kind, and every validator takes it.
// It takes minutes, so "make proof" asks for it with this tag.
func TestGoldenPathsPassTheWholeTest(t *testing.T) {
	t.Parallel()
	r := testPath(t, filepath.Join("..", "paths", "go-http"), false)
	if r.Count(authoring.Fail) > 0 || r.Rows < 20 {
		t.Errorf("%d services tried\n%s", r.Rows, failures(r))
	}
	for _, c := range r.Checks {
		if c.Status == authoring.NotChecked && !strings.HasPrefix(c.Reason, "image not built here") {
			t.Errorf("%s: not checked, %s", c.Name, c.Reason)
		}
		t.Logf("%6.1f s  %s  %s: %s %s", c.Seconds, c.Status, c.Group, c.Name, c.Reason)
	}
}
