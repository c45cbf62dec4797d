package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
)

// org has a component that uses another's API, in teams below teams.
const org = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: retail}
spec: {type: department, children: [checkout]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: checkout}
spec: {type: team, parent: retail, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada}
spec: {memberOf: [checkout]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: orders}
spec: {type: service, lifecycle: production, owner: checkout, consumesApis: [stock], dependsOn: [resource:db]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: inventory}
spec: {type: service, lifecycle: production, owner: ghosts, providesApis: [stock]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: stock}
spec: {type: openapi, lifecycle: production, owner: user:ada, definition: x}
`

func ref(t *testing.T, s string) catalog.Ref {
	t.Helper()
	r, err := catalog.ParseRef(s, catalog.RefDefaults{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestGraph(t *testing.T) {
	t.Parallel()
	c := registered(t, fstest.MapFS{"catalog-info.yaml": {Data: []byte(org)}})
	tests := []struct {
		name  string
		query catalog.GraphQuery
		nodes string
		edges string
		cut   bool
	}{
		{
			"one step both ways",
			catalog.GraphQuery{},
			"component:orders api:stock resource:db! group:checkout",
			"orders consumesApi stock, orders dependsOn db, orders ownedBy checkout", false,
		},
		{
			"what uses it",
			catalog.GraphQuery{Roots: []catalog.Ref{ref(t, "api:stock")}, Direction: catalog.DirectionIn},
			"api:stock component:orders component:inventory", "inventory providesApi stock, orders consumesApi stock", false,
		},
		{
			"two steps along dependencies",
			catalog.GraphQuery{Depth: 2, Types: []string{"ConsumesApi", "apiProvidedBy"}},
			"component:orders api:stock component:inventory", "inventory providesApi stock, orders consumesApi stock", false,
		},
		{"some kinds", catalog.GraphQuery{Depth: 3, Kinds: []string{"API"}}, "component:orders api:stock", "orders consumesApi stock", false},
		{
			"what is missing has neighbours",
			catalog.GraphQuery{Roots: []catalog.Ref{ref(t, "group:ghosts")}},
			"group:ghosts! component:inventory", "inventory ownedBy ghosts", false,
		},
		{"a limit", catalog.GraphQuery{Limit: 2}, "component:orders api:stock", "orders consumesApi stock", true},
		{"nobody knows it", catalog.GraphQuery{Roots: []catalog.Ref{ref(t, "group:none")}}, "group:none!", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.query.Roots == nil {
				tt.query.Roots = []catalog.Ref{ref(t, "component:orders")}
			}
			g, err := c.Graph(t.Context(), tt.query)
			if err != nil {
				t.Fatal(err)
			}
			var nodes, edges []string
			for _, n := range g.Nodes {
				name := n.Ref.Kind + ":" + n.Ref.Name
				if n.Missing {
					name += "!"
				}
				nodes = append(nodes, name)
			}
			for _, e := range g.Edges {
				edges = append(edges, e.Source.Name+" "+e.Type+" "+e.Target.Name)
			}
			if diff := gocmp.Diff(sortedWords(tt.nodes, " "), sortedWords(strings.Join(nodes, " "), " ")); diff != "" {
				t.Errorf("nodes (-want +got):\n%s", diff)
			}
			if diff := gocmp.Diff(sortedWords(tt.edges, ", "), sortedWords(strings.Join(edges, ", "), ", ")); diff != "" {
				t.Errorf("edges (-want +got):\n%s", diff)
			}
			if g.Cut != tt.cut {
				t.Errorf("cut = %t", g.Cut)
			}
		})
	}
	for _, bad := range []catalog.GraphQuery{{}, {Roots: []catalog.Ref{{}}, Depth: 11}, {Roots: []catalog.Ref{{}}, Direction: "up"}} {
		if _, err := c.Graph(t.Context(), bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

func sortedWords(s, separator string) []string {
	words := strings.Split(s, separator)
	slices.Sort(words)
	return words
}

func TestOwners(t *testing.T) {
	t.Parallel()
	c := registered(t, fstest.MapFS{"catalog-info.yaml": {Data: []byte(org)}})
	for name, want := range map[string]string{
		"component:orders":    "group:default/checkout group:default/retail",
		"component:inventory": "group:default/ghosts!",
		"api:stock":           "user:default/ada group:default/checkout group:default/retail",
		"user:ada":            "",
	} {
		owners, err := c.OwnersOf(t.Context(), ref(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, o := range owners {
			text := o.Ref.String()
			if o.Missing {
				text += "!"
			}
			got = append(got, text)
			if len(o.Via) != i {
				t.Errorf("%s is owned by %s via %v", name, o.Ref, o.Via)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is owned by %v, want %s", name, got, want)
		}
	}
	if _, err := c.OwnersOf(t.Context(), ref(t, "component:ordres")); err == nil || !strings.Contains(err.Error(), "not in the catalog") {
		t.Errorf("owners of nothing: %v", err)
	}
	for _, tt := range []struct {
		owner      string
		transitive bool
		want       string
	}{
		{"group:retail", false, ""},
		{"group:retail", true, "api:default/stock component:default/orders"},
		{"group:checkout", false, "component:default/orders"},
		{"user:ada", false, "api:default/stock"},
		{"user:ada", true, "api:default/stock component:default/orders"},
		{"group:ghosts", true, "component:default/inventory"},
	} {
		refs, err := c.OwnedBy(t.Context(), ref(t, tt.owner), tt.transitive)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range refs {
			got = append(got, r.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s owns %v, want %s (transitive: %t)", tt.owner, got, tt.want, tt.transitive)
		}
	}
}

// TestOwnersAndOwnedAgree makes groups at random that are part of each other in
// circles: of whatever a group is said to be an owner, it is said to own.
func TestOwnersAndOwnedAgree(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1)) // #nosec G404 -- the same for the same seed
		group := func() string { return fmt.Sprintf("g%d", random.IntN(6)) }
		var b strings.Builder
		for i := range 6 {
			fmt.Fprintf(&b, "---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: g%d}\nspec: {type: team, parent: %s, children: [%s]}\n", i, group(), group())
			fmt.Fprintf(&b, "---\napiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: u%d}\nspec: {memberOf: [%s]}\n", i, group())
			owner := group()
			if i%2 == 0 {
				owner = fmt.Sprintf("user:u%d", random.IntN(6))
			}
			fmt.Fprintf(&b, "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: c%d}\nspec: {type: service, lifecycle: production, owner: %s}\n", i, owner)
		}
		c := registered(t, fstest.MapFS{"catalog-info.yaml": {Data: []byte(b.String())}})
		says := map[string]bool{}
		for i := range 6 {
			name := fmt.Sprintf("component:default/c%d", i)
			owners, err := c.OwnersOf(t.Context(), ref(t, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range owners {
				says[o.Ref.String()+" "+name] = o.Ref.Kind == "group"
			}
		}
		for i := range 6 {
			g := catalog.NewRef("group", "", fmt.Sprintf("g%d", i))
			owned, err := c.OwnedBy(t.Context(), g, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range owned {
				if key := g.String() + " " + o.String(); !says[key] {
					t.Errorf("seed %d: %s is owned, and the group is no owner", seed, key)
				}
				delete(says, g.String()+" "+o.String())
			}
		}
		for key, isGroup := range says {
			if isGroup {
				t.Errorf("seed %d: %s is an owner that owns it not", seed, key)
			}
		}
	}
}
