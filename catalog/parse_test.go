package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

const adr = " To learn more about catalog file format, visit: https://github.com/backstage/backstage/blob/master/docs/architecture-decisions/adr002-default-catalog-file-format.md"

// component returns a valid Component with more lines of metadata and spec.
func component(metadata, spec string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: orders\n" + metadata +
		"spec:\n  type: service\n  lifecycle: production\n  owner: checkout\n" + spec
}

func TestValidation(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63)
	head := "apiVersion: backstage.io/v1alpha1\n"
	tests := []struct {
		name string
		yaml string
		want []string // messages with their line; none: valid
	}{
		{name: "a complete component", yaml: component("", "")},
		{name: "an unknown annotation survives", yaml: component("  annotations:\n    acme.io/x: \"1\"\n", "")},
		{name: "an unknown key of spec survives", yaml: component("", "  implementation: {a: [1, 2]}\n")},
		{name: "a name of 63 characters", yaml: strings.Replace(component("", ""), "orders", long, 1)},
		{name: "consecutive separators in a name", yaml: strings.Replace(component("", ""), "orders", "a--b..c", 1)},
		{name: "a custom kind is kept", yaml: "apiVersion: acme.io/v1\nkind: Robot\nmetadata: {name: r2}\nspec: {legs: 3}\n"},
		{name: "a custom kind without spec", yaml: "apiVersion: acme.io/v1\nkind: Robot\nmetadata: {name: r2}\n"},
		{name: "relations and status may be there", yaml: component("", "") + "relations: []\nstatus: {}\n"},
		{name: "an empty label value", yaml: component("  labels: {acme.io/tier: \"\"}\n", "")},
		{name: "a tag with all allowed characters", yaml: component("  tags: [c++, c#, a:b-c]\n", "")},
		{name: "any scheme makes a link", yaml: component("  links: [{url: \"mailto:a@b.c\"}, {url: \"https://x.io/a b\"}]\n", "")},
		{name: "a definition from a file is checked when it is read", yaml: head + "kind: API\nmetadata: {name: a}\nspec:\n  type: openapi\n  lifecycle: production\n  owner: x\n  definition: {$text: ./a.yaml}\n"},
		{name: "a number that is none to JavaScript", yaml: component("", "  commit: 4e81234\n  deep: [{a: -1e400}]\n")},
		{
			name: "a name with a space", yaml: strings.Replace(component("", ""), "orders", "my orders", 1),
			want: []string{`4 "metadata.name" is not valid; expected a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total but found "my orders".` + adr},
		},
		{
			name: "a name of 64 characters", yaml: strings.Replace(component("", ""), "orders", long+"a", 1),
			want: []string{`4 "metadata.name" is not valid; expected a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total but found "` + long + `a".` + adr},
		},
		{
			name: "a number is no name", yaml: strings.Replace(component("", ""), "orders", "42", 1),
			want: []string{"4 Malformed envelope, /metadata/name must be string"},
		},
		{
			name: "an upper-case namespace", yaml: component("  namespace: Shop\n", ""),
			want: []string{`5 "metadata.namespace" is not valid; expected a string that is sequences of [a-z0-9] separated by [-], at most 63 characters in total but found "Shop".` + adr},
		},
		{
			name: "an upper-case tag", yaml: component("  tags:\n  - go\n  - Go Lang\n", ""),
			want: []string{`7 "tags.1" is not valid; expected a string that is sequences of [a-z0-9+#] separated by [-], at most 63 characters in total but found "Go Lang".` + adr},
		},
		{
			name: "a number as annotation", yaml: component("  annotations:\n    acme.io/x: 1\n", ""),
			want: []string{"6 Malformed envelope, /metadata/annotations/acme.io~1x must be string"},
		},
		{
			name: "a bad annotation key", yaml: component("  annotations:\n    a/b/c: x\n", ""),
			want: []string{`6 "annotations.a/b/c" is not valid; expected a valid prefix and/or suffix but found "a/b/c".` + adr},
		},
		{
			name: "an upper-case prefix of a label", yaml: component("  labels:\n    Acme.io/x: x\n", ""),
			want: []string{`6 "labels.Acme.io/x" is not valid; expected a valid prefix and/or suffix but found "Acme.io/x".` + adr},
		},
		{
			name: "a bad label value", yaml: component("  labels:\n    x: a b\n", ""),
			want: []string{`6 "labels.x" is not valid; expected a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total but found "a b".` + adr},
		},
		{
			name: "a link that is none", yaml: component("  links:\n  - url: example.com\n", ""),
			want: []string{`6 "links.0.url" is not valid; expected a string that is a valid url but found "example.com".` + adr},
		},
		{
			name: "a link without address", yaml: component("  links:\n  - title: x\n", ""),
			want: []string{"6 Malformed envelope, /metadata/links/0 must have required property 'url'"},
		},
		{
			name: "an empty link title", yaml: component("  links:\n  - url: https://x.io\n    title: \"\"\n", ""),
			want: []string{"7 Malformed envelope, /metadata/links/0/title must NOT have fewer than 1 characters"},
		},
		{
			name: "a link title of spaces", yaml: component("  links:\n  - url: https://x.io\n    title: \"  \"\n", ""),
			want: []string{`7 "links.0.title" is not valid; expected a non empty string but found "  ".` + adr},
		},
		{
			name: "an empty link type", yaml: component("  links:\n  - url: https://x.io\n    type: \"\"\n", ""),
			want: []string{"7 Malformed envelope, /metadata/links/0/type must NOT have fewer than 1 characters"},
		},
		{
			name: "a dependency that is no reference", yaml: component("", "  dependencyOf:\n  - {a: b}\n  - \"\"\n"),
			want: []string{
				`10 Entity reference {"a":"b"} had missing or empty kind (e.g. did not start with "component:" or similar)`,
				"11 Entity reference must not be empty",
			},
		},
		{name: "an MCP server needs no document", yaml: head + "kind: API\nmetadata: {name: a}\nspec: {type: mcp-server, lifecycle: production, owner: x, remotes: [{type: sse, url: https://x.io}]}\n"},
		{
			name: "an MCP server that nobody can reach", yaml: head + "kind: API\nmetadata: {name: a}\nspec:\n  type: mcp-server\n  lifecycle: production\n  owner: x\n  remotes: []\n",
			want: []string{"8 /spec/remotes must NOT have fewer than 1 items - limit: 1"},
		},
		{
			name: "a kind with a dash", yaml: "apiVersion: acme.io/v1\nkind: My-Robot\nmetadata: {name: r2}\n",
			want: []string{`2 "kind" is not valid; expected a string that is a sequence of [a-zA-Z][a-z0-9A-Z], at most 63 characters in total but found "My-Robot".` + adr},
		},
		{
			name: "an apiVersion with two slashes", yaml: "apiVersion: a/b/c\nkind: Robot\nmetadata: {name: r2}\n",
			want: []string{`1 "apiVersion" is not valid; expected a valid prefix and/or suffix but found "a/b/c".` + adr},
		},
		{
			name: "a core kind in another case", yaml: strings.Replace(component("", ""), "Component", "component", 1),
			want: []string{"2 No processor recognized the entity component:default/orders as valid, possibly caused by a foreign kind or apiVersion"},
		},
		{
			name: "a core kind with a foreign apiVersion", yaml: strings.Replace(component("", ""), "backstage.io/v1alpha1", "v1", 1),
			want: []string{"1 No processor recognized the entity component:default/orders as valid, possibly caused by a foreign kind or apiVersion"},
		},
		{
			name: "a foreign key at the top", yaml: component("", "") + "owner: checkout\n",
			want: []string{"9 Unknown field owner"},
		},
		{
			name: "everything missing", yaml: "a: b\n",
			want: []string{
				"1 Unknown field a",
				"1 Malformed envelope, <root> must have required property 'apiVersion'",
				"1 Malformed envelope, <root> must have required property 'kind'",
				"1 Malformed envelope, <root> must have required property 'metadata'",
			},
		},
		{name: "a list instead of an entity", yaml: "- a\n", want: []string{"1 Expected object at root, got array"}},
		{name: "a component without spec", yaml: head + "kind: Component\nmetadata: {name: x}\n", want: []string{"1 <root> must have required property 'spec' - missingProperty: spec"}},
		{
			name: "a component needs type, lifecycle and owner", yaml: head + "kind: Component\nmetadata: {name: x}\nspec:\n  a: b\n",
			want: []string{
				"5 /spec must have required property 'type' - missingProperty: type",
				"5 /spec must have required property 'lifecycle' - missingProperty: lifecycle",
				"5 /spec must have required property 'owner' - missingProperty: owner",
			},
		},
		{name: "an api needs a definition", yaml: head + "kind: API\nmetadata: {name: x}\nspec: {type: openapi, lifecycle: production, owner: a}\n", want: []string{"4 /spec must have required property 'definition' - missingProperty: definition"}},
		{name: "a definition is a text", yaml: head + "kind: API\nmetadata: {name: x}\nspec: {type: openapi, lifecycle: production, owner: a, definition: {openapi: x}}\n", want: []string{"4 /spec/definition must be string - type: string"}},
		{name: "a resource needs a type", yaml: head + "kind: Resource\nmetadata: {name: x}\nspec: {owner: a}\n", want: []string{"4 /spec must have required property 'type' - missingProperty: type"}},
		{name: "a system needs an owner", yaml: head + "kind: System\nmetadata: {name: x}\nspec: {}\n", want: []string{"4 /spec must have required property 'owner' - missingProperty: owner"}},
		{name: "a domain needs an owner", yaml: head + "kind: Domain\nmetadata: {name: x}\nspec: {}\n", want: []string{"4 /spec must have required property 'owner' - missingProperty: owner"}},
		{name: "a group needs children", yaml: head + "kind: Group\nmetadata: {name: x}\nspec: {type: team}\n", want: []string{"4 /spec must have required property 'children' - missingProperty: children"}},
		{name: "a group with none is fine", yaml: head + "kind: Group\nmetadata: {name: x}\nspec: {type: team, children: []}\n"},
		{
			name: "an empty e-mail address", yaml: head + "kind: Group\nmetadata: {name: x}\nspec:\n  type: team\n  children: []\n  profile:\n    email: \"\"\n",
			want: []string{"8 /spec/profile/email must NOT have fewer than 1 characters - limit: 1"},
		},
		{name: "a user needs memberOf", yaml: head + "kind: User\nmetadata: {name: x}\nspec: {profile: {}}\n", want: []string{"4 /spec must have required property 'memberOf' - missingProperty: memberOf"}},
		{name: "a location may be empty", yaml: head + "kind: Location\nmetadata: {name: x}\nspec: {}\n"},
		{name: "a location with a wrong presence", yaml: head + "kind: Location\nmetadata: {name: x}\nspec: {presence: maybe}\n", want: []string{"4 /spec/presence must be equal to one of the allowed values - allowedValues: required,optional"}},
		{name: "a template needs steps", yaml: "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: x}\nspec: {type: service}\n", want: []string{"4 /spec must have required property 'steps' - missingProperty: steps"}},
		{
			name: "a template's steps do something", yaml: "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: x}\nspec:\n  type: service\n  parameters: 5\n  output: [1]\n  steps:\n    - id: a\n      action: fetch:template\n      if: false\n    - {id: b}\n    - {action: 7, input: x}\n    - text\n",
			want: []string{
				"6 /spec/parameters must be array - type: array", "7 /spec/output must be object - type: object",
				"12 /spec/steps/1 must have required property 'action' - missingProperty: action",
				"13 /spec/steps/2/action must be string - type: string", "13 /spec/steps/2/input must be object - type: object",
				"14 /spec/steps/3 must be object - type: object",
			},
		},
		{name: "what no schema has may be anything", yaml: component("", "  dependencyOf:\n")},
		{name: "an empty owner", yaml: strings.Replace(component("", ""), "checkout", `""`, 1), want: []string{"8 /spec/owner must NOT have fewer than 1 characters - limit: 1"}},
		{name: "a list where a text belongs", yaml: component("", "  system: [a]\n"), want: []string{"9 /spec/system must be string - type: string"}},
		{name: "a text where a list belongs", yaml: component("", "  providesApis: orders\n"), want: []string{"9 /spec/providesApis must be array - type: array"}},
		{name: "a number in a list of texts", yaml: component("", "  providesApis:\n  - a\n  - 1\n"), want: []string{"11 /spec/providesApis/1 must be string - type: string"}},
		{name: "a dependency without kind", yaml: component("", "  dependsOn: [inventory]\n"), want: []string{`9 Entity reference "inventory" had missing or empty kind (e.g. did not start with "component:" or similar)`}},
		{name: "a dependency with kind", yaml: component("", "  dependsOn: [\"component:inventory\"]\n")},
		{name: "keys that differ in case", yaml: component("", "  extra: {Foo: 1, foo: 2}\n"), want: []string{"9 Entity has duplicate keys that vary only in casing, 'spec.extra.foo'"}},
		{name: "a key written twice", yaml: component("", "  type: library\n"), want: []string{`9 Map keys must be unique; "type" is written twice.`}},
		{name: "a syntax error", yaml: "apiVersion: x\nkind: [\nmetadata: {}\n", want: []string{"2 This is not valid YAML"}},
		{
			name: "a name that would steer a terminal", yaml: strings.Replace(component("", ""), "orders", `"a\0\e[31m"`, 1),
			want: []string{`4 "metadata.name" is not valid; expected a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total but found "a��[31m".` + adr},
		},
		{name: "several mistakes at once", yaml: strings.Replace(component("  tags: [A]\n", ""), "orders", "_x", 1), want: []string{
			`4 "metadata.name" is not valid; expected a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total but found "_x".` + adr,
			`5 "tags.0" is not valid; expected a string that is sequences of [a-z0-9+#] separated by [-], at most 63 characters in total but found "A".` + adr,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			entities, err := catalog.Parse("f.yaml", []byte(tt.yaml))
			var got []string
			for _, f := range fieldsOf(err) {
				got = append(got, strings.TrimPrefix(f.Name, "f.yaml:")+" "+f.Message)
			}
			for i := range got {
				if i < len(tt.want) && strings.HasSuffix(tt.want[i], "not valid YAML") {
					got[i] = got[i][:min(len(tt.want[i]), len(got[i]))]
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if wantEntities := map[bool]int{true: 1}[len(tt.want) == 0]; len(entities) != wantEntities {
				t.Errorf("%d entities, want %d", len(entities), wantEntities)
			}
		})
	}
}

func fieldsOf(err error) []fault.Field {
	if err == nil {
		return nil
	}
	return fault.From(err).Fields
}

func TestParseKeepsEverythingInOrder(t *testing.T) {
	t.Parallel()
	const file = `# a comment
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  zeta: 1.50
  name: Orders
  title: "Orders ✓ \"now\""
  annotations:
    b.io/z: 'yes'
    a.io/y: |
      two
      lines
  date: 2024-01-01
  port: 0x1F
  ten: 010
  nothing: ~
  on: on
spec:
  type: service
  lifecycle: production
  owner: checkout
  dependsOn: ["resource:z", "component:a"]
  anchor: &a {x: 1}
  again: *a
  big: 12345678901234567890
`
	entities, err := catalog.Parse("catalog-info.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	e := entities[0]
	const raw = `{"apiVersion":"backstage.io/v1alpha1","kind":"Component","metadata":{"zeta":1.50,"name":"Orders",` +
		`"title":"Orders ✓ \"now\"","annotations":{"b.io/z":"yes","a.io/y":"two\nlines\n"},"date":"2024-01-01","port":31,` +
		`"ten":10,"nothing":null,"on":"on"},"spec":{"type":"service","lifecycle":"production","owner":"checkout",` +
		`"dependsOn":["resource:z","component:a"],"anchor":{"x":1},"again":{"x":1},"big":12345678901234567890}}`
	if diff := cmp.Diff(raw, string(e.Raw)); diff != "" {
		t.Errorf("raw (-want +got):\n%s", diff)
	}
	if got := e.Ref().String(); got != "component:default/orders" {
		t.Errorf("ref = %q", got)
	}
	if e.Metadata.Name != "Orders" || e.Metadata.Namespace != "default" || e.Metadata.Annotations["b.io/z"] != "yes" {
		t.Errorf("metadata = %+v", e.Metadata)
	}
	if e.Metadata.Extra["date"] != "2024-01-01" || e.Metadata.Extra["zeta"] != 1.5 {
		t.Errorf("extra = %v", e.Metadata.Extra)
	}
	if diff := cmp.Diff([]string{"component:a", "resource:z"}, e.SpecStrings("dependsOn")); diff != "" {
		t.Errorf("dependsOn is not sorted (-want +got):\n%s", diff)
	}
	e.UID, e.Relations = "u", catalog.RelationsOf(e)
	shown, err := e.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"uid":"u"`, `"zeta":1.50`, `"big":12345678901234567890`, `{"type":"ownedBy","targetRef":"group:default/checkout"}`} {
		if !bytes.Contains(shown, []byte(want)) {
			t.Errorf("JSON has no %s: %s", want, shown)
		}
	}
}

func TestParseGoesOnAfterABadDocument(t *testing.T) {
	t.Parallel()
	file := "%YAML 1.2\n---\n" + component("", "") +
		"---\nkind: [\n---\n# only a comment\n---\n" +
		strings.Replace(component("", ""), "orders", "inventory", 1) + "...\n---\n" +
		strings.Replace(component("  bad: \t- x: [\n", ""), "orders", "third", 1)
	entities, err := catalog.Parse("f.yaml", []byte(file))
	var names []string
	for _, e := range entities {
		names = append(names, fmt.Sprintf("%s:%d", e.Metadata.Name, e.Source.Line))
	}
	if diff := cmp.Diff([]string{"orders:3", "inventory:16"}, names); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}
	if got := len(fieldsOf(err)); got != 2 {
		t.Errorf("%d problems, want 2: %v", got, fieldsOf(err))
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	api := func(definition string) string {
		return "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: orders\nspec:\n  type: openapi\n" +
			"  lifecycle: production\n  owner: checkout\n  definition: " + definition + "\n"
	}
	files := fstest.MapFS{
		"svc/api/openapi.yaml": {Data: []byte("openapi: 3.1.0\n")},
		"svc/more.json":        {Data: []byte(`{"b": 1, "a": [2]}`)},
		"svc/one.yaml":         {Data: []byte("b: 1\na: x\n")},
		"svc/two.yaml":         {Data: []byte("a: 1\n---\nb: 2\n")},
		"top.txt":              {Data: []byte("top")},
		"svc/huge.txt":         {Data: bytes.Repeat([]byte("x"), 17<<20)},
	}
	tests := []struct {
		name, definition, extra string
		want                    string // in the body
		wantErr                 string
	}{
		{name: "text beside the file", definition: "{$text: ./api/openapi.yaml}", want: `"definition":"openapi: 3.1.0\n"`},
		{name: "text above the file, inside the location", definition: "{$text: ../top.txt}", want: `"definition":"top"`},
		{name: "JSON keeps its order", definition: "x", extra: "  more: {$json: more.json}\n", want: `"more":{"b":1,"a":[2]}`},
		{name: "YAML becomes values", definition: "x", extra: "  more: [{$yaml: one.yaml}]\n", want: `"more":[{"b":1,"a":"x"}]`},
		{name: "a schema's $ref is left alone", definition: "x", extra: "  more: {$ref: \"#/a\"}\n", want: `"more":{"$ref":"#/a"}`},
		{name: "a second key makes it none", definition: "x", extra: "  more: {$text: a, b: c}\n", want: `"more":{"$text":"a","b":"c"}`},
		{name: "out of the location", definition: "{$text: ../../etc/passwd}", wantErr: "leads out of the location"},
		{name: "an absolute path", definition: "{$text: /etc/passwd}", wantErr: "is not a path relative"},
		{name: "an address", definition: "{$text: \"https://x.io/a\"}", wantErr: "is an address"},
		{name: "no such file", definition: "{$text: ./none.yaml}", wantErr: "There is no file svc/none.yaml."},
		{name: "a folder", definition: "{$text: ./api}", wantErr: "is not a regular file"},
		{name: "too large", definition: "{$text: huge.txt}", wantErr: "is larger than 16 MB"},
		{name: "not JSON", definition: "{$json: one.yaml}", wantErr: "is not valid JSON"},
		{name: "two documents", definition: "x", extra: "  more: {$yaml: two.yaml}\n", wantErr: "must hold exactly one document"},
		{name: "a definition that is no text", definition: "{$json: more.json}", wantErr: "/spec/definition must be string"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{}
			maps.Copy(fsys, files)
			fsys["svc/catalog-info.yaml"] = &fstest.MapFile{Data: []byte(api(tt.definition) + tt.extra)}
			entities, err := catalog.ParseFS(fsys, "svc/catalog-info.yaml")
			if tt.wantErr != "" {
				fields := fieldsOf(err)
				if len(fields) == 0 || !strings.Contains(fields[0].Message, tt.wantErr) {
					t.Fatalf("problems = %v, want %q", fields, tt.wantErr)
				}
				if !strings.HasPrefix(fields[0].Name, "svc/catalog-info.yaml:") {
					t.Errorf("the problem is at %q, which is no line of the file", fields[0].Name)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(entities[0].Body), tt.want) {
				t.Errorf("body = %s, want %s in it", entities[0].Body, tt.want)
			}
		})
	}
}

func TestAProblemNamesTheEntityAndItsOwner(t *testing.T) {
	t.Parallel()
	for name, extra := range map[string]string{
		"a file that is missing": "  more: {$text: none.txt}\n", "a field that is wrong": "  type: 7\n",
	} {
		file := "apiVersion: v1\nkind: Component\nmetadata: {name: orders, namespace: shop}\nspec:\n  lifecycle: x\n  owner: checkout\n" + extra
		_, problems := catalog.Check(fstest.MapFS{"catalog-info.yaml": {Data: []byte(file)}}, "catalog-info.yaml")
		if len(problems) == 0 {
			t.Errorf("%s: no problem", name)
		}
		for _, p := range problems {
			if p.Ref != "component:shop/orders" || p.Owner != "group:shop/checkout" {
				t.Errorf("%s: %s is of %q and %q", name, p, p.Ref, p.Owner)
			}
		}
	}
}

func TestScriptsInAnnotationsAreRejected(t *testing.T) {
	t.Parallel()
	entities, err := catalog.Parse("f.yaml", []byte(component(
		"  annotations:\n    backstage.io/view-url: \" java\\tscript:alert(1)\"\n    backstage.io/edit-url: https://x.io\n", "")))
	if err == nil {
		t.Logf("annotations: %v", entities[0].Metadata.Annotations)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"backstage.io/view-url": "https://backstage.io/annotation-rejected-for-security-reasons",
		"backstage.io/edit-url": "https://x.io",
	}
	if diff := cmp.Diff(want, entities[0].Metadata.Annotations); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
}

func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a: &a [" + strings.Repeat("x,", 100) + "]\n")
	for i := range 12 {
		fmt.Fprintf(&bomb, "%c: &%c [%s]\n", 'b'+i, 'b'+i, strings.Repeat(fmt.Sprintf("*%c,", 'a'+i), 100))
	}
	tests := []struct{ name, yaml, want string }{
		{name: "an alias bomb", yaml: bomb.String(), want: "is larger than 20 MB once its aliases are expanded"},
		{name: "an anchor that holds itself", yaml: "a: &a [*a]\n", want: "nested deeper than 100 levels"},
		{name: "deep nesting", yaml: "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), want: "nested deeper than 100 levels"},
		{name: "deeper than the reader goes", yaml: strings.Repeat("[", 1<<20), want: "This is not valid YAML"},
		{name: "a map as key", yaml: "{a: b}: c\n", want: "Only a text can be a key."},
		{name: "binary", yaml: "\x00\x01\x02", want: "This is not valid YAML"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			entities, err := catalog.Parse("f.yaml", []byte(tt.yaml))
			fields := fieldsOf(err)
			if len(entities) != 0 || len(fields) == 0 || !strings.Contains(fields[0].Message, tt.want) {
				t.Errorf("Parse = %d entities, %.300v, want %q", len(entities), fields, tt.want)
			}
		})
	}
}

// FuzzParse checks that whatever a file holds, what comes out is JSON that says
// the same when it is read again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(component("", "")))
	f.Add([]byte("a: &a [*a]\n---\n- {$text: x}\n...\n%TAG\n"))
	f.Add([]byte("apiVersion: v1\nkind: X\nmetadata: {name: a, \"\\x00\": .inf, x: 0x, <<: {a: b}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entities, err := catalog.Parse("f.yaml", data)
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%v is not an invalid input", err)
		}
		for _, e := range entities {
			if !json.Valid(e.Raw) || !json.Valid(e.Body) {
				t.Fatalf("not JSON: %q, %q", e.Raw, e.Body)
			}
			again, err := catalog.Parse("again", e.Body)
			if err != nil && bytes.Contains(e.Body, []byte(`\u`)) {
				continue // YAML refuses control characters that JSON escapes
			}
			if err != nil || len(again) != 1 || again[0].Ref() != e.Ref() {
				t.Fatalf("read again: %v, %v", again, err)
			}
		}
	})
}
