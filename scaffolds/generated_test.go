package scaffolds_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/scaffolds/authoring"
)

// odd is a document with the habits that real ones have: names that are words
// of Go, bodies of every kind, YAML answers, references in circles.
const odd = `openapi: 3.1.0
info: {title: Odd, version: "1"}
servers: [{url: "https://{host}/api/v1/", variables: {host: {default: odd.example.com}}}]
paths:
  /types/{type}/{odd}/{when}:
    parameters:
      - {name: type, in: path, required: true, schema: {type: string}}
      - {name: odd, in: path, required: true, schema: {type: integer, format: int64, minimum: 7}}
      - {name: when, in: path, required: true, schema: {type: string, format: date-time}}
    get:
      summary: "List \"things\" of a ` + "`type`" + `"
      x-provider-state: things exist
      parameters:
        - {name: tags, in: query, required: true, schema: {type: array, items: {type: string, example: new}}}
        - {name: session, in: cookie, required: true, schema: {type: string}}
      responses:
        "200":
          description: OK
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Tree"}}}
            application/yaml: {schema: {$ref: "#/components/schemas/Tree"}}
  /things:
    get:
      summary: List "things" of a type
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {type: object, additionalProperties: {type: number}}}}
    post:
      operationId: create
      requestBody:
        content:
          application/json:
            schema:
              oneOf: [{$ref: "#/components/schemas/Named"}, {type: "null"}]
      responses:
        "201":
          description: Created
          content: {application/json: {schema: {allOf: [{$ref: "#/components/schemas/Named"}, {$ref: "#/components/schemas/Dated"}]}}}
  /upload:
    post:
      requestBody:
        required: true
        content: {multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}}}}}
      responses: {"200": {description: OK, content: {application/json: {schema: {type: string}}}}}
components:
  schemas:
    Named:
      type: object
      required: [name, kind, secret, size]
      properties:
        name: {type: [string, "null"], minLength: 10}
        kind: {const: thing}
        secret: {type: string, writeOnly: true}
        size: {type: number, exclusiveMinimum: 0, example: "not a number"}
    Dated:
      type: object
      required: [on, at, id]
      properties:
        on: {type: string, format: date, example: 2026-03-04}
        at: {type: string, format: date-time, example: yesterday}
        id: {type: string, format: uuid, readOnly: true, example: 12}
    Tree:
      type: object
      required: [label, children, place]
      properties:
        place:
          type: object
          required: [exact, near, empty]
          properties:
            exact: {type: object, required: [x], properties: {x: {type: number}, y: {type: number}}}
            near: {type: object, additionalProperties: {type: string}}
            empty: {type: object}
        label: {type: string}
        children: {type: array, items: {$ref: "#/components/schemas/Tree"}}
        parent: {$ref: "#/components/schemas/Tree"}
`

type serviceCase struct {
	name      string
	answers   scaffolds.Answers
	providers []scaffolds.Provider
}

func serviceCases(t *testing.T) []serviceCase {
	t.Helper()
	inventory, rates := document(t, "goldenprovider"), document(t, "goldenother")
	ours, err := os.ReadFile(filepath.Join("..", "portal", "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return []serviceCase{
		{name: "one that consumes nothing", answers: scaffolds.Answers{Name: "orders", Owner: "checkout"}},
		{
			name: "one that consumes a service and the platform",
			answers: scaffolds.Answers{
				Name: "my-orders", Owner: "group:default/checkout", System: "shop", Consumes: []string{"inventory", "platform"},
				Module: "github.com/acme/my-orders", Description: `Says "hello": {{ it }} is # odd ${{ x }} [[ y ]] \ ` + "`z`",
			},
			providers: []scaffolds.Provider{{Name: "inventory", OpenAPI: inventory}, {Name: "platform", OpenAPI: ours}},
		},
		{
			name: "one that consumes two services with awkward names",
			answers: scaffolds.Answers{
				Name: "zz-0-" + strings.Repeat("long-", 11) + "nm1", Owner: "user:other/Ada.Lovelace", Module: "zz.example.com/Z_z/z-z",
				Consumes: []string{"component:default/type", "3scale.Gateway_v2"},
			},
			providers: []scaffolds.Provider{{Name: "component:default/type", OpenAPI: rates}, {Name: "3scale.Gateway_v2", OpenAPI: inventory}},
		},
		{
			name: "one that consumes services called like the words around them",
			answers: scaffolds.Answers{Name: "internal", Owner: "a", Module: "a.b/internal", Consumes: []string{
				"http", "odd", "foo-bar", "foobar", "error", "made", "t", "golden-provider", "goldensvc", "openapi-types", "main", "address", "String",
			}},
		},
	}
}

// A service is right from the first day: formatted, compiling, vetted, its
// go.mod tidy. The sample documents stand for the services consumed.
func TestServicesBuild(t *testing.T) {
	t.Parallel()
	p := goHTTP(t)
	for _, c := range serviceCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.providers == nil {
				for _, name := range c.answers.Consumes {
					c.providers = append(c.providers, scaffolds.Provider{Name: name, OpenAPI: []byte(odd)})
				}
			}
			tree, err := p.Render(c.answers, c.providers)
			if err != nil {
				t.Fatal(err, fault.From(err).Fields)
			}
			again, err := p.Render(c.answers, c.providers)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tree, again); diff != "" {
				t.Errorf("rendered twice, it differs:\n%s", diff)
			}
			for _, wrong := range authoring.Unreadable(tree) {
				t.Error(wrong)
			}
			dir := filepath.Join(t.TempDir(), "service")
			if err := tree.Write(dir); err != nil {
				t.Fatal(err)
			}
			run(t, dir, "go", "mod", "tidy", "-diff")
			run(t, dir, "go", "vet", "-tags", "contract", "./...") // compiles all there is
		})
	}
}

func run(t *testing.T, dir string, words ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Dir = dir
	// What is not in the module cache is not downloaded: "make setup" fills it.
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off", "PACT_DO_NOT_TRACK=true")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", strings.Join(words, " "), err, out)
	}
}
