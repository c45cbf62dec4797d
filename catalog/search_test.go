package catalog_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
)

const shopFile = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: checkout}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: Orders, tags: [go, http], description: "Takes {orders} \"as they come\""}
spec: {type: service, lifecycle: production, owner: checkout, providesApis: [orders]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders, annotations: {acme.io/metadata: '{"metadata":{'}}
spec: {type: openapi, lifecycle: production, owner: checkout, definition: "openapi: 3.1.0"}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: website}
spec: {type: website, lifecycle: experimental, owner: ghosts}
`

func registered(t *testing.T, files fstest.MapFS) *catalog.Catalog {
	t.Helper()
	c := catalogtest.New(map[string]fs.FS{"/r": files})
	if _, err := c.Register(t.Context(), catalog.Location{Target: "/r"}); err != nil {
		t.Fatal(err)
	}
	return c
}

func shop(t *testing.T) *catalog.Catalog {
	t.Helper()
	return registered(t, fstest.MapFS{"catalog-info.yaml": {Data: []byte(shopFile)}})
}

// shown is what the test needs of an entity's JSON.
type shown struct {
	Kind      string
	Metadata  struct{ Name, UID, Etag string }
	Relations []catalog.Relation
	Status    catalog.Status
}

func show(t *testing.T, document json.RawMessage) shown {
	t.Helper()
	var s shown
	if err := json.Unmarshal(document, &s); err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	return s
}

func TestSearchShowsWhatGetShows(t *testing.T) {
	t.Parallel()
	c := shop(t)
	page, err := c.Search(t.Context(), catalog.Search{})
	if err != nil || page.Total != 4 || len(page.Items) != 4 {
		t.Fatalf("%d of %d, %v", len(page.Items), page.Total, err)
	}
	for range 2 { // the second time from what is kept
		for _, item := range page.Items {
			s := show(t, item)
			e, err := c.Get(t.Context(), catalog.NewRef(s.Kind, "", s.Metadata.Name))
			if err != nil {
				t.Fatal(err)
			}
			want, err := e.JSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(string(want), string(item)); diff != "" {
				t.Errorf("%s (-get +search):\n%s", e.Ref(), diff)
			}
			document, ok, err := c.DocumentByUID(t.Context(), s.Metadata.UID)
			if err != nil || !ok || string(document) != string(want) {
				t.Errorf("by uid: %t, %v", ok, err)
			}
		}
	}
	if _, ok, err := c.DocumentByUID(t.Context(), "none"); ok || err != nil {
		t.Errorf("a uid nobody has: %t, %v", ok, err)
	}
	found, err := c.Documents(t.Context(), []catalog.Ref{
		catalog.NewRef("API", "", "ORDERS"), catalog.NewRef("api", "", "none"), catalog.NewRef("component", "", "website"),
	})
	if err != nil || len(found) != 3 || found[1] != nil || show(t, found[0]).Kind != "API" || show(t, found[2]).Metadata.Name != "website" {
		t.Errorf("by refs: %s, %v", found, err)
	}
}

func TestSearchSeesNewRelationsAndProblems(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"catalog-info.yaml": {Data: []byte(shopFile)}}
	c := registered(t, files)
	group := func() shown {
		t.Helper()
		page, err := c.Search(t.Context(), catalog.Search{Where: catalog.Has{Key: "kind", Values: []string{"Group"}}})
		if err != nil || len(page.Items) != 1 {
			t.Fatal(len(page.Items), err)
		}
		return show(t, page.Items[0])
	}
	if n := len(group().Relations); n != 2 {
		t.Fatalf("%d relations, want 2", n)
	}
	more := strings.Replace(shopFile, "owner: ghosts", "owner: checkout", 1) + `---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: checkout}
spec: {type: team, children: []}
`
	files["catalog-info.yaml"] = &fstest.MapFile{Data: []byte(more)}
	if _, err := c.Register(t.Context(), catalog.Location{Target: "/r"}); err != nil {
		t.Fatal(err)
	}
	got := group()
	if len(got.Relations) != 3 {
		t.Errorf("%d relations, want 3", len(got.Relations))
	}
	if len(got.Status.Items) != 1 || !strings.Contains(got.Status.Items[0].Message, "already defined") {
		t.Errorf("status = %+v", got.Status)
	}
	page, err := c.Search(t.Context(), catalog.Search{Where: catalog.Has{Key: "kind", Values: []string{"Group"}}})
	if err != nil || !strings.Contains(string(page.Items[0]), `"error":{"name":"InputError","message":`) {
		t.Errorf("Backstage's pages show only what has an error: %s, %v", page.Items[0], err)
	}
}

func TestCountValues(t *testing.T) {
	t.Parallel()
	got, err := shop(t).CountValues(t.Context(), catalog.Has{Key: "kind", Values: []string{"component", "api"}},
		[]string{"kind", "spec.type", "metadata.tags", "relations.ownedBy", "spec.nothing"})
	if err != nil {
		t.Fatal(err)
	}
	count := func(value string, n int) catalog.FacetCount {
		return catalog.FacetCount{Value: value, Label: value, Count: n}
	}
	want := map[string][]catalog.FacetCount{
		"kind":              {count("Component", 2), count("API", 1)},
		"spec.type":         {count("openapi", 1), count("service", 1), count("website", 1)},
		"metadata.tags":     {count("go", 1), count("http", 1)},
		"relations.ownedBy": {count("group:default/checkout", 2), count("group:default/ghosts", 1)},
		"spec.nothing":      {},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// TestSearchAgainstLooking asks random questions and answers them by looking
// at the JSON of every entity.
func TestSearchAgainstLooking(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	var file strings.Builder
	for i := range 120 {
		fmt.Fprintf(&file, `---
apiVersion: acme.io/v1
kind: %s
metadata: {name: r%03d, tags: [%s], labels: {size: "%d"}}
spec: {type: %s, owner: team-%d, parts: [%s, {name: %s}]}
`, pick(random, "Robot", "Droid"), i, pick(random, "go", "java", "go, java"), random.IntN(4),
			pick(random, "Service", "service", "library"), random.IntN(3), pick(random, "wheel", "Arm"), pick(random, "x", "y"))
	}
	c := registered(t, fstest.MapFS{"catalog-info.yaml": {Data: []byte(file.String())}})
	all, err := c.Search(t.Context(), catalog.Search{})
	if err != nil || len(all.Items) != 120 {
		t.Fatal(len(all.Items), err)
	}
	looked := make([]lookedAt, len(all.Items))
	for i, item := range all.Items {
		looked[i] = look(t, item)
	}
	for range 400 {
		where := randomCondition(random, 3)
		var want []string
		for _, l := range looked {
			if l.holds(where) {
				want = append(want, l.uid)
			}
		}
		s := catalog.Search{Where: where, Limit: 7}
		var got []string
		for {
			page, err := c.Search(t.Context(), s)
			if err != nil || page.Total != len(want) {
				t.Fatalf("%#v: %d, want %d, %v", where, page.Total, len(want), err)
			}
			for _, item := range page.Items {
				got = append(got, show(t, item).Metadata.UID)
			}
			if !page.After {
				break
			}
			s.From = page.Last
		}
		if slices.Sort(want); !slices.Equal(want, got) {
			t.Fatalf("%#v finds\n%v, want\n%v", where, got, want)
		}
	}
}

func pick(random *rand.Rand, of ...string) string { return of[random.IntN(len(of))] }

func randomCondition(random *rand.Rand, depth int) catalog.Condition {
	if depth > 0 && random.IntN(3) > 0 {
		a, b := randomCondition(random, depth-1), randomCondition(random, depth-1)
		return []catalog.Condition{catalog.AllOf{a, b}, catalog.AnyOf{a, b}, catalog.Not{Condition: a}}[random.IntN(3)]
	}
	key := pick(random, "kind", "spec.type", "SPEC.owner", "metadata.tags", "metadata.tags.java", "metadata.labels.size",
		"spec.parts", "spec.parts.arm", "spec.parts.name", "relations.ownedby", "spec.none", "metadata.name")
	value := pick(random, "robot", "SERVICE", "team-1", "go", "true", "2", "wheel", "x", "group:default/team-2", "r007")
	switch random.IntN(4) {
	case 0:
		return catalog.Exists{Key: key}
	case 1:
		return catalog.HasPrefix{Key: key, Prefix: value[:1]}
	case 2:
		return catalog.Has{Key: key, Values: []string{value, pick(random, "droid", "library", "Java", "3")}}
	default:
		return catalog.Has{Key: key, Values: []string{value}}
	}
}

// lookedAt is an entity as somebody sees it who reads its JSON.
type lookedAt struct {
	uid    string
	values map[string][]string
}

func look(t *testing.T, document json.RawMessage) lookedAt {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(document, &doc); err != nil {
		t.Fatal(err)
	}
	l := lookedAt{uid: show(t, document).Metadata.UID, values: map[string][]string{}}
	for _, r := range show(t, document).Relations {
		key := strings.ToLower("relations." + r.Type)
		l.values[key] = append(l.values[key], r.TargetRef)
	}
	delete(doc, "relations")
	l.visit("", doc)
	return l
}

func (l lookedAt) visit(path string, v any) {
	switch t := v.(type) {
	case map[string]any:
		for key, value := range t {
			l.visit(strings.TrimPrefix(path+"."+strings.ToLower(key), "."), value)
		}
	case []any:
		for _, item := range t {
			l.visit(path, item)
			if s, ok := item.(string); ok {
				l.visit(path+"."+strings.ToLower(s), true)
			}
		}
	default:
		l.values[path] = append(l.values[path], strings.ToLower(fmt.Sprint(t)))
	}
}

func (l lookedAt) holds(where catalog.Condition) bool {
	has := func(key string, match func(string) bool) bool {
		return slices.ContainsFunc(l.values[strings.ToLower(key)], match)
	}
	switch c := where.(type) {
	case catalog.AllOf:
		return !slices.ContainsFunc(c, func(c catalog.Condition) bool { return !l.holds(c) })
	case catalog.AnyOf:
		return slices.ContainsFunc(c, l.holds)
	case catalog.Not:
		return !l.holds(c.Condition)
	case catalog.Exists:
		return has(c.Key, func(string) bool { return true })
	case catalog.HasPrefix:
		return has(c.Key, func(v string) bool { return strings.HasPrefix(v, strings.ToLower(c.Prefix)) })
	case catalog.Has:
		return has(c.Key, func(v string) bool {
			return slices.ContainsFunc(c.Values, func(w string) bool { return strings.EqualFold(v, w) })
		})
	}
	return false
}
