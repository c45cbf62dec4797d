package index_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog/index"
)

// doc makes a document from "kind name key=value …"; -> target adds an edge.
func doc(text string) index.Doc {
	parts := strings.Fields(text)
	ref := strings.ToLower(parts[0] + ":" + parts[1])
	d := index.Doc{
		ID: ref, Ref: ref, Etag: text, Kind: parts[0], Name: parts[1], Title: parts[1], Text: strings.ToLower(parts[1]),
		Values: []index.Value{{Key: "kind", Value: strings.ToLower(parts[0]), Label: parts[0]}},
	}
	for _, part := range parts[2:] {
		if key, value, found := strings.Cut(part, "="); found {
			d.Values = append(d.Values, index.Value{Key: key, Value: strings.ToLower(value), Label: value})
		} else {
			d.Edges = append(d.Edges,
				index.Edge{Source: ref, Type: "uses", Target: part}, index.Edge{Source: part, Type: "usedBy", Target: ref})
		}
	}
	return d
}

func filled(texts ...string) *index.Index {
	x := index.New()
	for _, text := range texts {
		x.Apply([]index.Doc{doc(text)}, nil)
	}
	return x
}

func shop() *index.Index {
	return filled(
		"API orders owner=checkout type=openapi",
		"Component Orders owner=checkout type=service tag=go tag=http api:orders",
		"Component inventory owner=warehouse type=service tag=go api:orders",
		"Component website owner=checkout type=Website component:ghost",
		"Group checkout",
	)
}

func refs(t *testing.T, x *index.Index, q index.Query) []string {
	t.Helper()
	if q.Order == "" {
		q.Order = "name"
	}
	if q.Limit == 0 {
		q.Limit = 100
	}
	r, err := x.Find(q)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, hit := range r.Hits {
		out = append(out, hit.Ref)
	}
	return out
}

func TestFind(t *testing.T) {
	t.Parallel()
	by := func(key string, values ...string) index.Filter { return index.Filter{Key: key, Values: values} }
	tests := []struct {
		name  string
		query index.Query
		want  []string
	}{
		{"everything by name, the same name by ref", index.Query{}, []string{"group:checkout", "component:inventory", "api:orders", "component:orders", "component:website"}},
		{"turned around", index.Query{Descending: true, Limit: 2}, []string{"component:website", "component:orders"}},
		{"one filter", index.Query{Filters: []index.Filter{by("tag", "go")}}, []string{"component:inventory", "component:orders"}},
		{"values of one filter are alternatives", index.Query{Filters: []index.Filter{by("type", "openapi", "website")}}, []string{"api:orders", "component:website"}},
		{"filters narrow", index.Query{Filters: []index.Filter{by("kind", "component"), by("owner", "checkout"), by("tag", "http")}}, []string{"component:orders"}},
		{"a value nobody has", index.Query{Filters: []index.Filter{by("owner", "nobody")}}, []string{}},
		{"a key nobody has", index.Query{Filters: []index.Filter{by("colour", "red")}}, []string{}},
		{"a part of a word", index.Query{Words: []string{"rder"}}, []string{"api:orders", "component:orders"}},
		{"all words must be there", index.Query{Words: []string{"web", "site"}}, []string{"component:website"}},
		{"words narrow filters", index.Query{Words: []string{"rder"}, Filters: []index.Filter{by("kind", "api")}}, []string{"api:orders"}},
		{"by another key, those without it last", index.Query{Order: "type"}, []string{"api:orders", "component:inventory", "component:orders", "component:website", "group:checkout"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := gocmp.Diff(tt.want, refs(t, shop(), tt.query)); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFacets(t *testing.T) {
	t.Parallel()
	x := shop()
	got := x.Facets(index.Query{Filters: []index.Filter{{Key: "kind", Values: []string{"component"}}}}, []string{"kind", "owner", "tag", "none"})
	want := map[string][]index.Count{
		"kind":  {{"component", "Component", 3}, {"api", "API", 1}, {"group", "Group", 1}},
		"owner": {{"checkout", "checkout", 2}, {"warehouse", "warehouse", 1}},
		"tag":   {{"go", "go", 2}, {"http", "http", 1}},
		"none":  {},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("facets (-want +got):\n%s", diff)
	}
}

func TestEdges(t *testing.T) {
	t.Parallel()
	x := shop()
	check := func(ref string, want ...index.Edge) {
		t.Helper()
		for i := range want {
			want[i].Source = ref
		}
		if diff := gocmp.Diff(want, x.Edges(ref)); diff != "" {
			t.Errorf("edges of %s (-want +got):\n%s", ref, diff)
		}
	}
	check("api:orders", index.Edge{Type: "usedBy", Target: "component:inventory"}, index.Edge{Type: "usedBy", Target: "component:orders"})
	check("component:ghost", index.Edge{Type: "usedBy", Target: "component:website"})
	check("component:nobody")
	// Two documents bring the same edge; it stays until both are gone.
	twice := doc("API orders")
	twice.Edges = []index.Edge{{Source: "component:orders", Type: "uses", Target: "api:orders"}}
	x.Apply([]index.Doc{twice}, nil)
	check("component:orders", index.Edge{Type: "uses", Target: "api:orders"})
	x.Apply(nil, []string{"component:orders"})
	check("component:orders", index.Edge{Type: "uses", Target: "api:orders"})
	x.Apply(nil, []string{"api:orders", "component:inventory"})
	if left := append(x.Edges("component:orders"), x.Edges("api:orders")...); len(left) != 0 {
		t.Errorf("edges are left: %v", left)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	x := filled("Group checkout", "Group checkers", "Group warehouse", "Component checkout", "Group payments-platform", "Group a")
	tests := []struct {
		name, kind, typed string
		want              []string
	}{
		{"a letter too many", "group", "checkoutt", []string{"group:checkout"}},
		{"two letters swapped", "group", "chekcout", []string{"group:checkout"}},
		{"case does not matter", "group", "Warehosue", []string{"group:warehouse"}},
		{"a part of it", "group", "payments", []string{"group:payments-platform"}},
		{"of any kind", "", "checkou", []string{"component:checkout", "group:checkout"}},
		{"nothing is near", "group", "zzzzzz", nil},
		{"a kind nobody has", "robot", "checkout", nil},
		{"nothing typed", "group", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, s := range x.Nearest("kind", tt.kind, tt.typed, 2) {
				got = append(got, s.Ref)
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("nearest (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPagesAgainstSorting changes an index at random and compares every way to
// walk through it with plain sorting and counting.
func TestPagesAgainstSorting(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	x := index.New()
	truth := map[string]index.Doc{}
	for round := range 60 {
		var puts []index.Doc
		var deletes []string
		for range random.IntN(40) + 1 {
			d := doc(fmt.Sprintf("Robot r%03d owner=o%d type=t%d component:c%d", random.IntN(400), random.IntN(30), random.IntN(3), random.IntN(9)))
			d.Updated = random.Int64N(50)
			if random.IntN(4) == 0 {
				deletes = append(deletes, d.ID)
				delete(truth, d.ID)
			} else {
				puts = append(puts, d)
			}
		}
		for _, d := range puts {
			truth[d.ID] = d
		}
		x.Apply(puts, deletes)
		q := index.Query{
			Order: []string{"name", "owner", "updated"}[round%3], Descending: round%2 == 0,
			Limit: random.IntN(30) + 1, Filters: [][]index.Filter{nil, {{Key: "type", Values: []string{"t1"}}}, {{Key: "owner", Values: []string{"o1", "o2"}}}}[random.IntN(3)],
		}
		compare(t, x, truth, q)
	}
	if x.Len() != len(truth) {
		t.Errorf("%d documents, want %d", x.Len(), len(truth))
	}
}

func compare(t *testing.T, x *index.Index, truth map[string]index.Doc, q index.Query) {
	t.Helper()
	first := func(d index.Doc, key string) string {
		for _, v := range d.Values {
			if v.Key == key {
				return v.Value
			}
		}
		return ""
	}
	var want []string
	counts := map[string]int{}
	docs := slices.SortedFunc(mapValues(truth), func(a, b index.Doc) int {
		n := strings.Compare(a.Name, b.Name)
		switch q.Order {
		case "owner":
			n = cmp.Or(strings.Compare(first(a, "owner"), first(b, "owner")), n)
		case "updated":
			n = cmp.Or(cmp.Compare(a.Updated, b.Updated), n)
		}
		if q.Descending {
			return -n
		}
		return n
	})
	for _, d := range docs {
		if !slices.ContainsFunc(q.Filters, func(f index.Filter) bool { return !slices.Contains(f.Values, first(d, f.Key)) }) {
			want = append(want, d.Ref)
			counts[first(d, "type")]++
		}
	}
	var got []string
	for range len(truth) + 2 {
		r, err := x.Find(q)
		if err != nil {
			t.Fatal(err)
		}
		if r.Total != len(want) {
			t.Fatalf("total %d, want %d for %+v", r.Total, len(want), q)
		}
		for _, hit := range r.Hits {
			got = append(got, hit.Ref)
		}
		if q.Cursor = r.Next; q.Cursor == "" {
			break
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("%+v (-want +got):\n%s", q, diff)
	}
	q.Filters = slices.DeleteFunc(slices.Clone(q.Filters), func(f index.Filter) bool { return f.Key == "type" })
	if len(q.Filters) == 0 {
		return
	}
	for _, c := range x.Facets(q, []string{"type"})["type"] {
		if counts[c.Value] != c.Count {
			t.Fatalf("facet %+v, want %d", c, counts[c.Value])
		}
	}
}

func mapValues(m map[string]index.Doc) func(func(index.Doc) bool) {
	return func(yield func(index.Doc) bool) {
		for _, d := range m {
			if !yield(d) {
				return
			}
		}
	}
}

func TestPagingSurvivesChanges(t *testing.T) {
	t.Parallel()
	x := filled("R a", "R b", "R c", "R d")
	r, err := x.Find(index.Query{Order: "name", Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	// What the page ended with goes, something new comes before and after.
	x.Apply([]index.Doc{doc("R aa"), doc("R bb")}, []string{"r:b"})
	if diff := gocmp.Diff([]string{"r:bb", "r:c", "r:d"}, refs(t, x, index.Query{Cursor: r.Next})); diff != "" {
		t.Errorf("second page (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"nonsense", "e30", "!!"} {
		if _, err := x.Find(index.Query{Order: "name", Limit: 2, Cursor: bad}); err == nil {
			t.Errorf("the cursor %q was taken", bad)
		}
	}
	if _, err := x.Find(index.Query{Order: "kind", Limit: 2, Cursor: r.Next}); err == nil {
		t.Error("a cursor of another order was taken")
	}
}

// company generates documents shaped like those of a company.
func company(n int) []index.Doc {
	docs := make([]index.Doc, n)
	for i := range docs {
		docs[i] = doc(fmt.Sprintf("%s service-%06d owner=group:default/team-%d system=system:default/system-%d type=%s lifecycle=%s tag=%s group:default/team-%d system:default/system-%d",
			[]string{"Component", "Component", "API", "Resource"}[i%4], (i*7919)%n, i%(n/50+1), i%(n/20+1),
			[]string{"service", "library", "website", "openapi", "database"}[i%5], []string{"production", "experimental", "deprecated"}[i%3],
			[]string{"go", "java", "ts", "rust"}[i%4], i%(n/50+1), i%(n/20+1)))
		docs[i].ID = fmt.Sprintf("uid-%d", i)
		docs[i].Ref += strconv.Itoa(i)
	}
	return docs
}

func BenchmarkIndex(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		docs := company(n)
		x := index.New()
		x.Apply(docs, nil)
		list := index.Query{Order: "name", Limit: 20, Filters: []index.Filter{
			{Key: "kind", Values: []string{"component"}}, {Key: "lifecycle", Values: []string{"production"}},
		}}
		b.Run(fmt.Sprintf("%d/list with two filters", n), func(b *testing.B) {
			for b.Loop() {
				if r, err := x.Find(list); err != nil || len(r.Hits) != 20 {
					b.Fatal(len(r.Hits), err)
				}
			}
		})
		narrow := list
		narrow.Filters = []index.Filter{{Key: "kind", Values: []string{"component"}}, {Key: "owner", Values: []string{"group:default/team-7"}}}
		b.Run(fmt.Sprintf("%d/list of one owner", n), func(b *testing.B) {
			for b.Loop() {
				if r, err := x.Find(narrow); err != nil || len(r.Hits) == 0 {
					b.Fatal(len(r.Hits), err)
				}
			}
		})
		b.Run(fmt.Sprintf("%d/three facets of all", n), func(b *testing.B) {
			for b.Loop() {
				if f := x.Facets(index.Query{}, []string{"kind", "owner", "lifecycle"}); len(f["owner"]) == 0 {
					b.Fatal("no facets")
				}
			}
		})
		b.Run(fmt.Sprintf("%d/three facets with a filter", n), func(b *testing.B) {
			for b.Loop() {
				if f := x.Facets(index.Query{Filters: list.Filters[:1]}, []string{"type", "owner", "lifecycle"}); len(f["owner"]) == 0 {
					b.Fatal("no facets")
				}
			}
		})
		b.Run(fmt.Sprintf("%d/substring", n), func(b *testing.B) {
			q := index.Query{Order: "name", Limit: 20, Words: []string{"-0012"}}
			for b.Loop() {
				if r, err := x.Find(q); err != nil || len(r.Hits) == 0 {
					b.Fatal(len(r.Hits), err)
				}
			}
		})
		b.Run(fmt.Sprintf("%d/one change, then a list", n), func(b *testing.B) {
			for b.Loop() {
				x.Apply(docs[42:43], nil)
				if _, err := x.Find(list); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("%d/build", n), func(b *testing.B) {
			for b.Loop() {
				fresh := index.New()
				fresh.Apply(docs, nil)
				if _, err := fresh.Find(list); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
