package catalog_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
)

// TestRelations checks every relation field from both of its ends, with
// targets that are not in the catalog.
func TestRelations(t *testing.T) {
	t.Parallel()
	base := map[string]string{
		"Component": "type: a, lifecycle: b, owner: own", "API": "type: a, lifecycle: b, owner: own, definition: x",
		"Resource": "type: a, owner: own", "System": "owner: own", "Domain": "owner: own",
		"Group": "type: a, children: []", "User": "memberOf: []", "Robot": "",
	}
	tests := []struct{ kind, field, value, out, target, in string }{
		{"Component", "owner", "team", "ownedBy", "group:shop/team", "ownerOf"},
		{"Component", "owner", "user:default/ada", "ownedBy", "user:default/ada", "ownerOf"},
		{"Component", "system", "s", "partOf", "system:shop/s", "hasPart"},
		{"Component", "subcomponentOf", "c", "partOf", "component:shop/c", "hasPart"},
		{"Component", "providesApis", "[a]", "providesApi", "api:shop/a", "apiProvidedBy"},
		{"Component", "consumesApis", "[other/a]", "consumesApi", "api:other/a", "apiConsumedBy"},
		{"Component", "dependsOn", "[\"Resource:DB\"]", "dependsOn", "resource:shop/db", "dependencyOf"},
		{"Component", "dependencyOf", "component:c", "dependencyOf", "component:shop/c", "dependsOn"},
		{"Component", "dependencyOf", "[\"component:c\"]", "dependencyOf", "component:shop/c", "dependsOn"},
		{"API", "owner", "team", "ownedBy", "group:shop/team", "ownerOf"},
		{"API", "system", "s", "partOf", "system:shop/s", "hasPart"},
		{"Resource", "owner", "team", "ownedBy", "group:shop/team", "ownerOf"},
		{"Resource", "system", "s", "partOf", "system:shop/s", "hasPart"},
		{"Resource", "dependsOn", "[\"resource:r\"]", "dependsOn", "resource:shop/r", "dependencyOf"},
		{"Resource", "dependencyOf", "[\"component:c\"]", "dependencyOf", "component:shop/c", "dependsOn"},
		{"System", "owner", "team", "ownedBy", "group:shop/team", "ownerOf"},
		{"System", "domain", "d", "partOf", "domain:shop/d", "hasPart"},
		{"Domain", "owner", "team", "ownedBy", "group:shop/team", "ownerOf"},
		{"Domain", "subdomainOf", "d", "partOf", "domain:shop/d", "hasPart"},
		{"Group", "parent", "p", "childOf", "group:shop/p", "parentOf"},
		{"Group", "children", "[k]", "parentOf", "group:shop/k", "childOf"},
		{"Group", "members", "[ada]", "hasMember", "user:shop/ada", "memberOf"},
		{"User", "memberOf", "[team]", "memberOf", "group:shop/team", "hasMember"},
		{"Robot", "owner", "team", "ownedBy", "group:shop/team", "ownerOf"},
	}
	for _, tt := range tests {
		t.Run(tt.kind+"."+tt.field+" "+tt.value, func(t *testing.T) {
			t.Parallel()
			var spec []string
			for field := range strings.SplitSeq(base[tt.kind], ", ") {
				if field != "" && !strings.HasPrefix(field, tt.field+":") {
					spec = append(spec, field)
				}
			}
			file := "apiVersion: backstage.io/v1alpha1\nkind: " + tt.kind + "\nmetadata: {name: X, namespace: shop}\nspec: {" +
				strings.Join(append(spec, tt.field+": "+tt.value), ", ") + "}\n"
			c := catalogtest.New(map[string]fs.FS{"/r": fstest.MapFS{"catalog-info.yaml": {Data: []byte(file)}}})
			if r, err := c.Register(t.Context(), catalog.Location{Target: "/r"}); err != nil || len(r.Problems) != 0 {
				t.Fatalf("register: %v, %v", r.Problems, err)
			}
			self := catalog.NewRef(tt.kind, "shop", "x")
			check(t, c, self, tt.out, tt.target, tt.target == self.String())
			target, err := catalog.ParseRef(tt.target, catalog.RefDefaults{})
			if err != nil {
				t.Fatal(err)
			}
			check(t, c, target, tt.in, self.String(), true)
		})
	}
}

// check looks for one relation of ref.
func check(t *testing.T, c *catalog.Catalog, ref catalog.Ref, relation, target string, exists bool) {
	t.Helper()
	neighbours, err := c.Neighbours(t.Context(), ref, relation)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range neighbours {
		if n.Ref.String() == target && n.Exists == exists {
			return
		}
	}
	t.Errorf("%s has no %s to %s (exists %t): %+v", ref, relation, target, exists, neighbours)
}

// company is a catalog with people, groups and services.
func company(t *testing.T) *catalog.Catalog {
	t.Helper()
	const head = "---\napiVersion: backstage.io/v1alpha1\nkind: "
	file := head + "Group\nmetadata: {name: all}\nspec: {type: company, children: []}\n" +
		head + "Group\nmetadata: {name: Checkout, title: The Checkout team}\nspec: {type: team, children: [], parent: all, members: [bob]}\n" +
		head + "User\nmetadata: {name: ada}\nspec: {memberOf: [checkout], profile: {displayName: Ada Lovelace}}\n" +
		head + "System\nmetadata: {name: shop}\nspec: {owner: checkout}\n" +
		head + "Component\nmetadata: {name: orders, description: Takes orders}\nspec: {type: service, lifecycle: production, owner: checkout, system: shop, providesApis: [old, orders, ghost]}\n" +
		head + "Component\nmetadata: {name: website}\nspec: {type: Website, lifecycle: production, owner: nobody}\n" +
		head + "API\nmetadata: {name: old}\nspec: {type: grpc, lifecycle: deprecated, owner: checkout, definition: proto}\n" +
		head + "API\nmetadata: {name: orders, tags: [rest]}\nspec: {type: openapi, lifecycle: production, owner: checkout, definition: 'openapi: 3.1.0'}\n"
	c := catalogtest.New(map[string]fs.FS{"/r": fstest.MapFS{"catalog-info.yaml": {Data: []byte(file)}}})
	if r, err := c.Register(t.Context(), catalog.Location{Target: "/r"}); err != nil || len(r.Problems) != 0 {
		t.Fatalf("register: %v, %v", r.Problems, err)
	}
	return c
}

func TestOwnership(t *testing.T) {
	t.Parallel()
	c := company(t)
	orders, err := c.Get(t.Context(), catalog.NewRef("component", "", "orders"))
	if err != nil {
		t.Fatal(err)
	}
	owner, found, err := c.OwnerOf(t.Context(), orders)
	if err != nil || !found || !owner.Exists || owner.Title != "The Checkout team" || owner.Name != "Checkout" {
		t.Errorf("OwnerOf = %+v, %t, %v", owner, found, err)
	}
	if system, found, err := c.SystemOf(t.Context(), orders); err != nil || !found || system.Ref.String() != "system:default/shop" {
		t.Errorf("SystemOf = %+v, %t, %v", system, found, err)
	}
	website, err := c.Get(t.Context(), catalog.NewRef("component", "", "website"))
	if err != nil {
		t.Fatal(err)
	}
	if owner, found, err := c.OwnerOf(t.Context(), website); err != nil || !found || owner.Exists || owner.Title != "nobody" {
		t.Errorf("OwnerOf = %+v, %t, %v; want one that does not exist", owner, found, err)
	}
	if _, found, err := c.SystemOf(t.Context(), website); err != nil || found {
		t.Errorf("the website is in a system: %v", err)
	}
	members, err := c.MembersOf(t.Context(), owner.Ref)
	if err != nil || len(members) != 2 || members[0].Title != "Ada Lovelace" || members[1].Exists {
		t.Errorf("MembersOf = %+v, %v", members, err)
	}
	groups, err := c.GroupsOf(t.Context(), catalog.NewRef("user", "", "ada"))
	if err != nil || len(groups) != 2 || groups[0].Name != "Checkout" || groups[1].Name != "all" {
		t.Errorf("GroupsOf = %+v, %v", groups, err)
	}
	if has, err := c.HasGroups(t.Context()); err != nil || !has {
		t.Errorf("HasGroups = %t, %v", has, err)
	}
	if has, err := catalogtest.New(nil).HasGroups(t.Context()); err != nil || has {
		t.Errorf("an empty catalog: HasGroups = %t, %v", has, err)
	}
}

func TestAPIOf(t *testing.T) {
	t.Parallel()
	c := company(t)
	api, found, err := c.APIOf(t.Context(), catalog.NewRef("component", "", "orders"))
	if err != nil || !found || api.Ref().String() != "api:default/orders" {
		t.Fatalf("APIOf = %s, %t, %v", api.Ref(), found, err)
	}
	if doc, err := c.Definition(t.Context(), api.Ref()); err != nil || string(doc) != "openapi: 3.1.0" {
		t.Errorf("Definition = %q, %v", doc, err)
	}
	if _, found, err := c.APIOf(t.Context(), catalog.NewRef("component", "", "website")); err != nil || found {
		t.Errorf("the website provides an API: %v", err)
	}
	if _, err := c.Definition(t.Context(), catalog.NewRef("component", "", "orders")); !fault.Is(err, fault.NotFound) {
		t.Errorf("Definition of a component = %v", err)
	}
}

func TestGetSuggestsWhatIsNear(t *testing.T) {
	t.Parallel()
	c := company(t)
	_, err := c.Get(t.Context(), catalog.NewRef("component", "", "ordres"))
	f := fault.From(err)
	if f.Code != fault.NotFound || f.Message != "component:default/ordres is not in the catalog." || !strings.HasPrefix(f.Hint, "Did you mean component:default/orders? ") {
		t.Errorf("Get = %+v", f)
	}
	// Who names no kind means a component, and perhaps should not have.
	for _, tt := range []struct {
		typed catalog.Ref
		hint  string
	}{
		{catalog.NewRef("component", "", "checkout"), "Did you mean group:default/checkout? "},
		{catalog.NewRef("component", "", "chekout"), "Did you mean group:default/checkout? "},
		{catalog.NewRef("group", "", "website"), "Did you mean component:default/website? "},
	} {
		if _, err := c.Get(t.Context(), tt.typed); !strings.HasPrefix(fault.From(err).Hint, tt.hint) {
			t.Errorf("%s: %q", tt.typed, fault.From(err).Hint)
		}
	}
	_, err = c.Get(t.Context(), catalog.NewRef("component", "", "zzzzzzzzz"))
	if f := fault.From(err); f.Hint != "Register its file: platform catalog register PATH_OR_URL" {
		t.Errorf("hint = %q", f.Hint)
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	c := company(t)
	tests := []struct {
		name  string
		query catalog.Query
		want  []string
	}{
		{"kinds in any case", catalog.Query{Kinds: []string{"component"}}, []string{"orders", "website"}},
		{"owner by bare name", catalog.Query{Owners: []string{"checkout"}, Kinds: []string{"Component"}}, []string{"orders"}},
		{"owner by reference", catalog.Query{Owners: []string{"Group:Default/Checkout"}, Kinds: []string{"Component"}}, []string{"orders"}},
		{"type in any case", catalog.Query{Types: []string{"website"}}, []string{"website"}},
		{"system", catalog.Query{Systems: []string{"shop"}}, []string{"orders"}},
		{"text in the description", catalog.Query{Text: " TAKES or"}, []string{"orders"}},
		{"text in a person's name", catalog.Query{Text: "lovelace"}, []string{"ada"}},
		{"tag and lifecycle", catalog.Query{Tags: []string{"rest"}, Lifecycles: []string{"production"}}, []string{"orders"}},
		{"ordered by kind, turned around", catalog.Query{Order: "-kind", Kinds: []string{"user", "group"}}, []string{"ada", "Checkout", "all"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			page, err := c.List(t.Context(), tt.query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range page.Items {
				got = append(got, e.Metadata.Name)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
	for _, q := range []catalog.Query{{Order: "colour"}, {Cursor: "nonsense"}} {
		if _, err := c.List(t.Context(), q); !fault.Is(err, fault.Invalid) || fault.From(err).Hint == "" {
			t.Errorf("List(%+v) = %v, want an invalid input with a hint", q, err)
		}
	}
	if _, err := c.Facets(t.Context(), catalog.Query{}, "colour"); !fault.Is(err, fault.Invalid) {
		t.Errorf("Facets = %v", err)
	}
	facets, err := c.Facets(t.Context(), catalog.Query{Kinds: []string{"component"}}, "owner", "kind")
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.FacetCount{{"group:default/checkout", "checkout", 1}, {"group:default/nobody", "nobody", 1}}
	if diff := cmp.Diff(want, facets["owner"]); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
	if got := facets["kind"][0]; len(facets["kind"]) != 5 || got.Label != "API" || got.Value != "api" || got.Count != 2 {
		t.Errorf("kinds = %+v", facets["kind"])
	}
}
