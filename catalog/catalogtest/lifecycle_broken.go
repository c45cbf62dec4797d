package catalogtest

import (
	"strings"
	"testing"
)

// testBrokenHoldsUp breaks one file of a location while others change and go.
func testBrokenHoldsUp(t *testing.T, s *shop) {
	t.Helper()
	const torn = "kind: ["
	s.files["named/all.yaml"] = file("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {targets: [./a.yaml, ./b.yaml]}\n")
	s.files["named/catalog-info.yaml"] = file("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: top}\nspec: {target: ./all.yaml}\n")
	s.files["named/a.yaml"], s.files["named/b.yaml"] = file(service("a", "checkout")), file(service("b", "checkout"))
	s.files["two/catalog-info.yaml"] = file(service("first", "checkout"), service("second", "warehouse"))
	id := s.register(t, shopFolder).Location.ID
	orders, inventory := s.files["orders/catalog-info.yaml"], s.files["inventory/catalog-info.yaml"]

	s.files["inventory/catalog-info.yaml"] = file(torn)
	delete(s.files, "orders/catalog-info.yaml")
	r := s.refresh(t, id)
	want(t, "of the file that went", text(r.Orphaned), []string{"api:default/orders", "component:default/orders"})
	if !s.get(t, "component:inventory").OrphanedAt.IsZero() {
		t.Error("what the broken file defines is an orphan")
	}
	s.files["two/catalog-info.yaml"] = file(service("second", "warehouse"))
	r = s.refresh(t, id)
	want(t, "of a file that no longer defines it", text(r.Orphaned), []string{"component:default/first"})

	s.files["named/all.yaml"] = file(torn) // names nothing, but nobody knows
	want(t, "of a file that named others", text(s.refresh(t, id).Orphaned), nil)
	delete(s.files, "named/a.yaml")
	want(t, "of a file that went, named or not", text(s.refresh(t, id).Orphaned), []string{"component:default/a"})

	s.files["orders/catalog-info.yaml"], s.files["inventory/catalog-info.yaml"] = orders, inventory
	s.refresh(t, id)
	delete(s.files, "orders/catalog-info.yaml") // it moves, and is broken on the way
	s.files["moved/catalog-info.yaml"] = file(strings.Replace(service("orders", "checkout"), "lifecycle: production", "lifecycle: ''", 1))
	r = s.refresh(t, id)
	want(t, "of what is named in a broken file", text(r.Orphaned), []string{"api:default/orders"})
}
