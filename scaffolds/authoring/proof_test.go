//go:build proof

package authoring_test

import (
	"path/filepath"
	"testing"

	"github.com/goldenpath/platform/scaffolds/authoring"
)

// Every service that go-http is tried with builds, under names of every kind.
// It takes minutes, so "make proof" asks for it with this tag.
func TestGoldenPathsPassTheWholeTest(t *testing.T) {
	t.Parallel()
	r := testPath(t, filepath.Join("..", "paths", "go-http"), false)
	if r.Count(authoring.Fail) > 0 || r.Rows < 20 {
		t.Errorf("%d services tried\n%s", r.Rows, failures(r))
	}
}
