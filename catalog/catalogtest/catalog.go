package catalogtest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// TestCatalog runs what people do with a catalog on a store: register, change,
// break and mend files, find things, take them out again.
func TestCatalog(t *testing.T, on On) {
	t.Helper()
	for _, tt := range []struct {
		name string
		run  func(t *testing.T, s *shop)
	}{
		{"registering a folder makes its entities visible at once", testRegister},
		{"reading unchanged files again writes nothing", testIdempotent},
		{"what changes, appears and goes is taken over", testRefresh},
		{"a broken file keeps its entities and says why", testBroken},
		{"a location that became unreadable keeps its entities", testUnreadable},
		{"an entity belongs to the location that came first", testConflict},
		{"a file takes over what the platform made", testTakeOver},
		{"what the platform puts is undone by withdrawing it", testPut},
		{"an index of another process catches up", testReplica},
		{"a rolled back transaction leaves no trace in the index", testUncommitted},
		{"history tells who, when and from which commit", testAuthors},
		{"several processes read what is due, each location once", testSchedules},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			on(t, func(t *testing.T, b Backend) {
				t.Helper()
				tt.run(t, newShop(t, b))
			})
		})
	}
}

// shop is a small company: a folder of catalog files and a catalog.
type shop struct {
	*catalog.Catalog

	backend Backend
	files   fstest.MapFS
	reader  Reader
}

const shopFolder = "/srv/shop"

func newShop(t *testing.T, b Backend) *shop {
	t.Helper()
	s := &shop{backend: b, files: fstest.MapFS{
		"orders/catalog-info.yaml":    file(service("orders", "checkout", "consumesApis: [inventory]", "providesApis: [orders]"), api("orders", "checkout")),
		"inventory/catalog-info.yaml": file(service("inventory", "warehouse", "providesApis: [inventory]"), api("inventory", "warehouse")),
		"org/catalog-info.yaml":       file(group("checkout"), user("ada", "checkout"), "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec: {owner: checkout}\n"),
	}}
	s.reader = Reader{shopFolder: s.files}
	s.Catalog = s.process()
	return s
}

// process returns another catalog on the same store, as another process has it.
func (s *shop) process() *catalog.Catalog {
	return catalog.New(s.backend.Store, s.backend.Unit, s.reader, slog.New(slog.DiscardHandler))
}

func file(documents ...string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(strings.Join(documents, "---\n"))}
}

func service(name, owner string, more ...string) string {
	lines := strings.Join(append(more, ""), "\n  ")
	return fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: %s\n  title: The %s service\n  tags: [go]\n"+
		"spec:\n  type: service\n  lifecycle: production\n  owner: %s\n  system: shop\n  %s\n", name, name, owner, lines)
}

func api(name, owner string) string {
	return fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: %s\nspec:\n  type: openapi\n"+
		"  lifecycle: production\n  owner: %s\n  definition: 'openapi: 3.1.0'\n", name, owner)
}

func group(name string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: " + name + "\nspec:\n  type: team\n  children: []\n"
}

func user(name, team string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: " + name + "\nspec:\n  memberOf: [" + team + "]\n"
}

func (s *shop) register(t *testing.T, target string) catalog.Registration {
	t.Helper()
	r, err := s.Register(t.Context(), catalog.Location{Target: target})
	if err != nil {
		t.Fatalf("register %s: %v", target, err)
	}
	return r
}

func (s *shop) refresh(t *testing.T, id string) catalog.Registration {
	t.Helper()
	r, err := s.Refresh(t.Context(), id)
	if err != nil {
		t.Fatalf("refresh: %v", err)
	}
	return r
}

func (s *shop) feedEnd(t *testing.T) int64 {
	t.Helper()
	seq, err := s.backend.Store.LastChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// names lists what a catalog's index finds.
func names(t *testing.T, c *catalog.Catalog, q catalog.Query) []string {
	t.Helper()
	page, err := c.List(t.Context(), q)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	var out []string
	for _, e := range page.Items {
		out = append(out, e.Ref().String())
	}
	if page.Total != len(out) {
		t.Errorf("total %d, but %d items", page.Total, len(out))
	}
	return out
}

func text(refs []catalog.Ref) []string {
	var out []string
	for _, ref := range refs {
		out = append(out, ref.String())
	}
	return out
}

func want(t *testing.T, what string, got, want []string) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func ref(s string) catalog.Ref {
	kind, name, _ := strings.Cut(s, ":")
	return catalog.NewRef(kind, "", name)
}

func testRegister(t *testing.T, s *shop) {
	t.Helper()
	r := s.register(t, shopFolder)
	all := []string{
		"api:default/inventory", "api:default/orders", "component:default/inventory", "component:default/orders",
		"group:default/checkout", "system:default/shop", "user:default/ada",
	}
	want(t, "registered", text(r.Entities), all)
	want(t, "added", text(r.Added), all)
	if !r.Created || len(r.Problems) != 0 || r.Location.ID == "" {
		t.Errorf("registration = %+v", r)
	}
	want(t, "listed by kind", names(t, s.Catalog, catalog.Query{Kinds: []string{"component"}}), []string{"component:default/inventory", "component:default/orders"})
	e, err := s.Get(t.Context(), ref("Component:Orders"))
	if err != nil {
		t.Fatal(err)
	}
	var relations []string
	for _, relation := range e.Relations {
		relations = append(relations, relation.Type+" "+relation.TargetRef)
	}
	want(t, "relations", relations, []string{
		"consumesApi api:default/inventory", "ownedBy group:default/checkout", "partOf system:default/shop", "providesApi api:default/orders",
	})
	if got := e.Metadata.Annotations["backstage.io/managed-by-location"]; got != "file:/srv/shop/orders/catalog-info.yaml" {
		t.Errorf("managed-by-location = %q", got)
	}
	if got := e.Metadata.Annotations["backstage.io/managed-by-origin-location"]; got != "file:/srv/shop" {
		t.Errorf("managed-by-origin-location = %q", got)
	}
	if e.Source.Path != "orders/catalog-info.yaml" || e.Source.Line != 1 || e.Source.Target != shopFolder {
		t.Errorf("source = %+v", e.Source)
	}
}

func testIdempotent(t *testing.T, s *shop) {
	t.Helper()
	first := s.register(t, shopFolder)
	before := s.feedEnd(t)
	again := s.register(t, shopFolder)
	if again.Created || again.Location.ID != first.Location.ID || len(again.Added)+len(again.Changed)+len(again.Removed) != 0 {
		t.Errorf("second registration = %+v", again)
	}
	want(t, "entities", text(again.Entities), text(first.Entities))
	if after := s.feedEnd(t); after != before {
		t.Errorf("the feed grew from %d to %d", before, after)
	}
}

func testRefresh(t *testing.T, s *shop) {
	t.Helper()
	r := s.register(t, shopFolder)
	uid := s.uid(t, "component:orders")
	s.files["orders/catalog-info.yaml"] = file(service("orders", "warehouse"))
	delete(s.files, "org/catalog-info.yaml")
	s.files["new/catalog-info.yaml"] = file(service("payments", "checkout"))
	r = s.refresh(t, r.Location.ID)
	want(t, "added", text(r.Added), []string{"component:default/payments"})
	want(t, "changed", text(r.Changed), []string{"component:default/orders"})
	want(t, "orphaned", text(r.Orphaned), []string{"api:default/orders", "group:default/checkout", "system:default/shop", "user:default/ada"})
	if got := s.uid(t, "component:orders"); got != uid {
		t.Errorf("the uid changed from %s to %s", uid, got)
	}
	want(t, "owned by warehouse", names(t, s.Catalog, catalog.Query{Owners: []string{"warehouse"}}), []string{"api:default/inventory", "component:default/inventory", "component:default/orders"})
	want(t, "groups", names(t, s.Catalog, catalog.Query{Kinds: []string{"Group"}}), []string{"group:default/checkout"})
}

func (s *shop) uid(t *testing.T, name string) string {
	t.Helper()
	e, err := s.Get(t.Context(), ref(name))
	if err != nil {
		t.Fatal(err)
	}
	return e.UID
}

func testBroken(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	s.files["orders/catalog-info.yaml"] = file(strings.Replace(service("orders", "checkout"), "owner: checkout", "owner: ''", 1))
	s.files["inventory/catalog-info.yaml"] = file("kind: [")
	s.files["org/catalog-info.yaml"] = file(group("checkout"))
	r := s.refresh(t, id)
	var where []string
	for _, p := range r.Problems {
		where = append(where, p.Where()+" "+p.Ref)
	}
	want(t, "problems", where, []string{"inventory/catalog-info.yaml:1 ", "orders/catalog-info.yaml:10 component:default/orders"})
	want(t, "orphaned", text(r.Orphaned), []string{"system:default/shop", "user:default/ada"})
	want(t, "components", names(t, s.Catalog, catalog.Query{Kinds: []string{"component"}}), []string{"component:default/inventory", "component:default/orders"})
	e, err := s.Get(t.Context(), ref("component:orders"))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Status.Items) != 1 || !strings.Contains(e.Status.Items[0].Message, "orders/catalog-info.yaml:10: /spec/owner") {
		t.Errorf("status = %+v", e.Status)
	}
	locations, err := s.Locations(t.Context())
	if err != nil || len(locations) != 1 || len(locations[0].Errors) != 2 {
		t.Errorf("locations = %+v, %v", locations, err)
	}
}

func testUnreadable(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	delete(s.reader, shopFolder)
	if _, err := s.Refresh(t.Context(), id); !fault.Is(err, fault.NotFound) {
		t.Fatalf("Refresh = %v, want not found", err)
	}
	if got := names(t, s.Catalog, catalog.Query{}); len(got) != 7 {
		t.Errorf("left: %v", got)
	}
	locations, err := s.Locations(t.Context())
	if err != nil || len(locations) != 1 || len(locations[0].Errors) != 1 || locations[0].Errors[0].Hint == "" {
		t.Errorf("locations = %+v, %v", locations, err)
	}
	if _, err := s.Register(t.Context(), catalog.Location{Target: "/srv/none"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("Register = %v, want not found", err)
	}
	if locations, err = s.Locations(t.Context()); err != nil || len(locations) != 1 {
		t.Errorf("a location nobody can read was kept: %+v, %v", locations, err)
	}
}

func testConflict(t *testing.T, s *shop) {
	t.Helper()
	s.register(t, shopFolder)
	s.reader["/srv/other"] = fstest.MapFS{
		"a.yaml": file(service("fresh", "checkout"), service("Orders", "thieves")),
		"b.yaml": file(service("fresh", "thieves")),
	}
	r := s.register(t, "/srv/other")
	want(t, "taken in", text(r.Entities), []string{"component:default/fresh"})
	var messages []string
	for _, p := range r.Problems {
		messages = append(messages, p.String())
	}
	slices.Sort(messages)
	want(t, "problems", messages, []string{
		"a.yaml:14: component:default/orders of file:/srv/other is already defined by file:/srv/shop (orders/catalog-info.yaml:1).",
		"b.yaml:1: component:default/fresh is already defined in a.yaml:1.",
	})
	e, err := s.Get(t.Context(), ref("component:orders"))
	if err != nil || e.SpecString("owner") != "checkout" {
		t.Errorf("orders belongs to %q, %v", e.SpecString("owner"), err)
	}
	if len(e.Status.Items) != 1 {
		t.Errorf("its owner does not hear of the other file: %+v", e.Status)
	}
	entities, err := catalog.Parse("x.yaml", []byte(service("orders", "thieves")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), catalog.OriginMade(), entities); !fault.Is(err, fault.Conflict) || fault.From(err).Hint == "" {
		t.Errorf("Put = %v, want a conflict with a hint", err)
	}
}

func testTakeOver(t *testing.T, s *shop) {
	t.Helper()
	made := catalog.Entity{Kind: catalog.KindGroup, Metadata: catalog.Metadata{Name: "checkout"}, Spec: map[string]any{"type": "team", "children": []string{}}}
	if _, err := s.Put(t.Context(), catalog.OriginMade(), []catalog.Entity{made}); err != nil {
		t.Fatal(err)
	}
	uid := s.uid(t, "group:checkout")
	r := s.register(t, shopFolder)
	want(t, "changed", text(r.Changed), []string{"group:default/checkout"})
	e, err := s.Get(t.Context(), ref("group:checkout"))
	if err != nil || e.UID != uid || e.Source.Target != shopFolder {
		t.Errorf("group = %s from %s, %v; want %s from the file", e.UID, e.Source.Target, err, uid)
	}
}

func testPut(t *testing.T, s *shop) {
	t.Helper()
	origin := catalog.Location{Type: catalog.LocationGit, Target: "https://github.com/acme/orders.git", Branch: "main"}
	entities, err := catalog.Parse("catalog-info.yaml", []byte(service("orders", "checkout")+"---\n"+api("orders", "checkout")))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		refs, err := s.Put(t.Context(), origin, entities)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "put", text(refs), []string{"component:default/orders", "api:default/orders"})
	}
	if seq := s.feedEnd(t); seq != 2 {
		t.Errorf("the feed ends at %d; putting twice is more than putting once", seq)
	}
	e, err := s.Get(t.Context(), ref("component:orders"))
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Metadata.Annotations["backstage.io/managed-by-location"]; got != "url:https://github.com/acme/orders/blob/main/catalog-info.yaml" {
		t.Errorf("managed-by-location = %q", got)
	}
	if err := s.Withdraw(t.Context(), origin, ref("api:orders"), ref("component:none")); err != nil {
		t.Fatal(err)
	}
	want(t, "after withdrawing", names(t, s.Catalog, catalog.Query{}), []string{"component:default/orders"})
	for range 2 {
		if err := s.Remove(t.Context(), origin); err != nil {
			t.Fatal(err)
		}
	}
	want(t, "after removing", names(t, s.Catalog, catalog.Query{}), nil)
	if locations, err := s.Locations(t.Context()); err != nil || len(locations) != 0 {
		t.Errorf("locations = %v, %v", locations, err)
	}
}

func testReplica(t *testing.T, s *shop) {
	t.Helper()
	other := s.process()
	want(t, "before", names(t, other, catalog.Query{}), nil)
	id := s.register(t, shopFolder).Location.ID
	s.files["orders/catalog-info.yaml"] = file(service("orders", "warehouse"))
	s.refresh(t, id)
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	late := time.After(10 * time.Second)
	for len(names(t, other, catalog.Query{Owners: []string{"warehouse"}})) != 3 {
		select {
		case <-poll.C:
		case <-late:
			t.Fatal("the other process never saw it")
		}
	}
	want(t, "owned by warehouse", names(t, other, catalog.Query{Owners: []string{"Group:default/Warehouse"}, Kinds: []string{"component"}}),
		[]string{"component:default/inventory", "component:default/orders"})
}

func testUncommitted(t *testing.T, s *shop) {
	t.Helper()
	want(t, "before", names(t, s.Catalog, catalog.Query{}), nil)
	entities, err := catalog.Parse("x.yaml", []byte(service("orders", "checkout")))
	if err != nil {
		t.Fatal(err)
	}
	err = s.backend.Unit.InTx(t.Context(), func(ctx context.Context) error {
		if _, err := s.Put(ctx, catalog.OriginMade(), entities); err != nil {
			return err
		}
		e, err := s.Get(ctx, ref("component:orders"))
		if err != nil || len(e.Relations) != 2 {
			t.Errorf("the transaction itself reads %v, %v", e.Relations, err)
		}
		if _, err := s.List(ctx, catalog.Query{}); err != nil {
			t.Errorf("list inside the transaction: %v", err)
		}
		return errUndo
	})
	if err == nil {
		t.Fatal("the transaction was not rolled back")
	}
	want(t, "after", names(t, s.Catalog, catalog.Query{}), nil)
	if _, err := s.Get(t.Context(), ref("component:orders")); !fault.Is(err, fault.NotFound) {
		t.Errorf("Get = %v, want not found", err)
	}
}

func testAuthors(t *testing.T, s *shop) {
	t.Helper()
	entities, err := catalog.Parse("x.yaml", []byte(service("orders", "checkout")))
	if err != nil {
		t.Fatal(err)
	}
	entities[0].Source.Commit = "c0ffee"
	ctx := catalog.WithActor(t.Context(), "user:default/ada")
	if _, err := s.Put(ctx, catalog.OriginMade(), entities); err != nil {
		t.Fatal(err)
	}
	if err := s.Withdraw(t.Context(), catalog.OriginMade(), ref("component:orders")); err != nil {
		t.Fatal(err)
	}
	changes, err := s.History(t.Context(), ref("component:orders"), 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, change := range changes {
		if change.Author.At.IsZero() {
			t.Errorf("change %d happened at no time", change.Seq)
		}
		got = append(got, fmt.Sprintf("%s by %s from %q", change.Operation, change.Author.Actor, change.Author.Commit))
	}
	want(t, "history", got, []string{`delete by platform from ""`, `put by user:default/ada from "c0ffee"`})
}
