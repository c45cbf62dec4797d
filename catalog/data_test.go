package catalog_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
)

// shared returns a folder of real catalog files that lies beside the repository.
func shared(t *testing.T, name string) fs.FS {
	t.Helper()
	root, err := os.OpenRoot("../../shared/data/catalog/" + name)
	if err != nil {
		t.Skipf("REAL DATA NOT CHECKED: ../shared/data/catalog/%s is not there: %v", name, err)
	}
	t.Cleanup(func() { root.Close() })
	return root.FS()
}

// TestRealCatalogs ingests files that companies published.
func TestRealCatalogs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		folder     string
		kinds      map[string]int
		duplicates int // entities that the files define a second time
		relation   [3]string
	}{
		{
			folder: "giantswarm", kinds: map[string]int{"component": 68, "api": 16, "group": 12}, duplicates: 9,
			relation: [3]string{"component:default/agent", "ownedBy", "group:default/team-bumblebee"},
		},
		{
			folder: "backstage-software-templates", kinds: map[string]int{"template": 9},
			relation: [3]string{"template:default/docs-template", "ownedBy", "group:backstage/techdocs-core"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.folder, func(t *testing.T) {
			t.Parallel()
			c := catalogtest.New(map[string]fs.FS{"/r": shared(t, tt.folder)})
			r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
			if err != nil {
				t.Fatal(err)
			}
			duplicates := 0
			for _, p := range r.Problems {
				if !strings.Contains(p.Message, " is already defined in ") {
					t.Errorf("a problem in files that Backstage reads: %s", p)
				}
				duplicates++
			}
			if duplicates != tt.duplicates {
				t.Errorf("%d entities are defined twice, want %d", duplicates, tt.duplicates)
			}
			got := map[string]int{}
			for _, ref := range r.Entities {
				got[ref.Kind]++
			}
			if diff := cmp.Diff(tt.kinds, got); diff != "" {
				t.Errorf("kinds (-want +got):\n%s", diff)
			}
			page, err := c.List(t.Context(), catalog.Query{Limit: catalog.MaxLimit})
			if err != nil || page.Total != len(r.Entities) {
				t.Fatalf("List = %d, %v", page.Total, err)
			}
			related := false
			for _, e := range page.Items {
				for _, relation := range e.Relations {
					related = related || tt.relation == [3]string{e.Ref().String(), relation.Type, relation.TargetRef}
				}
				if shown, err := e.JSON(); err != nil || !json.Valid(shown) {
					t.Errorf("%s: %v", e.Ref(), err)
				}
			}
			if !related {
				t.Errorf("nothing says %v", tt.relation)
			}
		})
	}
}
