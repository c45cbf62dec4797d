package catalogtest

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
)

// testReplaced writes another component into a file whose only one is gone.
func testReplaced(t *testing.T, s *shop) {
	t.Helper()
	before := service("orders", "checkout", "consumesApis: [inventory]", "providesApis: [orders]")
	for name, tt := range map[string]struct {
		now     string
		renamed bool
	}{
		"another type": {strings.Replace(service("site", "checkout", "consumesApis: [inventory]", "providesApis: [orders]"), "type: service", "type: website", 1), false},
		"another owner, system and all the rest": {
			strings.NewReplacer("system: shop", "system: ledger", "tags: [go]", "tags: [java]").
				Replace(service("billing", "ledger", "consumesApis: [bank]", "providesApis: [billing]")), false,
		},
		"little in common": {
			strings.Replace(service("billing", "checkout", "dependsOn: ['resource:bank']", "providesApis: [billing]"), "tags: [go]", "description: It bills.", 1), false,
		},
		"other owner and APIs": {service("sales", "warehouse", "providesApis: [sales]", "consumesApis: [inventory]"), true},
		"moved to other hands and tidied up": {
			strings.Replace(service("sales", "warehouse", "consumesApis: [inventory]", "providesApis: [orders]"), "tags: [go]", "description: It sells.", 1), true,
		},
	} {
		folder := "/srv/" + strings.ReplaceAll(name, " ", "-")
		files := fstest.MapFS{"catalog-info.yaml": file(before)}
		s.reader[folder] = files
		id := s.register(t, folder).Location.ID
		uid := s.uid(t, "component:orders")
		files["catalog-info.yaml"] = file(tt.now)
		r := s.refresh(t, id)
		if len(r.Entities) != 1 {
			t.Fatalf("%s: entities %v, problems %v", name, r.Entities, r.Problems)
		}
		now := s.uid(t, "component:"+r.Entities[0].Name)
		if (now == uid) != tt.renamed || (len(r.Renamed) == 1) != tt.renamed || (len(r.Orphaned) == 0) != tt.renamed {
			t.Errorf("%s: renamed %v, orphaned %v, uid %s, was %s", name, r.Renamed, r.Orphaned, now, uid)
		}
		if err := s.Remove(t.Context(), catalog.Location{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
}
