package catalog_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
)

// generated returns catalog files of a company: n/2 components with an API of
// about 5 kB each.
func generated(n int) fstest.MapFS {
	document := strings.Repeat("      description: what this operation of the API is good for\n", 80)
	files := fstest.MapFS{}
	for i := range n / 2 {
		files[fmt.Sprintf("team-%d/service-%d/catalog-info.yaml", i%100, i)] = &fstest.MapFile{Data: fmt.Appendf(nil,
			"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: service-%[1]d\n  title: Service %[1]d\n  tags: [go]\n"+
				"spec:\n  type: service\n  lifecycle: production\n  owner: team-%[2]d\n  system: system-%[3]d\n  providesApis: [service-%[1]d]\n"+
				"---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: service-%[1]d\n"+
				"spec:\n  type: openapi\n  lifecycle: production\n  owner: team-%[2]d\n  definition: |\n%[4]s", i, i%100, i%300, document)}
	}
	return files
}

func BenchmarkCatalog(b *testing.B) {
	const n = 10_000
	files := map[string]fs.FS{"/r": generated(n)}
	c := catalogtest.New(files)
	if r, err := c.Register(b.Context(), catalog.Location{Target: "/r"}); err != nil || len(r.Entities) != n {
		b.Fatalf("%d entities, %v", len(r.Entities), err)
	}
	b.Run("ingest 10,000 until queryable", func(b *testing.B) {
		for b.Loop() {
			fresh := catalogtest.New(files)
			if _, err := fresh.Register(b.Context(), catalog.Location{Target: "/r"}); err != nil {
				b.Fatal(err)
			}
			if page, err := fresh.List(b.Context(), catalog.Query{Limit: 1}); err != nil || page.Total != n {
				b.Fatal(page.Total, err)
			}
		}
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "entities/s")
	})
	query := catalog.Query{Kinds: []string{"component"}, Owners: []string{"team-7"}, Limit: 20}
	b.Run("list 20 with two filters", func(b *testing.B) {
		for b.Loop() {
			if page, err := c.List(b.Context(), query); err != nil || len(page.Items) != 20 {
				b.Fatal(len(page.Items), err)
			}
		}
	})
	b.Run("three facets with a filter", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.Facets(b.Context(), catalog.Query{Kinds: []string{"component"}}, "owner", "system", "type"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("substring", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.List(b.Context(), catalog.Query{Text: "vice 49", Limit: 20}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
