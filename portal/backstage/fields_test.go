package backstage

import (
	"encoding/json"
	"strings"
	"testing"
)

const projected = `{"apiVersion":"v1","kind":"Component","metadata":{"name":"a\"}","annotations":` +
	`{"backstage.io/techdocs-ref":"dir:.","other":"x"},"tags":["go","java"],"labels":{}},` +
	`"spec":{"owner":null,"steps":[{"id":"one"},{"id":"two"}],"deep":{"er":{"n":1}}},"relations":[]}`

func TestFields(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, fields, want string }{
		{name: "none is all", fields: "", want: projected},
		{name: "only spaces is all", fields: " , ", want: projected},
		{name: "one key", fields: "kind", want: `{"kind":"Component"}`},
		{name: "a key inside", fields: "metadata.name", want: `{"metadata":{"name":"a\"}"}}`},
		{name: "several, in the order of the entity", fields: "metadata.name,kind", want: `{"kind":"Component","metadata":{"name":"a\"}"}}`},
		{
			name: "a key with dots", fields: "metadata.annotations.backstage.io/techdocs-ref",
			want: `{"metadata":{"annotations":{"backstage.io/techdocs-ref":"dir:."}}}`,
		},
		{
			name: "a whole object", fields: "metadata.annotations",
			want: `{"metadata":{"annotations":{"backstage.io/techdocs-ref":"dir:.","other":"x"}}}`,
		},
		{name: "lists pass whole", fields: "metadata.tags,relations", want: `{"metadata":{"tags":["go","java"]},"relations":[]}`},
		{name: "nothing inside lists", fields: "spec.steps.id", want: `{}`},
		{name: "null is a value", fields: "spec.owner", want: `{"spec":{"owner":null}}`},
		{name: "what is not there", fields: "metadata.nope,spec.owner.x,nope", want: `{}`},
		{name: "the whole and a part of it", fields: "spec.deep.er,spec.deep,kind", want: `{"kind":"Component","spec":{"deep":{"er":{"n":1}}}}`},
		{name: "deep", fields: "spec.deep.er.n", want: `{"spec":{"deep":{"er":{"n":1}}}}`},
		{name: "an empty object", fields: "metadata.labels", want: `{"metadata":{"labels":{}}}`},
		{name: "case counts", fields: "Kind", want: `{}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := parseFields([]string{tt.fields})
			if err != nil {
				t.Fatal(err)
			}
			if got := string(p.of([]byte(projected))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if _, err := parseFields([]string{"a[0]"}); err == nil || !strings.Contains(err.Error(), "array type fields are not supported") {
		t.Errorf("a list's item is asked for: %v", err)
	}
}

// FuzzFields holds the projection to what taking the entity apart says.
func FuzzFields(f *testing.F) {
	f.Add("metadata.name,kind", []byte(projected))
	f.Add("a.b", []byte(`{ "a" : { "b" : [ 1 , {"c":"\\"} ] , "d" : null } }`))
	f.Add("a", []byte(`{"a":`))
	f.Fuzz(func(t *testing.T, fields string, document []byte) {
		p, err := parseFields([]string{fields})
		if err != nil {
			return
		}
		got := p.of(document)
		if !json.Valid(document) || len(document) == 0 || document[0] != '{' {
			return // only that it ends
		}
		if !json.Valid(got) {
			t.Fatalf("%q of %s is %s", fields, document, got)
		}
		var whole, part map[string]json.RawMessage
		if json.Unmarshal(document, &whole) != nil || json.Unmarshal(got, &part) != nil {
			return
		}
		for key := range part {
			if _, ok := whole[key]; !ok {
				t.Errorf("%q of %s has the key %q", fields, document, key)
			}
		}
	})
}

func BenchmarkFields(b *testing.B) {
	document := []byte(strings.Replace(projected, `"owner":null`, `"owner":null,"definition":"`+strings.Repeat(`openapi: 3.0.0\n`, 350)+`"`, 1))
	p := projection{"kind", "metadata.namespace", "metadata.name"}
	b.SetBytes(int64(len(document)))
	for b.Loop() {
		p.of(document)
	}
}
