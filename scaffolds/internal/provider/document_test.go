package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds/internal/provider"
)

const head = `openapi: 3.0.3
info: {title: Inventory, version: "1"}
`

// with returns a document of one operation that answers with a schema, and of
// more lines.
func with(schema, more string) string {
	return head + `paths:
  /a:
    get:
      operationId: getA
      responses:
        "200": {description: OK, content: {application/json: {schema: ` + schema + `}}}
` + more
}

// make makes everything that is made of a document.
func makeAll(document []byte) error {
	d, err := provider.Read("inventory", document)
	if err != nil {
		return err
	}
	client, err := d.Client()
	if err != nil {
		return err
	}
	client.Contract("inventory", d.BasePath())
	return nil
}

func TestUnusableDocumentsAreExplained(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(server.Close)
	secret := filepath.Join(t.TempDir(), "secret.yaml")
	if err := os.WriteFile(secret, []byte("type: string\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, document, says string }{
		{"nothing", "", "not an OpenAPI document"},
		{"a word", "hello", "not an OpenAPI document"},
		{"broken YAML", "openapi: 3.0.3\npaths: [a", "line"},
		{"broken JSON", `{"openapi": "3.0.3", `, "neither YAML nor JSON"},
		{"bytes", "\x00\x01\xff", "neither YAML nor JSON"},
		{"Swagger 2", "swagger: \"2.0\"\npaths: {}\n", "Swagger 2.0"},
		{"no version", "info: {}\npaths: {}\n", "openapi version"},
		{"OpenAPI 4", "openapi: 4.0.0\npaths: {}\n", "4.0.0"},
		{"no paths", head, "nothing to call"},
		{"empty paths", head + "paths: {}\n", "nothing to call"},
		{"a file elsewhere", with(`{$ref: "file://`+secret+`"}`, ""), "line 8: it refers to file://"},
		{"a file beside", with(`{$ref: "./other.yaml#/A"}`, ""), "outside of it"},
		{"an address", with(`{$ref: "`+server.URL+`/a.yaml"}`, ""), "outside of it"},
		{"an address by an alias", with(`{$ref: *x}`, "x-anchor: {a: &x \""+server.URL+"/a.yaml\"}\n"), "inventory"},
		{"a reference to nothing", with(`{$ref: "#/components/schemas/Gone"}`, ""), "Gone"},
		{"references in a circle", with(`{$ref: "#/components/schemas/A"}`, "components: {schemas: {A: {$ref: \"#/components/schemas/B\"}, B: {$ref: \"#/components/schemas/A\"}}}\n"), "inventory"},
		{"a schema made of itself", with(`{$ref: "#/components/schemas/A"}`, "components: {schemas: {A: {allOf: [{$ref: \"#/components/schemas/B\"}]}, B: {allOf: [{$ref: \"#/components/schemas/A\"}]}}}\n"), "recursive type"},
		{"a schema that contains itself", with(`{$ref: "#/components/schemas/A"}`, "components: {schemas: {A: {type: object, required: [a], properties: {a: {$ref: \"#/components/schemas/A\"}}}}}\n"), "recursive type"},
		{"a property made of what it is in", with(`{$ref: "#/components/schemas/A"}`, "components: {schemas: {A: {type: object, properties: {c: {allOf: [{$ref: \"#/components/schemas/A\"}, {description: x}]}}}}}\n"), "made of itself by allOf"},
		{"a property beside what it is in", with(`{$ref: "#/components/schemas/A"}`, "components: {schemas: {A: {type: object, properties: {c: {required: [x], allOf: [{$ref: \"#/components/schemas/A\"}]}}}}}\n"), "made of itself by allOf"},
		{"merging upon merging", with(`{$ref: "#/components/schemas/A0"}`, atoms("{description: x, required: [a], allOf: [{$ref: \"#/components/schemas/A%d\"}]}")), "too large"},
		{"paths that are a list", head + "paths: [a]\n", "inventory"},
		{"a type that is a number", with(`{type: 7}`, ""), "inventory"},
		{"two schemas of one Go name", with(`{$ref: "#/components/schemas/FooBar"}`, "components: {schemas: {foo-bar: {type: object, properties: {a: {type: string}}}, FooBar: {type: object, properties: {b: {type: array, items: {$ref: \"#/components/schemas/foo-bar\"}}}}}}\n"), "FooBar"},
		{"two operations of one name", with(`{type: string}`, "  /b: {get: {operationId: get-a, responses: {\"200\": {description: OK}}}}\n"), "GetA"},
		{"a schema called like the client", with(`{$ref: "#/components/schemas/Client"}`, "components: {schemas: {Client: {type: object, properties: {a: {type: string}}}}}\n"), "Client"},
		{"code in a type", with(`{type: string, x-go-type: "struct{}; func init() { panic(1) }; type X struct{}"}`, ""), "inventory"},
		{"a type that is nowhere", with(`{type: object, properties: {a: {type: string, x-go-type: Nowhere}}}`, ""), "Nowhere"},
		{"code in a name", with(`{type: object, properties: {"a\"`+"`"+` json": {type: string}}}`, ""), "inventory"},
		{"a server with code in it", with(`{type: string}`, "servers: [{url: \"https://example.com/`+os.Exit(1)\"}]\n"), "first server"},
		{"a server that is no URL", with(`{type: string}`, "servers: [{url: \"http://[::1\"}]\n"), "first server"},
		{"too deep", with(strings.Repeat("{type: array, items: ", 120)+"{type: string}"+strings.Repeat("}", 120), ""), "deeper"},
		{"very much too deep", strings.Repeat("[", 100_000), "inventory"},
		{"too large", head + "# " + strings.Repeat("x", 5<<20), "4 MiB"},
		{"more values than atoms", with(`{$ref: "#/components/schemas/A0"}`, atoms("{$ref: \"#/components/schemas/A%d\"}")), "fields"},
		{"aliases upon aliases", with(`{type: string}`, bomb()), "too large"},
		{"an alias of itself", head + "paths: &a {b: *a}\n", "inventory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := makeAll([]byte(c.document))
			f := fault.From(err)
			if f == nil || f.Code != fault.Invalid {
				t.Fatalf("got %v (%v), want a fault", err, f)
			}
			all := f.Message + fmt.Sprint(f.Fields)
			if !strings.Contains(all, c.says) || !strings.Contains(all, "inventory") || strings.Contains(all, "\n") {
				t.Errorf("%s, want it to say %q", all, c.says)
			}
		})
	}
	t.Cleanup(func() {
		if calls.Load() > 0 {
			t.Error("a document made this process call a server")
		}
	})
}

// bomb is a document of a kilobyte that means gigabytes.
func bomb() string {
	var out strings.Builder
	out.WriteString("x-a0: &a0 [" + strings.Repeat("x, ", 10) + "]\n")
	for i := 1; i < 9; i++ {
		one := fmt.Sprintf("*a%d", i-1)
		fmt.Fprintf(&out, "x-a%d: &a%d [%s]\n", i, i, strings.Join([]string{one, one, one, one, one, one, one, one, one, one}, ", "))
	}
	return out.String()
}

// What refers to itself in ways that have an end is a client like any other.
func TestUnusualDocumentsAreUsed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, document string }{
		{"a tree", with(`{$ref: "#/components/schemas/A"}`, "components: {schemas: {A: {type: object, required: [a], properties: {a: {type: array, items: {$ref: \"#/components/schemas/A\"}}}}}}\n")},
		{"alternatives of itself", with(`{$ref: "#/components/schemas/A"}`, "components: {schemas: {A: {oneOf: [{type: string}, {$ref: \"#/components/schemas/A\"}]}}}\n")},
		{"a property that is what it is in", with(`{$ref: "#/components/schemas/A"}`, "components: {schemas: {A: {type: object, properties: {c: {description: x, nullable: true, allOf: [{$ref: \"#/components/schemas/A\"}]}}}}}\n")},
		{"callbacks in a circle", strings.Replace(with(`{type: string}`, "components: {callbacks: {C: {\"{$request.body#/u}\": {post: {operationId: c, callbacks: {again: {$ref: \"#/components/callbacks/C\"}}, responses: {\"200\": {description: OK}}}}}}}\n"), "operationId: getA", "operationId: getA\n      callbacks: {c: {$ref: \"#/components/callbacks/C\"}}", 1)},
		{"JSON", `{"openapi":"3.0.3","info":{"title":"a","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"OK"}}}}}}`},
		{"a byte order mark", "\ufeff" + with(`{type: string}`, "")},
		{"lines that end as on Windows", strings.ReplaceAll(with(`{type: string}`, ""), "\n", "\r\n")},
		{"anything goes", with(`{}`, "")},
		{"more values than atoms, in lists", with(`{$ref: "#/components/schemas/A0"}`, atoms("{type: array, items: {$ref: \"#/components/schemas/A%d\"}}"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := makeAll([]byte(c.document)); err != nil {
				t.Fatal(err, fault.From(err).Fields)
			}
		})
	}
}

// atoms are schemas whose example would have 2^40 values.
func atoms(field string) string {
	var out strings.Builder
	out.WriteString("components:\n  schemas:\n")
	for i := range 40 {
		one := fmt.Sprintf(field, i+1)
		fmt.Fprintf(&out, "    A%d: {type: object, required: [a, b], properties: {a: %s, b: %s}}\n", i, one, one)
	}
	out.WriteString("    A40: {type: string}\n")
	return out.String()
}

// FuzzMakeAll looks for a document that brings the process down.
func FuzzMakeAll(f *testing.F) {
	f.Add([]byte(with(`{type: string}`, "")))
	f.Add([]byte(bomb()))
	golden := filepath.Join("..", "..", "paths", "go-http", "golden", "internal", "clients")
	for _, sample := range []string{"goldenprovider", "goldenother"} {
		body, err := os.ReadFile(filepath.Join(golden, sample, "openapi", "openapi.yaml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		if err := makeAll(document); err != nil && !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}
