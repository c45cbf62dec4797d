package backstage

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
)

func has(key string, values ...string) catalog.Has { return catalog.Has{Key: key, Values: values} }

func exist(key string) catalog.Exists { return catalog.Exists{Key: key} }

func TestFilterGrammar(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		params []string
		want   catalog.Condition
		wrong  string
	}{
		{name: "nothing is everything"},
		{name: "an empty filter is everything", params: []string{"", " , "}},
		{name: "one value", params: []string{"kind=component"}, want: catalog.AllOf{has("kind", "component")}},
		{
			name: "all of one filter", params: []string{"kind=user,metadata.namespace=default"},
			want: catalog.AllOf{has("kind", "user"), has("metadata.namespace", "default")},
		},
		{
			name: "any of several filters", params: []string{"kind=user", "kind=group,spec.type"},
			want: catalog.AnyOf{catalog.AllOf{has("kind", "user")}, catalog.AllOf{has("kind", "group"), exist("spec.type")}},
		},
		{
			name: "a repeated key is any of its values", params: []string{"kind=a,spec.type=x,kind=b"},
			want: catalog.AllOf{has("kind", "a", "b"), has("spec.type", "x")},
		},
		{
			name: "a key alone exists", params: []string{"metadata.annotations.backstage.io/orphan"},
			want: catalog.AllOf{exist("metadata.annotations.backstage.io/orphan")},
		},
		{name: "a key alone beside its values adds nothing", params: []string{"kind,kind=a"}, want: catalog.AllOf{has("kind", "a")}},
		{name: "an empty value is a value", params: []string{"spec.type="}, want: catalog.AllOf{has("spec.type", "")}},
		{name: "the first equals sign counts", params: []string{"spec.q=a=b"}, want: catalog.AllOf{has("spec.q", "a=b")}},
		{name: "spaces around do not count", params: []string{" kind = a , spec.type "}, want: catalog.AllOf{has("kind", "a"), exist("spec.type")}},
		{name: "no key", params: []string{"=a"}, wrong: "'=a' is not a valid statement (expected a string on the form a=b or a= or a)"},
		{name: "no key in the middle", params: []string{"kind=a, =b,c"}, wrong: "'=b' is not a valid statement"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := parseFilters(tt.params)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Fatalf("error %v, want %q", err, tt.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPredicates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, query string
		want        catalog.Condition
		wrong       string
	}{
		{name: "a value", query: `{"kind":"Component"}`, want: has("kind", "Component")},
		{name: "a number in its shortest form", query: `{"spec.n":1.0}`, want: has("spec.n", "1")},
		{name: "a boolean", query: `{"spec.on":true}`, want: has("spec.on", "true")},
		{name: "fields must all hold", query: `{"kind":"a","spec.type":"b"}`, want: catalog.AllOf{has("kind", "a"), has("spec.type", "b")}},
		{name: "no field is everything", query: `{}`, want: catalog.AllOf{}},
		{name: "$in", query: `{"kind":{"$in":["a",1,false]}}`, want: has("kind", "a", "1", "false")},
		{name: "$in of nothing", query: `{"kind":{"$in":[]}}`, want: catalog.Has{Key: "kind", Values: []string{}}},
		{name: "$exists", query: `{"spec.type":{"$exists":true}}`, want: exist("spec.type")},
		{name: "$exists false", query: `{"spec.type":{"$exists":false}}`, want: catalog.Not{Condition: exist("spec.type")}},
		{name: "$hasPrefix", query: `{"metadata.name":{"$hasPrefix":"pay"}}`, want: catalog.HasPrefix{Key: "metadata.name", Prefix: "pay"}},
		{name: "$contains a value", query: `{"metadata.tags":{"$contains":"java"}}`, want: has("metadata.tags", "java")},
		{name: "$contains a field of an item", query: `{"metadata.links":{"$contains":{"title":"Docs"}}}`, want: has("metadata.links.title", "Docs")},
		{
			name: "$contains a relation", query: `{"relations":{"$contains":{"type":"ownedBy","targetRef":"group:default/a"}}}`,
			want: has("relations.ownedBy", "group:default/a"),
		},
		{name: "$contains any relation of a type", query: `{"relations":{"$contains":{"type":"ownedBy"}}}`, want: exist("relations.ownedBy")},
		{
			name: "$contains one of some relations", query: `{"relations":{"$contains":{"type":"ownedBy","targetRef":{"$in":["a","b"]}}}}`,
			want: has("relations.ownedBy", "a", "b"),
		},
		{
			name: "$all, $any and $not nest", query: `{"$all":[{"kind":"a"},{"$any":[{"x":1},{"$not":{"y":2}}]}]}`,
			want: catalog.AllOf{has("kind", "a"), catalog.AnyOf{has("x", "1"), catalog.Not{Condition: has("y", "2")}}},
		},
		{name: "$any of nothing", query: `{"$any":[]}`, want: catalog.AnyOf{}},

		{name: "no object", query: `"component"`, wrong: "Query must be an object"},
		{name: "a list", query: `[]`, wrong: "Query must be an object"},
		{name: "null", query: `null`, wrong: "Query must be an object"},
		{name: "an operator beside a field", query: `{"$all":[],"kind":"a"}`, wrong: "Invalid query at $: $all must be the only key"},
		{name: "an unknown operator", query: `{"$any":[{"kind":"a"},{"$nor":[]}]}`, wrong: "Invalid query at $.$any[1].$nor: there is no operator $nor"},
		{name: "$all of no list", query: `{"$not":{"$all":{}}}`, wrong: "Invalid query at $.$not.$all: expected a list"},
		{name: "a value where a predicate stands", query: `{"$all":["a"]}`, wrong: "Invalid query at $.$all[0]: expected an object"},
		{name: "null is no value", query: `{"kind":null}`, wrong: "Invalid query at $.kind: expected a text"},
		{name: "a list is no value", query: `{"kind":["a"]}`, wrong: "Invalid query at $.kind: expected a text"},
		{name: "two operators on a field", query: `{"kind":{"$in":[],"$exists":true}}`, wrong: "Invalid query at $.kind: expected"},
		{name: "an unknown operator on a field", query: `{"kind":{"$regex":"a"}}`, wrong: "Invalid query at $.kind.$regex: there is no operator $regex"},
		{name: "$exists of no boolean", query: `{"kind":{"$exists":"yes"}}`, wrong: "Invalid query at $.kind.$exists: expected true or false"},
		{name: "$in of no values", query: `{"kind":{"$in":["a",{}]}}`, wrong: "Invalid query at $.kind.$in[1]: expected"},
		{name: "$in of no list", query: `{"kind":{"$in":"a"}}`, wrong: "Invalid query at $.kind.$in: expected a list"},
		{name: "$hasPrefix of no text", query: `{"kind":{"$hasPrefix":1}}`, wrong: "Invalid query at $.kind.$hasPrefix: expected a text"},
		{
			name: "two fields of one item", query: `{"metadata.links":{"$contains":{"title":"a","url":"b"}}}`,
			wrong: "Invalid query at $.metadata.links.$contains: expected one field",
		},
		{
			name: "an item without a field", query: `{"metadata.links":{"$contains":{"title":{"$exists":false}}}}`,
			wrong: "an item without a field cannot be asked for",
		},
		{name: "a relation without a type", query: `{"relations":{"$contains":{"targetRef":"a"}}}`, wrong: "a relation needs a type"},
		{name: "a relation with more", query: `{"relations":{"$contains":{"type":"a","x":1}}}`, wrong: "$.relations.$contains.x: a relation has"},
		{name: "too deep", query: strings.Repeat(`{"$not":`, 40) + `{}` + strings.Repeat(`}`, 40), wrong: "nested more than 32 deep"},
		{name: "no JSON", query: `{"kind"`, wrong: "it is not JSON"},
		{name: "two values", query: `{} {}`, wrong: "more than one value"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := parsePredicate([]byte(tt.query))
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Fatalf("error %v, want %q", err, tt.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"kind=a,b", "=", "a=b=c,,a", strings.Repeat("k,", 300), "\xff=\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := parseFilter(text)
		if err != nil {
			return
		}
		for _, c := range all {
			if h, ok := c.(catalog.Has); ok && (h.Key == "" || len(h.Values) == 0) {
				t.Errorf("%q became %#v", text, h)
			}
		}
	})
}

func FuzzPredicate(f *testing.F) {
	for _, seed := range []string{
		`{"$all":[{"kind":"a"},{"$any":[]},{"$not":{}}]}`, `{"a":{"$in":[1,true,"x"]},"b":{"$exists":false}}`,
		`{"relations":{"$contains":{"type":"ownedBy"}}}`, strings.Repeat(`{"$not":`, 1000), strings.Repeat("[", 100_000), `{"a":1e999}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, query []byte) {
		c, err := parsePredicate(query)
		if err == nil && c != nil && depth(c) > maxPredicateDepth {
			t.Errorf("%q is nested %d deep", query, depth(c))
		}
	})
}

func depth(c catalog.Condition) int {
	deepest := 0
	switch c := c.(type) {
	case catalog.AllOf:
		for _, inner := range c {
			deepest = max(deepest, depth(inner))
		}
	case catalog.AnyOf:
		for _, inner := range c {
			deepest = max(deepest, depth(inner))
		}
	case catalog.Not:
		deepest = depth(c.Condition)
	}
	return deepest + 1
}
