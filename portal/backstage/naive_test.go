package backstage_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/portal/backstage"
)

// rows are an entity's values by their keys, all in lower case; "\x00" stands
// for a value that exists and equals nothing.
type rows map[string][]string

const noValue = "\x00"

// rowsOf takes an entity apart in the plainest way that the rules can be read.
func rowsOf(e map[string]any) rows {
	out := rows{}
	add := func(key, value string) {
		key = strings.ToLower(key)
		if len([]rune(key)) > 200 {
			return
		}
		if len([]rune(value)) > 200 {
			value = noValue
		}
		out[key] = append(out[key], strings.ToLower(value))
	}
	var visit func(path string, v any)
	visit = func(path string, v any) {
		if slices.Contains([]string{"attachments", "relations", "status", "metadata.name", "metadata.namespace", "metadata.uid", "metadata.etag"}, path) {
			return
		}
		switch v := v.(type) {
		case nil:
			add(path, noValue)
		case []any:
			for _, item := range v {
				visit(path, item)
				if text, ok := item.(string); ok {
					add(path+"."+text, "true")
				}
			}
		case map[string]any:
			for key, item := range v {
				visit(strings.TrimPrefix(path+"."+key, "."), item)
			}
		default:
			add(path, fmt.Sprint(v))
		}
	}
	visit("", e)
	metadata, _ := e["metadata"].(map[string]any)
	for _, key := range []string{"name", "namespace", "uid"} {
		add("metadata."+key, fmt.Sprint(metadata[key]))
	}
	relations, _ := e["relations"].([]any)
	for _, r := range relations {
		r, _ := r.(map[string]any)
		add("relations."+fmt.Sprint(r["type"]), fmt.Sprint(r["targetRef"]))
	}
	return out
}

func (r rows) has(key string, value any) bool {
	return slices.Contains(r[strings.ToLower(key)], strings.ToLower(fmt.Sprint(value)))
}

// as is v, or nothing when it is of another type.
func as[T any](v any) T {
	t, _ := v.(T)
	return t
}

// holds answers a predicate by looking.
func (r rows) holds(predicate map[string]any) bool {
	for key, value := range predicate {
		switch key {
		case "$all":
			for _, p := range as[[]any](value) {
				if !r.holds(as[map[string]any](p)) {
					return false
				}
			}
		case "$any":
			if !slices.ContainsFunc(as[[]any](value), func(p any) bool { return r.holds(as[map[string]any](p)) }) {
				return false
			}
		case "$not":
			if r.holds(as[map[string]any](value)) {
				return false
			}
		default:
			if !r.field(key, value) {
				return false
			}
		}
	}
	return true
}

func (r rows) field(key string, value any) bool {
	operation, ok := value.(map[string]any)
	if !ok {
		return r.has(key, value)
	}
	for operator, operand := range operation {
		switch operator {
		case "$exists":
			return (len(r[strings.ToLower(key)]) > 0) == as[bool](operand)
		case "$in":
			return slices.ContainsFunc(as[[]any](operand), func(v any) bool { return r.has(key, v) })
		case "$hasPrefix":
			return slices.ContainsFunc(r[strings.ToLower(key)], func(v string) bool {
				return v != noValue && strings.HasPrefix(v, strings.ToLower(as[string](operand)))
			})
		case "$contains":
			if item := as[map[string]any](operand); item["type"] != nil {
				return r.has(key+"."+fmt.Sprint(item["type"]), item["targetRef"])
			}
			return r.has(key, operand)
		}
	}
	return false
}

// random makes predicates, and the same as filters where they can be written so.
type random struct{ *rand.Rand }

func (r random) of(list ...string) string { return list[r.IntN(len(list))] }

func (r random) key() string {
	return r.of("kind", "metadata.name", "metadata.tags", "metadata.tags.a", "spec.type", "SPEC.n", "spec.on", "spec.none", "spec.list.x",
		"metadata.annotations.acme.io/tier", "relations.ownedBy", "relations.dependsOn", "spec.long", "spec.nowhere", "metadata.namespace")
}

func (r random) value() string {
	return r.of("component", "Resource", "a", "B", "true", "false", "1", "2", "one", "two", "group:default/team-1", "default", "", "r1", "ü")
}

func (r random) predicate(depth int) map[string]any {
	list := func() []any {
		out := []any{}
		for range r.IntN(3) {
			out = append(out, r.predicate(depth-1))
		}
		return out
	}
	if depth > 0 {
		switch r.IntN(5) {
		case 0:
			return map[string]any{"$all": list()}
		case 1:
			return map[string]any{"$any": list()}
		case 2:
			return map[string]any{"$not": r.predicate(depth - 1)}
		}
	}
	switch r.IntN(6) {
	case 0:
		return map[string]any{r.key(): map[string]any{"$exists": r.IntN(2) == 0}}
	case 1:
		return map[string]any{r.key(): map[string]any{"$in": []any{r.value(), r.value()}}}
	case 2:
		return map[string]any{r.key(): map[string]any{"$hasPrefix": r.value()}}
	case 3:
		return map[string]any{"metadata.tags": map[string]any{"$contains": r.value()}}
	case 4:
		return map[string]any{"relations": map[string]any{"$contains": map[string]any{"type": "ownedBy", "targetRef": r.value()}}}
	}
	return map[string]any{r.key(): r.value(), "kind": "component"}
}

// filters returns filter parameters and what they mean as a predicate.
func (r random) filters() (url.Values, map[string]any) {
	params, anyOf := url.Values{}, []any{}
	for range 1 + r.IntN(2) {
		var text []string
		values, order := map[string][]any{}, []string{}
		for range 1 + r.IntN(3) {
			key := r.key()
			if !slices.Contains(order, key) {
				order = append(order, key)
			}
			if r.IntN(4) == 0 {
				text = append(text, key)
				continue
			}
			value := r.value()
			text, values[key] = append(text, key+"="+value), append(values[key], value)
		}
		all := []any{}
		for _, key := range order {
			var wanted any = map[string]any{"$exists": true}
			if values[key] != nil {
				wanted = map[string]any{"$in": values[key]}
			}
			all = append(all, map[string]any{key: wanted})
		}
		params.Add("filter", strings.Join(text, ","))
		anyOf = append(anyOf, map[string]any{"$all": all})
	}
	return params, map[string]any{"$any": anyOf}
}

// TestQueriesAgainstLooking asks random questions, in both languages, and looks
// at every entity for the answers.
func TestQueriesAgainstLooking(t *testing.T) {
	t.Parallel()
	r := random{rand.New(rand.NewPCG(7, 8))}
	var file strings.Builder
	for i := range 150 {
		fmt.Fprintf(&file, "---\napiVersion: backstage.io/v1alpha1\nkind: %s\nmetadata: {name: r%d, tags: [%s], annotations: {acme.io/tier: %q}}\n"+
			"spec: {lifecycle: one, type: %q, owner: team-%d, n: %d, on: %t, none: null, list: [{x: %s}, {x: two}], long: %q, dependsOn: [\"resource:r%d\"]}\n",
			r.of("Component", "Resource"), i, r.of("a", "b, a", "c"), r.value(), r.of("a", "B", "one"), i%3, i%3, i%2 == 0, r.of("one", "1"),
			strings.Repeat("ü", 195+i%10), i%7)
	}
	c := catalogtest.New(map[string]fs.FS{"/r": fstest.MapFS{"catalog-info.yaml": {Data: []byte(file.String())}}})
	if got, err := c.Register(t.Context(), catalog.Location{Target: "/r"}); err != nil || len(got.Entities) != 150 {
		t.Fatal(len(got.Entities), len(got.Problems), err)
	}
	base := serve(t, c, backstage.Options{})
	var all []map[string]any
	if err := json.Unmarshal([]byte(ask(t, base, "GET /entities").body), &all); err != nil || len(all) != 150 {
		t.Fatal(len(all), err)
	}
	looked := make(map[string]rows, len(all))
	for _, e := range all {
		looked[as[string](as[map[string]any](e["metadata"])["name"])] = rowsOf(e)
	}
	check := func(line string, predicate map[string]any) {
		t.Helper()
		p := query(t, base, line)
		got := map[string]bool{}
		for _, e := range p.Items {
			got[e.Metadata.Name] = true
		}
		if p.TotalItems != len(got) {
			t.Errorf("%s: %d items of %d", line, len(got), p.TotalItems)
		}
		for name, r := range looked {
			if r.holds(predicate) != got[name] {
				t.Fatalf("%s: %s is found: %t\n%v", line, name, got[name], r)
			}
		}
	}
	for range 400 {
		predicate := r.predicate(4)
		text, err := json.Marshal(map[string]any{"query": predicate, "limit": 1000})
		if err != nil {
			t.Fatal(err)
		}
		check("POST /entities/by-query "+string(text), predicate)
		params, meaning := r.filters()
		params.Set("limit", "1000")
		check("GET /entities/by-query?"+params.Encode(), meaning)
	}
}
