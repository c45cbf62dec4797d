package catalogtest

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// testFormer renames an entity twice, lets another one take its first name, and
// deletes both.
func testFormer(t *testing.T, s *shop) {
	t.Helper()
	former := func(name string) (string, bool) {
		t.Helper()
		f, was, err := s.FormerOf(t.Context(), ref(name))
		if err != nil {
			t.Fatal(err)
		}
		if was != (len(f.Changes) > 0 && f.Now != ref(name)) {
			t.Errorf("%s: %+v, %t", name, f, was)
		}
		return f.Now.Name, was
	}
	missing := func(name, says string) {
		t.Helper()
		_, err := s.Get(t.Context(), ref(name))
		if !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), says) || fault.From(err).Hint == "" {
			t.Errorf("%s: %v, want %q with a hint", name, err, says)
		}
	}
	id := s.register(t, shopFolder).Location.ID
	for _, name := range []string{"component:orders", "component:none"} {
		if now, was := former(name); was {
			t.Errorf("%s was something: %s", name, now)
		}
	}
	rename := func(name string) {
		t.Helper()
		s.files["orders/catalog-info.yaml"] = file(service(name, "checkout", "consumesApis: [inventory]", "providesApis: [orders]"), api("orders", "checkout"))
		s.refresh(t, id)
	}
	rename("sales")
	missing("component:orders", "it is called component:default/sales now")
	rename("shop")
	for _, name := range []string{"component:orders", "component:sales"} {
		if now, was := former(name); now != "shop" || !was {
			t.Errorf("%s is %q, %t", name, now, was)
		}
		missing(name, "it is called component:default/shop now")
	}
	s.reader["/srv/other"] = fstest.MapFS{"catalog-info.yaml": file(service("orders", "warehouse"))}
	other := s.register(t, "/srv/other").Location
	if now, was := former("component:orders"); was {
		t.Errorf("the name is taken, and yet it is %s", now)
	}
	ctx := catalog.WithActor(t.Context(), "user:default/ada")
	for _, l := range []string{other.ID, id} {
		if err := s.Remove(ctx, catalog.Location{ID: l}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"component:orders", "component:shop"} {
		if now, was := former(name); now != "" || !was {
			t.Errorf("%s is %q, %t", name, now, was)
		}
		missing(name, "user:default/ada deleted it at 20")
	}
	missing("component:sales", "it was called component:default/shop when user:default/ada deleted it")
	missing("component:salse", "is not in the catalog.")
}
