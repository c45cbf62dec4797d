//go:build proof

package scaffolds_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds"
)

// The service's own tests, its contract tests among them. It takes minutes, so
// "make proof" asks for it with this tag.
func TestServicesPassTheirTests(t *testing.T) {
	t.Parallel()
	p := goHTTP(t)
	for _, c := range serviceCases(t) { //nolint:paralleltest // each keeps the machine busy
		t.Run(c.name, func(t *testing.T) {
			c.answers.Consumes = c.answers.Consumes[:min(4, len(c.answers.Consumes))] // each is linked with C
			if c.providers == nil {
				for _, name := range c.answers.Consumes {
					c.providers = append(c.providers, scaffolds.Provider{Name: name, OpenAPI: []byte(odd)})
				}
			}
			tree, err := p.Render(c.answers, c.providers)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "service")
			if err := tree.Write(dir); err != nil {
				t.Fatal(err)
			}
			run(t, dir, "make", "test")
			for _, name := range c.answers.Consumes {
				name = name[strings.LastIndexAny(name, ":/")+1:]
				if _, err := os.Stat(filepath.Join(dir, "pacts", c.answers.Name+"-"+name+".json")); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
