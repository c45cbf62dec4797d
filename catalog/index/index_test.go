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
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/goldenpath/platform/catalog/index"
)

// doc makes a document from "kind name key=value …"; -> target adds an edge.
func doc(text string) index.Doc {
	parts := strings.Fields(text)
	ref := strings.ToLower(parts[0] + ":" + parts[1])
	d := index.Doc{
		ID: ref, Ref: ref, Etag: text, Kind: parts[0], Name: parts[1], Title: parts[1], Text: strings.ToLower(parts[1]),
		Terms: []index.Term{{Key: "kind", Value: parts[0]}, {Key: "name", Value: parts[1]}},
	}
	for _, part := range parts[2:] {
		if key, value, found := strings.Cut(part, "="); found {
			d.Terms = append(d.Terms, index.Term{Key: key, Value: value, Item: key == "tag"})
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

func byName(descending bool) []index.By {
	return []index.By{{Key: "name", Descending: descending}, {Key: index.ByRef, Descending: descending}}
}

func has(key string, values ...string) index.Condition { return index.Has{Key: key, Values: values} }

func refs(t *testing.T, x *index.Index, q index.Query) []string {
	t.Helper()
	if q.Order == nil {
		q.Order = byName(false)
	}
	out := []string{}
	for _, hit := range x.Find(q).Hits {
		out = append(out, hit.Ref)
	}
	return out
}

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		query index.Query
		want  []string
	}{
		{"everything by name, the same name by ref", index.Query{}, []string{"group:checkout", "component:inventory", "api:orders", "component:orders", "component:website"}},
		{"turned around", index.Query{Order: byName(true), Limit: 2}, []string{"component:website", "component:orders"}},
		{"one condition", index.Query{Where: has("tag", "go")}, []string{"component:inventory", "component:orders"}},
		{"values are alternatives", index.Query{Where: has("type", "openapi", "website")}, []string{"api:orders", "component:website"}},
		{"case does not matter", index.Query{Where: has("TYPE", "WebSite")}, []string{"component:website"}},
		{"conditions narrow", index.Query{Where: index.AllOf{has("kind", "component"), has("owner", "checkout"), has("tag", "http")}}, []string{"component:orders"}},
		{"either", index.Query{Where: index.AnyOf{has("kind", "group"), has("tag", "http")}}, []string{"group:checkout", "component:orders"}},
		{"neither", index.Query{Where: index.Not{Condition: index.AnyOf{has("kind", "group"), has("kind", "component")}}}, []string{"api:orders"}},
		{"nothing of nothing", index.Query{Where: index.AnyOf{}}, []string{}},
		{"all of nothing", index.Query{Where: index.AllOf{}, Limit: 1}, []string{"group:checkout"}},
		{"a value nobody has", index.Query{Where: has("owner", "nobody")}, []string{}},
		{"a key nobody has", index.Query{Where: has("colour", "red")}, []string{}},
		{"a key that exists", index.Query{Where: index.Exists{Key: "tag"}}, []string{"component:inventory", "component:orders"}},
		{"an item of a list is a key", index.Query{Where: has("tag.HTTP", "true")}, []string{"component:orders"}},
		{"an item of a list exists", index.Query{Where: index.Exists{Key: "tag.go"}}, []string{"component:inventory", "component:orders"}},
		{"what is in no list is no key", index.Query{Where: index.Exists{Key: "type.service"}}, []string{}},
		{"a prefix", index.Query{Where: index.HasPrefix{Key: "owner", Prefix: "Ware"}}, []string{"component:inventory"}},
		{"a relation", index.Query{Where: has("relations.Uses", "api:Orders")}, []string{"component:inventory", "component:orders"}},
		{"a relation of the other end", index.Query{Where: index.Exists{Key: "relations.usedby"}}, []string{"api:orders"}},
		{"an id", index.Query{Where: has("metadata.uid", "api:orders", "none")}, []string{"api:orders"}},
		{"a part of a word", index.Query{Words: []string{"rder"}}, []string{"api:orders", "component:orders"}},
		{"all words must be there", index.Query{Words: []string{"web", "site"}}, []string{"component:website"}},
		{"words narrow conditions", index.Query{Words: []string{"rder"}, Where: has("kind", "api")}, []string{"api:orders"}},
		{"a part of a value", index.Query{Text: "HOUSE", TextKeys: []string{"type", "owner"}}, []string{"component:inventory"}},
		{"a part of a value of no key", index.Query{Text: "house"}, []string{}},
		{"by another key, those without it last", index.Query{Order: append([]index.By{{Key: "type"}}, byName(false)...)}, []string{"api:orders", "component:inventory", "component:orders", "component:website", "group:checkout"}},
		{"those without it last the other way, too", index.Query{Order: append([]index.By{{Key: "type", Descending: true}}, byName(false)...)}, []string{"component:website", "component:inventory", "component:orders", "api:orders", "group:checkout"}},
		{"by a relation", index.Query{Order: append([]index.By{{Key: "relations.uses", Descending: true}}, byName(false)...), Limit: 2}, []string{"component:website", "component:inventory"}},
		{"some in the middle", index.Query{Offset: 1, Limit: 2}, []string{"component:inventory", "api:orders"}},
		{"the last ones", index.Query{Backward: true, Limit: 2}, []string{"component:orders", "component:website"}},
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

func TestCounts(t *testing.T) {
	t.Parallel()
	got := shop().Counts(index.Query{Where: has("kind", "component")},
		[]string{"kind", "owner", "type", "tag", "tag.go", "none", "relations.uses", "metadata.uid"})
	want := map[string][]index.Count{
		"kind":           {{"Component", 3}},
		"owner":          {{"checkout", 2}, {"warehouse", 1}},
		"type":           {{"service", 2}, {"Website", 1}},
		"tag":            {{"go", 2}, {"http", 1}},
		"tag.go":         {{"true", 2}},
		"none":           {},
		"relations.uses": {{"api:orders", 2}, {"component:ghost", 1}},
		"metadata.uid":   {{"component:inventory", 1}, {"component:orders", 1}, {"component:website", 1}},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
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
		var order []index.By
		if key := []string{"", "owner", index.ByUpdated}[round%3]; key != "" {
			order = append(order, index.By{Key: key, Descending: round%2 == 0})
		}
		q := index.Query{
			Order: append(order, byName(round%2 == 0)...), Limit: random.IntN(30) + 1,
			Where: []index.Condition{nil, has("type", "t1"), has("owner", "o1", "o2"), has("relations.uses", "component:c3")}[random.IntN(4)],
		}
		compare(t, x, truth, q)
	}
	if x.Len() != len(truth) {
		t.Errorf("%d documents, want %d", x.Len(), len(truth))
	}
}

// holds is what the conditions of the test mean.
func holds(d index.Doc, where index.Condition) bool {
	c, ok := where.(index.Has)
	if !ok {
		return true
	}
	if relation, ok := strings.CutPrefix(c.Key, "relations."); ok {
		return slices.ContainsFunc(d.Edges, func(e index.Edge) bool {
			return e.Source == d.Ref && e.Type == relation && slices.Contains(c.Values, e.Target)
		})
	}
	return slices.Contains(c.Values, first(d, c.Key))
}

func first(d index.Doc, key string) string {
	for _, v := range d.Terms {
		if v.Key == key {
			return v.Value
		}
	}
	return ""
}

func compare(t *testing.T, x *index.Index, truth map[string]index.Doc, q index.Query) {
	t.Helper()
	var want []string
	counts := map[string]int{}
	docs := slices.SortedFunc(mapValues(truth), func(a, b index.Doc) int {
		n := strings.Compare(a.Name, b.Name)
		switch q.Order[0].Key {
		case "owner":
			n = cmp.Or(strings.Compare(first(a, "owner"), first(b, "owner")), n)
		case index.ByUpdated:
			n = cmp.Or(cmp.Compare(a.Updated, b.Updated), n)
		}
		if q.Order[0].Descending {
			return -n
		}
		return n
	})
	for _, d := range docs {
		if holds(d, q.Where) {
			want = append(want, d.Ref)
			counts[first(d, "type")]++
		}
	}
	var got []string
	for range len(truth) + 2 {
		r := x.Find(q)
		if r.Total != len(want) {
			t.Fatalf("total %d, want %d for %+v", r.Total, len(want), q)
		}
		if r.Before != (len(got) > 0) {
			t.Fatalf("before is %t after %d", r.Before, len(got))
		}
		for _, hit := range r.Hits {
			got = append(got, hit.Ref)
		}
		if !r.After {
			break
		}
		q.From = r.Last
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("%+v (-want +got):\n%s", q, diff)
	}
	// And back again.
	q.From, q.Backward, got = nil, true, nil
	for range len(truth) + 2 {
		r := x.Find(q)
		var page []string
		for _, hit := range r.Hits {
			page = append(page, hit.Ref)
		}
		got = append(page, got...)
		if !r.Before {
			break
		}
		q.From = r.First
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("backward %+v (-want +got):\n%s", q, diff)
	}
	compareOffsets(t, x, want, q)
	for _, c := range x.Counts(index.Query{Where: q.Where}, []string{"type"})["type"] {
		if counts[c.Value] != c.Count {
			t.Fatalf("facet %+v, want %d", c, counts[c.Value])
		}
	}
}

// compareOffsets asks for the pages of want at offsets up to beyond its end, from
// its start and from its end.
func compareOffsets(t *testing.T, x *index.Index, want []string, q index.Query) {
	t.Helper()
	for offset := 0; offset <= len(want)+q.Limit; offset += max(1, len(want)/7) {
		for _, backward := range []bool{false, true} {
			q.From, q.Offset, q.Backward = nil, offset, backward
			r := x.Find(q)
			passed, reached := min(offset, len(want)), min(offset+q.Limit, len(want))
			page, before, after := want[passed:reached], passed > 0, reached < len(want)
			if backward {
				page, before, after = want[len(want)-reached:len(want)-passed], after, before
			}
			got := make([]string, len(r.Hits))
			for i, hit := range r.Hits {
				got[i] = hit.Ref
			}
			if diff := gocmp.Diff(page, got, cmpopts.EquateEmpty()); diff != "" || r.Before != before || r.After != after {
				t.Fatalf("%+v: before %t, after %t, want %t and %t (-want +got):\n%s", q, r.Before, r.After, before, after, diff)
			}
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
	r := x.Find(index.Query{Order: byName(false), Limit: 2})
	// What the page ended with goes, something new comes before and after.
	x.Apply([]index.Doc{doc("R aa"), doc("R bb")}, []string{"r:b"})
	if diff := gocmp.Diff([]string{"r:bb", "r:c", "r:d"}, refs(t, x, index.Query{From: r.Last})); diff != "" {
		t.Errorf("second page (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff([]string{"r:a", "r:aa"}, refs(t, x, index.Query{From: r.Last, Backward: true})); diff != "" {
		t.Errorf("back again (-want +got):\n%s", diff)
	}
}

func TestTextsNobodyUsesAreForgotten(t *testing.T) {
	t.Parallel()
	x := shop()
	before := x.Texts()
	for i := range 100 {
		x.Apply([]index.Doc{doc(fmt.Sprintf("Robot R%d owner=Team%d tag=x%d tag=X%d", i, i, i, i))}, nil)
		x.Apply(nil, []string{fmt.Sprintf("robot:r%d", i)})
	}
	if after := x.Texts(); after != before {
		t.Errorf("%d texts are kept, %d before", after, before)
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
		list := index.Query{
			Order: byName(false), Limit: 20,
			Where: index.AllOf{has("kind", "component"), has("lifecycle", "production")},
		}
		b.Run(fmt.Sprintf("%d/list with two filters", n), func(b *testing.B) {
			for b.Loop() {
				if r := x.Find(list); len(r.Hits) != 20 {
					b.Fatal(len(r.Hits))
				}
			}
		})
		narrow := list
		narrow.Where = index.AllOf{has("kind", "component"), has("owner", "group:default/team-7")}
		b.Run(fmt.Sprintf("%d/list of one owner", n), func(b *testing.B) {
			for b.Loop() {
				if r := x.Find(narrow); len(r.Hits) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
		b.Run(fmt.Sprintf("%d/three facets of all", n), func(b *testing.B) {
			for b.Loop() {
				if f := x.Counts(index.Query{}, []string{"kind", "owner", "lifecycle"}); len(f["owner"]) == 0 {
					b.Fatal("no facets")
				}
			}
		})
		b.Run(fmt.Sprintf("%d/three facets with a filter", n), func(b *testing.B) {
			for b.Loop() {
				if f := x.Counts(index.Query{Where: has("kind", "component")}, []string{"type", "owner", "lifecycle"}); len(f["owner"]) == 0 {
					b.Fatal("no facets")
				}
			}
		})
		b.Run(fmt.Sprintf("%d/substring", n), func(b *testing.B) {
			q := index.Query{Order: byName(false), Limit: 20, Words: []string{"-0012"}}
			for b.Loop() {
				if r := x.Find(q); len(r.Hits) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
		b.Run(fmt.Sprintf("%d/part of a name", n), func(b *testing.B) {
			q := index.Query{Order: byName(false), Limit: 20, Text: "-0012", TextKeys: []string{"name"}}
			for b.Loop() {
				if r := x.Find(q); len(r.Hits) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
		b.Run(fmt.Sprintf("%d/one change, then a list", n), func(b *testing.B) {
			for b.Loop() {
				x.Apply(docs[42:43], nil)
				if r := x.Find(list); r.Total == 0 {
					b.Fatal("nothing found")
				}
			}
		})
		b.Run(fmt.Sprintf("%d/build", n), func(b *testing.B) {
			for b.Loop() {
				fresh := index.New()
				fresh.Apply(docs, nil)
				if r := fresh.Find(list); r.Total == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}
