package backstage_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/portal/backstage"
)

// page is the answer to a query.
type page struct {
	Items      []entity
	TotalItems int
	PageInfo   struct{ NextCursor, PrevCursor string }
}

func query(t *testing.T, base, line string) page {
	t.Helper()
	a := ask(t, base, line)
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Fatalf("%s: %d %s", line, a.status, a.body)
	}
	var p page
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, a.body)
	}
	return p
}

func TestByQuery(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	for _, tt := range []struct{ name, line, want string }{
		{"one filter", "GET /entities/by-query?filter=kind=component,spec.type=service", "component/Orders"},
		{"case does not count", "GET /entities/by-query?filter=KIND=component,Spec.Type=SERVICE", "component/Orders"},
		{"any of two filters", "GET /entities/by-query?filter=kind=user&filter=kind=group", "group/checkout user/ada"},
		{"any value of a repeated key", "GET /entities/by-query?filter=kind=user,kind=group", "group/checkout user/ada"},
		{"a key that exists", "GET /entities/by-query?filter=metadata.annotations.acme.io/tier", "component/Orders"},
		{"an item of a list", "GET /entities/by-query?filter=metadata.tags=java", "component/Orders"},
		{"an item of a list as a key", "GET /entities/by-query?filter=metadata.tags.java", "component/Orders"},
		{"a relation", "GET /entities/by-query?filter=kind=component,relations.ownedBy=group:default/ghosts", "component/website"},
		{"a number", "GET /entities/by-query?filter=spec.replicas=3", "component/Orders"},
		{"nothing", "GET /entities/by-query?filter=kind=nothing", ""},
		{"a term in fields", "GET /entities/by-query?fullTextFilterTerm=SHOP&fullTextFilterFields=metadata.name,metadata.title", "component/Orders"},
		{"a term in the first order field", "GET /entities/by-query?fullTextFilterTerm=eck&orderField=metadata.name,asc", "group/checkout"},
		{"a term in no field finds nothing", "GET /entities/by-query?fullTextFilterTerm=checkout", ""},
		{"predicate", `POST /entities/by-query {"query":{"$all":[{"kind":"component"},{"$not":{"spec.type":"website"}}]}}`, "component/Orders"},
		{"predicate on a relation", `POST /entities/by-query {"query":{"relations":{"$contains":{"type":"ownedBy","targetRef":"group:default/ghosts"}}}}`, "component/website"},
		{"predicate with a prefix", `POST /entities/by-query {"query":{"metadata.name":{"$hasPrefix":"WEB"}}}`, "component/website"},
		{"predicate and filter", `POST /entities/by-query {"query":{"kind":{"$in":["user","group"]}},"filter":"metadata.name=ada"}`, "user/ada"},
		{"no predicate", `POST /entities/by-query {"fullTextFilter":{"term":"ada","fields":["metadata.name"]}}`, "user/ada"},
		{"order of a body", `POST /entities/by-query {"query":{"kind":"component"},"orderBy":[{"field":"metadata.name","order":"desc"}]}`, "component/website component/Orders"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := query(t, base, tt.line)
			got := strings.Split(names(p.Items), " ")
			if !strings.Contains(tt.line, "order") {
				slices.Sort(got)
			}
			if strings.Join(got, " ") != tt.want || p.TotalItems != len(p.Items) {
				t.Errorf("found %q of %d, want %q", got, p.TotalItems, tt.want)
			}
		})
	}
}

func TestPagesForthAndBack(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	for _, tt := range []struct{ name, first string }{
		{"by GET", "GET /entities/by-query?limit=2&orderField=metadata.name,desc&orderField=kind"},
		{"by POST", `POST /entities/by-query {"limit":2,"query":{},"orderField":["metadata.name,desc","kind"]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			turn := func(cursor string) page {
				if strings.HasPrefix(tt.first, "POST") {
					return query(t, base, `POST /entities/by-query {"limit":2,"cursor":"`+cursor+`"}`)
				}
				return query(t, base, "GET /entities/by-query?limit=2&filter=kind=ignored&cursor="+url.QueryEscape(cursor))
			}
			var seen []string
			var back page
			p := query(t, base, tt.first)
			if p.PageInfo.PrevCursor != "" {
				t.Error("there is a page before the first")
			}
			for ; ; p = turn(p.PageInfo.NextCursor) {
				seen = append(seen, names(p.Items))
				if p.TotalItems != 6 {
					t.Errorf("%d in all, want 6", p.TotalItems)
				}
				if p.PageInfo.NextCursor == "" {
					break
				}
				back = p
			}
			want := []string{"component/website api/orders", "component/Orders group/checkout", "location/all user/ada"}
			if strings.Join(seen, "|") != strings.Join(want, "|") {
				t.Errorf("pages %q, want %q", seen, want)
			}
			if p = turn(p.PageInfo.PrevCursor); names(p.Items) != names(back.Items) || p.PageInfo.PrevCursor == "" || p.PageInfo.NextCursor == "" {
				t.Errorf("back is %q, want %q", names(p.Items), names(back.Items))
			}
			if p = turn(p.PageInfo.PrevCursor); names(p.Items) != want[0] || p.PageInfo.PrevCursor != "" {
				t.Errorf("back at the start is %q, before it %q", names(p.Items), p.PageInfo.PrevCursor)
			}
		})
	}
}

func TestLimitsOfQueries(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	if p := query(t, base, "GET /entities/by-query?limit=0"); len(p.Items) != 0 || p.TotalItems != 6 {
		t.Errorf("limit 0 is %d items of %d", len(p.Items), p.TotalItems)
	}
	if p := query(t, base, "GET /entities/by-query?totalItems=exclude&limit=1"); len(p.Items) != 1 || p.TotalItems != 0 {
		t.Errorf("without total: %d items of %d", len(p.Items), p.TotalItems)
	}
	if p := query(t, base, "GET /entities/by-query?offset=4&orderField=metadata.name"); names(p.Items) != "component/Orders component/website" &&
		names(p.Items) != "api/orders component/website" {
		t.Errorf("offset 4: %s", names(p.Items))
	}
	a := ask(t, base, "GET /entities/by-query?filter=kind=component,metadata.name=orders&fields=kind,metadata.annotations.acme.io/tier")
	if want := `{"items":[{"kind":"Component","metadata":{"annotations":{"acme.io/tier":"1"}}}],"totalItems":1,"pageInfo":{}}`; a.body != want {
		t.Errorf("fields: %s\nwant %s", a.body, want)
	}
}

func TestQueriesThatAreWrong(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	for _, tt := range []struct{ line, want string }{
		{"GET /entities/by-query?filter==a", "not a valid statement"},
		{"GET /entities/by-query?limit=x", "Invalid limit, not an integer"},
		{"GET /entities/by-query?limit=-1", "Invalid limit, must be zero or greater"},
		{"GET /entities/by-query?offset=-1", "Invalid offset, must be zero or greater"},
		{"GET /entities/by-query?orderField=a,up", "Invalid order field order, must be asc or desc"},
		{"GET /entities/by-query?fields=a[0]", "array type fields are not supported"},
		{"GET /entities/by-query?cursor=nonsense!", "Malformed cursor"},
		{"GET /entities/by-query?totalItems=some", "Invalid totalItems"},
		{`POST /entities/by-query {"cursor":""}`, "Cursor cannot be empty"},
		{`POST /entities/by-query {"query":[]}`, "Query must be an object"},
		{`POST /entities/by-query {"query":{"kind":{"$like":"a"}}}`, "Invalid query at $.kind.$like"},
		{`POST /entities/by-query {"limit":"x"}`, "limit is a string"},
		{`POST /entities/by-query []`, "Expected body to be a JSON object"},
		{`POST /entities/by-query {`, "Malformed request"},
		{`POST /entities/by-query`, "The body must be JSON"},
		{"GET /entities?order=up:x", "expected <asc or desc>:<field name>"},
		{"GET /entities?limit=0", "Invalid limit, must be greater than zero"},
		{"GET /entities?offset=-1", "Invalid offset"},
		{"GET /entities?after=", "Invalid after, must not be empty"},
		{"GET /entities?after=e", "Malformed after cursor"},
		{"GET /entity-facets", "Missing facet parameter"},
		{`POST /entity-facets {}`, "Missing facet parameter"},
		{`POST /entities/by-refs {}`, "entityRefs is missing"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			a := ask(t, base, tt.line)
			var body struct {
				Error    struct{ Name, Message string }
				Request  struct{ Method, URL string }
				Response struct{ StatusCode int }
			}
			if err := json.Unmarshal([]byte(a.body), &body); err != nil {
				t.Fatal(err, a.body)
			}
			method, path, _ := strings.Cut(tt.line, " ")
			path, _, _ = strings.Cut(path, " ")
			if a.status != http.StatusBadRequest || body.Error.Name != "InputError" || !strings.Contains(body.Error.Message, tt.want) ||
				body.Request.Method != method || !strings.HasSuffix(body.Request.URL, path) || body.Response.StatusCode != a.status {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
}
