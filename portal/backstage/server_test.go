package backstage_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/backstage"
)

// shopFile is a small company. Its Location entity leads to a second file.
const shopFile = `
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: all}
spec: {targets: [./services/*.yaml]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: checkout}
spec: {type: team, children: [], profile: {displayName: Checkout}}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada}
spec: {memberOf: [checkout]}
`

const ordersFile = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Orders
  title: Orders of the shop
  tags: [go, java]
  annotations: {backstage.io/techdocs-ref: "dir:.", acme.io/tier: "1"}
  links: [{url: https://example.com/docs, title: Docs}]
spec: {type: service, lifecycle: production, owner: checkout, providesApis: [orders], replicas: 3}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders}
spec: {type: openapi, lifecycle: production, owner: checkout, definition: "openapi: 3.1.0"}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: website, tags: [ts]}
spec: {type: website, lifecycle: experimental, owner: ghosts}
`

// otherFile is about somebody else.
const otherFile = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: grace}\nspec: {memberOf: [checkout]}\n"

// shop returns a catalog with the company in it, and the folders it can read.
func shop(t *testing.T) *catalog.Catalog {
	t.Helper()
	c := catalogtest.New(map[string]fs.FS{
		"/shop":  fstest.MapFS{"catalog-info.yaml": {Data: []byte(shopFile)}, "services/orders.yaml": {Data: []byte(ordersFile)}},
		"/copy":  fstest.MapFS{"catalog-info.yaml": {Data: []byte(ordersFile)}},
		"/other": fstest.MapFS{"catalog-info.yaml": {Data: []byte(otherFile)}},
		"/third": fstest.MapFS{"catalog-info.yaml": {Data: []byte(strings.ReplaceAll(otherFile, "grace", "lin"))}},
		"/wrong": fstest.MapFS{"catalog-info.yaml": {Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: no name}\nspec: {}\n")}},
		"/empty": fstest.MapFS{},
	})
	if r, err := c.Register(t.Context(), catalog.Location{Target: "/shop"}); err != nil || len(r.Problems) > 0 {
		t.Fatal(r.Problems, err)
	}
	return c
}

// serve starts a server that answers like the platform's: with the errors that
// handlers return in Backstage's form.
func serve(tb testing.TB, c backstage.Catalog, o backstage.Options) string {
	tb.Helper()
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		f := fault.From(err)
		if he, ok := errors.AsType[*echo.HTTPError](err); ok {
			f = fault.New(fault.NotFound, "%v", he.Message)
		}
		if f.Code == fault.Internal {
			tb.Errorf("%s %s: %v", c.Request().Method, c.Request().URL, err)
		}
		if err := backstage.WriteError(c, f); err != nil {
			tb.Error(err)
		}
	}
	backstage.New(c, o).Register(e.Group("/api/catalog"))
	server := httptest.NewServer(e)
	tb.Cleanup(server.Close)
	return server.URL + "/api/catalog"
}

type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends "METHOD /path body" with headers as "Name: value".
func ask(t *testing.T, base, line string, headers ...string) answer {
	t.Helper()
	method, rest, _ := strings.Cut(line, " ")
	path, body, _ := strings.Cut(rest, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(data)}
}

// uidOf returns the uid of an entity.
func uidOf(t *testing.T, c *catalog.Catalog, ref string) string {
	t.Helper()
	parsed, err := catalog.ParseRef(ref, catalog.RefDefaults{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Get(t.Context(), parsed)
	if err != nil {
		t.Fatal(err)
	}
	return e.UID
}

// names are the kinds and names of the entities in an answer, as kind/name.
func names(entities []entity) string {
	out := make([]string, len(entities))
	for i, e := range entities {
		out[i] = fmt.Sprintf("%s/%s", strings.ToLower(e.Kind), e.Metadata.Name)
	}
	return strings.Join(out, " ")
}

type entity struct {
	Kind     string
	Metadata struct {
		Name, Namespace, UID, Etag string
		Annotations                map[string]string
	}
	Relations []catalog.Relation
}
