package portal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/access/accesstest"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal/broker"
)

// world is a platform with something in it, for looking at pages. Catalog,
// contracts and access are the real ones on stores in memory.
type world struct {
	*Server
	runs      *worldRuns
	contracts *contracts.Broker
	depot     depot
	// sources are the folders that its catalog can read.
	sources map[string]fs.FS
}

// worldKind says what is in a world.
type worldKind string

const (
	emptyWorld  worldKind = "empty"  // on the first day
	fullWorld   worldKind = "full"   // in use: many of everything, trouble, long names
	brokenWorld worldKind = "broken" // contracts and runs cannot be loaded
	lockedWorld worldKind = "locked" // everybody has to sign in
)

func newWorld(t *testing.T, kind worldKind) *world {
	t.Helper()
	// What is built is what people get; without a build pages cannot be looked at.
	assets := os.DirFS("../web/dist")
	if _, err := fs.Stat(assets, "manifest.json"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("web is not built: cd web && npm ci && npm run build")
		}
		t.Skip("SKIPPED, PAGES ARE NOT TESTED: web is not built. Run: cd web && npm ci && npm run build")
	}
	store := contractstest.NewStore()
	c := &worldContracts{Broker: contracts.New(store, store, nil)}
	runs := &worldRuns{}
	depot := newDepot()
	sources := map[string]fs.FS{"/srv/acme": acmeFiles(), "/srv/depot": depot.fs(), "/srv/broken": fstest.MapFS{
		"catalog-info.yaml": {Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: not a name\nspec: {type: service}\n")},
	}}
	cat := catalogtest.New(sources)
	keys := access.New(accesstest.NewStore(), access.Options{})
	o := Options{
		Catalog: cat, Paths: worldPaths{kind == emptyWorld}, Creation: worldPaths{}, Runs: runs, Contracts: c, About: worldAbout{}, Access: keys,
		Broker: broker.New(c.Broker, broker.Options{}), Templates: os.DirFS("../web/templates"), Assets: assets,
		PublicURL: "http://127.0.0.1:8080", Loopback: kind != lockedWorld, RequireLogin: kind == lockedWorld, LocalActor: "ada",
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	}
	if kind != emptyWorld {
		fill(t, cat, c.Broker, keys)
		fillDepot(t, cat, depot)
		runs.fill()
	}
	c.broken, runs.broken = kind == brokenWorld, kind == brokenWorld
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &world{s, runs, c.Broker, depot, sources}
}

var errBroken = errors.New("the database is on fire")

// worldContracts can be out of reach.
type worldContracts struct {
	*contracts.Broker
	broken bool
}

func (w *worldContracts) Pairs(ctx context.Context) ([]contracts.Pair, error) {
	if w.broken {
		return nil, errBroken
	}
	return w.Broker.Pairs(ctx)
}

func (w *worldContracts) GateStatuses(ctx context.Context, environment string, services []string) (map[string]contracts.GateStatus, error) {
	if w.broken {
		return nil, errBroken
	}
	return w.Broker.GateStatuses(ctx, environment, services)
}

type worldAbout struct{}

func (worldAbout) About() About {
	return About{
		Build: Build{Version: "1.4.0", Commit: strings.Repeat("3f9a", 10), Go: "go1.26.1"}, Database: "sqlite",
		DataDir: "/home/ada/.local/share/platform", PublicURL: "http://127.0.0.1:8080", GitHost: "local", StartedAt: time.Now().Add(-3 * time.Hour),
	}
}

func (worldAbout) Health(context.Context) []Check {
	return []Check{{Name: "database", OK: true, Message: "answers in 1 ms"}, {Name: "workers", Message: "No worker has taken a job for 5 minutes."}}
}

// acmeFiles is the catalog of a company.
func acmeFiles() fstest.MapFS {
	var b strings.Builder
	doc := func(format string, values ...any) { fmt.Fprintf(&b, "---\n"+format+"\n", values...) }
	for _, team := range []string{"checkout", "warehouse", "payments"} {
		doc("apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: %s}\nspec: {type: team, children: [], profile: {displayName: Team %s, email: %s@example.com}}", team, team, team)
	}
	doc("apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ada}\nspec: {memberOf: [checkout], profile: {displayName: Ada Lovelace}}")
	doc("apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: shop, description: Everything between a customer and a parcel.}\nspec: {owner: checkout}")
	doc("apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: orders-db, tags: [postgres]}\nspec: {type: database, owner: checkout, system: shop}")
	component := "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: %s\n  description: %s\n  tags: [go, tier-1]\n  labels: {cost-centre: \"4711\"}\n" +
		"  annotations: {backstage.io/view-url: https://git.example.com/acme/%s}\n  links: [{url: https://grafana.example.com, title: Dashboard}]\n" +
		"spec:\n  type: service\n  lifecycle: %s\n  owner: %s\n  system: shop\n  providesApis: [%s]\n  consumesApis: [%s]\n  dependsOn: [%s]"
	doc(component, "orders", "Takes orders and promises when they arrive.", "orders", "production", "checkout", "orders", "inventory, payments-api", "resource:orders-db, component:ghost")
	doc(component, "inventory", "Knows what lies where, and how many of it.", "inventory", "production", "warehouse", "inventory", "", "")
	doc(component, "payments", "Moves money.", "payments", "production", "payments", "payments-api", "", "")
	doc(component, "web", "What customers see.", "web", "production", "checkout", "", "orders, inventory", "")
	doc(component, "a-service-with-a-name-that-is-as-long-as-names-may-be-here-ok", "Its description is long too, because some people explain in one sentence of a catalog file what others would need a page of documentation, two meetings and a drawing for.", "x", "experimental", "nobody-we-know", "", "", "")
	doc("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: arabic, title: خدمة الطلبات, description: اسم من اليمين إلى اليسار}\nspec: {type: service, lifecycle: production, owner: checkout}")
	for i := range 60 {
		doc("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: worker-%02d}\nspec: {type: library, lifecycle: experimental, owner: payments}", i)
	}
	for _, name := range []string{"orders", "inventory"} {
		doc("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: %s, description: The API of %s.}\nspec:\n  type: openapi\n  lifecycle: production\n  owner: checkout\n  system: shop\n  definition:\n    $text: ./openapi.yaml", name, name)
	}
	doc("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: payments-api}\nspec:\n  type: grpc\n  lifecycle: production\n  owner: payments\n  definition: |\n    syntax = \"proto3\";\n    service Payments { rpc Pay (Order) returns (Receipt); }")
	doc("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: tools}\nspec: {type: mcp-server, lifecycle: production, owner: payments, remotes: [{type: streamable-http, url: \"https://mcp.example.com/v1\"}]}")
	doc("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: torn}\nspec: {type: openapi, lifecycle: production, owner: payments, definition: \"openapi: [\"}")
	return fstest.MapFS{"catalog-info.yaml": {Data: []byte(b.String())}, "openapi.yaml": {Data: []byte(worldOpenAPI)}}
}

const worldOpenAPI = `openapi: 3.0.3
info: {title: Inventory, version: 2.1.0, description: Items and where they are.}
servers: [{url: /}]
tags: [{name: items, description: What lies on shelves}]
paths:
  /items:
    get:
      tags: [items]
      operationId: listItems
      summary: List items
      parameters:
        - {name: limit, in: query, description: How many at most, schema: {type: integer, minimum: 1, maximum: 100, default: 20}}
      responses:
        "200":
          description: Items
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Item'}}, example: [{id: "1", name: Chair}]}}
    post:
      tags: [items]
      operationId: addItem
      summary: Add an item
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}, example: {id: "1", name: Chair}}}}
      responses: {"201": {description: Added}, "409": {description: It is there already}}
  /items/{id}:
    get:
      tags: [items]
      operationId: getItem
      summary: One item
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: The item, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}, "404": {description: No such item}}
    delete:
      operationId: deleteItem
      deprecated: true
      summary: Forget an item
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: Forgotten}}
components:
  schemas:
    Item:
      type: object
      required: [id, name]
      properties:
        id: {type: string, description: Its number}
        name: {type: string, maxLength: 80}
        place: {type: object, properties: {shelf: {type: string}, floor: {type: integer}}}
`

// pactOf writes a pact with one interaction for each path.
func pactOf(consumer, provider string, paths ...string) []byte {
	var interactions []string
	for _, path := range paths {
		interactions = append(interactions, fmt.Sprintf(`{"description":"a request for %s","providerStates":[{"name":"item 1 exists"},{"name":"the shelf is lit"}],
"request":{"method":"GET","path":%q,"headers":{"Accept":"application/json"}},
"response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"id":"1","name":"Chair","place":{"shelf":"A"}}}}`, path, path))
	}
	return fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[%s],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`,
		consumer, provider, strings.Join(interactions, ","))
}

// worldVersion is a commit that begins with a letter people can tell apart.
func worldVersion(letter string) string { return strings.Repeat(letter+"1", 20) }

func fill(t *testing.T, cat *catalog.Catalog, b *contracts.Broker, keys *access.Access) {
	t.Helper()
	ctx := catalog.WithActor(pipelines.WithActor(t.Context(), "ada"), "ada")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := cat.Register(ctx, catalog.Location{Type: catalog.LocationFile, Target: "/srv/acme"})
	must(err)
	publish := func(consumer, provider, letter, branch string, paths ...string) {
		t.Helper()
		_, err := b.Publish(ctx, contracts.Publication{
			Consumer: consumer, Version: worldVersion(letter), Branch: branch, Tags: []string{"nightly"}, BuildURL: "https://ci.example.com/1",
			Contracts: []contracts.Contract{{Content: pactOf(consumer, provider, paths...)}},
		})
		must(err)
	}
	verify := func(consumer, provider, letter string, ok bool) {
		t.Helper()
		pair, err := b.Pair(ctx, consumer, provider)
		must(err)
		v := contracts.Verification{
			Consumer: consumer, Provider: provider, PactSHA: pair.SHA, ProviderVersion: worldVersion(letter), ProviderBranch: "main",
			Success: ok, BuildURL: "https://ci.example.com/2", Log: "Verifying a pact between " + consumer + " and " + provider + "\n  has status code 200 (OK)\n",
		}
		for i, in := range pair.Interactions {
			r := contracts.InteractionResult{ID: in.ID, Description: in.Description, State: strings.Join(in.States, ", "), Status: contracts.Passed}
			if !ok && i == 0 {
				r.Status = contracts.Failed
				r.Mismatches = []string{"$.place.shelf: expected \"A\" (String) to be the same type as 1 (Integer)", "status: expected 200 but was 404"}
			}
			v.Interactions = append(v.Interactions, r)
		}
		_, err = b.RecordVerification(ctx, v)
		must(err)
	}
	publish("orders", "inventory", "a", "main", "/items/1", "/items")
	verify("orders", "inventory", "c", true)
	publish("orders", "inventory", "b", "feature/faster-checkout", "/items/1", "/items", "/items/2")
	verify("orders", "inventory", "d", false)
	publish("web", "orders", "e", "main", "/orders/1")
	verify("web", "orders", "b", true)
	publish("web", "inventory", "e", "main", "/items")
	for _, in := range []contracts.Deployment{{Service: "inventory", Version: worldVersion("d"), Environment: "production"}, {Service: "orders", Version: worldVersion("a"), Environment: "production"}, {Service: "orders", Version: worldVersion("b"), Environment: "test"}} {
		_, err := b.RecordDeployment(ctx, in)
		must(err)
	}
	for i, scope := range []string{ScopeAdmin, ScopeWrite, ScopeRead} {
		token, _, err := keys.CreateToken(ctx, NewToken{Name: scope + " of somebody", Scopes: []string{scope}, ExpiresAt: time.Now().AddDate(0, i+1, 0)})
		must(err)
		if scope == ScopeRead {
			must(keys.RevokeToken(ctx, token.ID))
		}
	}
	for _, e := range []AuditEntry{
		{Actor: "ada", Action: "POST /create/:path", Subject: "go-http orders", Outcome: "ok", RequestID: "0f8fad5b-d9cb-469f-a165-70867728950e"},
		{Actor: "ci", Action: "publishContracts", Subject: "orders", Outcome: "conflict", Detail: "token t1 · A pact with other content exists."},
	} {
		must(keys.Record(ctx, e))
	}
}
