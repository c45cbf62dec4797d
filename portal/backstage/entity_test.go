package backstage_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/portal/backstage"
)

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%d %v: %s", a.status, err, a.body)
	}
	return v
}

func TestOneEntity(t *testing.T) {
	t.Parallel()
	c := shop(t)
	base := serve(t, c, backstage.Options{})
	uid := uidOf(t, c, "component:default/orders")
	byName := ask(t, base, "GET /entities/by-name/Component/DEFAULT/orders")
	e := decode[entity](t, byName)
	if byName.status != http.StatusOK || e.Metadata.Name != "Orders" || e.Metadata.UID != uid || e.Metadata.Etag == "" {
		t.Errorf("by name: %d %s", byName.status, byName.body)
	}
	if want := []catalog.Relation{{Type: "ownedBy", TargetRef: "group:default/checkout"}, {Type: "providesApi", TargetRef: "api:default/orders"}}; !slices.Equal(e.Relations, want) {
		t.Errorf("relations %v", e.Relations)
	}
	if byUID := ask(t, base, "GET /entities/by-uid/"+uid); byUID.body != byName.body {
		t.Errorf("by uid: %d %s", byUID.status, byUID.body)
	}
	for _, tt := range []struct{ line, message string }{
		{"GET /entities/by-name/component/default/nothing", "No entity named 'nothing' found, with kind 'component' in namespace 'default'"},
		{"GET /entities/by-name/component/default/no%2Fthing", "No entity named 'no/thing' found, with kind 'component' in namespace 'default'"},
		{"GET /entities/by-uid/nothing", "No entity with uid nothing"},
		{"GET /entities/by-name/component/default/nothing/ancestry", "No such entity component:default/nothing"},
		{"GET /locations/nothing", "Found no location with ID nothing"},
		{"DELETE /locations/nothing", "Found no location with ID nothing"},
		{"GET /locations/by-entity/component/default/nothing", "found no entity for ref component:default/nothing"},
	} {
		a := ask(t, base, tt.line)
		body := decode[struct {
			Error struct{ Name, Message string }
		}](t, a)
		if a.status != http.StatusNotFound || body.Error.Name != "NotFoundError" || body.Error.Message != tt.message {
			t.Errorf("%s: %d %s", tt.line, a.status, a.body)
		}
	}
}

func TestEntityThatTheClientHas(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	const line = "GET /entities/by-name/component/default/orders"
	tag := ask(t, base, line).header.Get("ETag")
	for _, tt := range []struct {
		known string
		want  int
	}{
		{tag, 304}, {"W/" + tag, 304}, {`"x", ` + tag, 304}, {"*", 304}, {`"x"`, 200}, {"", 200},
	} {
		if a := ask(t, base, line, "If-None-Match: "+tt.known); a.status != tt.want || a.header.Get("ETag") != tag || (a.body == "") != (tt.want == 304) {
			t.Errorf("%q: %d %q", tt.known, a.status, a.body)
		}
	}
}

func TestAncestry(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	type ancestry struct {
		RootEntityRef string
		Items         []struct {
			Entity           entity
			ParentEntityRefs []string
		}
	}
	got := decode[ancestry](t, ask(t, base, "GET /entities/by-name/component/default/orders/ancestry"))
	if got.RootEntityRef != "component:default/orders" || len(got.Items) != 2 || got.Items[0].Entity.Metadata.Name != "Orders" ||
		!slices.Equal(got.Items[0].ParentEntityRefs, []string{"location:default/all"}) ||
		got.Items[1].Entity.Metadata.Name != "all" || got.Items[1].ParentEntityRefs == nil || len(got.Items[1].ParentEntityRefs) > 0 {
		t.Errorf("%+v", got)
	}
	if got = decode[ancestry](t, ask(t, base, "GET /entities/by-name/group/default/checkout/ancestry")); len(got.Items) != 1 {
		t.Errorf("what was registered itself has ancestors: %+v", got)
	}
}

func TestByRefs(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	for _, tt := range []struct{ name, line, want string }{
		{
			"nulls in order", `POST /entities/by-refs {"entityRefs":["user:default/ada","component:nothing","","api:orders","user:default/ada"],"fields":["metadata.name"]}`,
			`{"items":[{"metadata":{"name":"ada"}},null,null,{"metadata":{"name":"orders"}},{"metadata":{"name":"ada"}}]}`,
		},
		{"none", `POST /entities/by-refs {"entityRefs":[]}`, `{"items":[]}`},
		{
			"a filter", `POST /entities/by-refs?filter=kind=user&filter=spec.type=openapi {"entityRefs":["user:ada","api:orders","component:orders"],"fields":["kind"]}`,
			`{"items":[{"kind":"User"},{"kind":"API"},null]}`,
		},
		{
			"a predicate", `POST /entities/by-refs {"entityRefs":["user:ada","api:orders","component:Orders"],"query":{"$not":{"kind":"user"}},"fields":["kind"]}`,
			`{"items":[null,{"kind":"API"},{"kind":"Component"}]}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if a := ask(t, base, tt.line); a.status != http.StatusOK || a.body != tt.want {
				t.Errorf("%d %s\nwant %s", a.status, a.body, tt.want)
			}
		})
	}
}

func TestFacets(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	for _, tt := range []struct{ name, line, want string }{
		{
			"values as written, most frequent first", "GET /entity-facets?facet=kind&filter=kind=component&filter=kind=api",
			`{"facets":{"kind":[{"value":"Component","count":2},{"value":"API","count":1}]}}`,
		},
		{
			"several", "GET /entity-facets?facet=spec.type&facet=metadata.tags&facet=spec.type&filter=metadata.name=orders,kind=component",
			`{"facets":{"spec.type":[{"value":"service","count":1}],"metadata.tags":[{"value":"go","count":1},{"value":"java","count":1}]}}`,
		},
		{"what nothing has", "GET /entity-facets?facet=spec.nothing", `{"facets":{"spec.nothing":[]}}`},
		{"relations", "GET /entity-facets?facet=relations.ownedBy&filter=kind=api", `{"facets":{"relations.ownedBy":[{"value":"group:default/checkout","count":1}]}}`},
		{"a predicate", `POST /entity-facets {"facets":["kind"],"query":{"metadata.name":{"$hasPrefix":"web"}}}`, `{"facets":{"kind":[{"value":"Component","count":1}]}}`},
		{"a predicate and a filter", `POST /entity-facets {"facets":"kind","query":{"kind":"nothing"},"filter":["kind"]}`, `{"facets":{"kind":[]}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if a := ask(t, base, tt.line); a.status != http.StatusOK || a.body != tt.want {
				t.Errorf("%d %s\nwant %s", a.status, a.body, tt.want)
			}
		})
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	const sorted = "api/orders component/Orders component/website group/checkout location/all user/ada"
	if got := names(decode[[]entity](t, ask(t, base, "GET /entities"))); got != sorted {
		t.Errorf("by reference: %s", got)
	}
	if a := ask(t, base, "GET /entities?filter=kind=component&order=desc:metadata.name&fields=metadata.name"); a.body != `[{"metadata":{"name":"website"}},{"metadata":{"name":"Orders"}}]` {
		t.Errorf("ordered: %s", a.body)
	}
	if a := ask(t, base, "GET /entities?filter=kind=nothing"); a.body != "[]" {
		t.Errorf("nothing: %s", a.body)
	}
	next := regexp.MustCompile(`^</api/catalog(/entities\?[^>]*)>; rel="next"$`)
	var pages []string
	for line := "/entities?limit=4&offset=1&fields=kind,metadata.name"; line != ""; {
		a := ask(t, base, "GET "+line)
		pages = append(pages, names(decode[[]entity](t, a)))
		line = ""
		if link := next.FindStringSubmatch(a.header.Get("Link")); link != nil {
			line = link[1]
		} else if a.header.Get("Link") != "" {
			t.Errorf("link %q", a.header.Get("Link"))
		}
	}
	if got := strings.Join(pages, "|"); got != "component/Orders component/website group/checkout location/all|user/ada" {
		t.Errorf("pages: %s", got)
	}
}

// TestListOfMany crosses the parts in which everything is written.
func TestListOfMany(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	const many = 1234
	for i := range many {
		fmt.Fprintf(&file, "---\napiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: r%04d}\nspec: {type: bucket, owner: o}\n", i)
	}
	c := catalogtest.New(map[string]fs.FS{"/r": fstest.MapFS{"catalog-info.yaml": {Data: []byte(file.String())}}})
	if _, err := c.Register(t.Context(), catalog.Location{Target: "/r"}); err != nil {
		t.Fatal(err)
	}
	base := serve(t, c, backstage.Options{})
	for offset, path := range map[int]string{0: "/entities?fields=metadata.name", 10: "/entities?fields=metadata.name&offset=10"} {
		got := decode[[]entity](t, ask(t, base, "GET "+path))
		if len(got) != many-offset || got[0].Metadata.Name != fmt.Sprintf("r%04d", offset) || !slices.IsSortedFunc(got, func(a, b entity) int {
			return strings.Compare(a.Metadata.Name, b.Metadata.Name)
		}) {
			t.Errorf("%s: %d entities, or not in order", path, len(got))
		}
	}
}
