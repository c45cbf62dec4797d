package git_test

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
)

// site is a web server whose files change, and that knows what it was asked.
type site struct {
	*httptest.Server

	mu       sync.Mutex
	files    map[string]string
	requests []string
	failures int
}

func newSite(t *testing.T, files map[string]string) *site {
	t.Helper()
	s := &site{files: files}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		content, ok := s.files[r.URL.Path]
		status := http.StatusOK
		tag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(content)))
		switch {
		case s.failures > 0:
			s.failures--
			status = http.StatusBadGateway
		case !ok:
			status = http.StatusNotFound
		case r.Header.Get("If-None-Match") == tag:
			status = http.StatusNotModified
		}
		s.requests = append(s.requests, fmt.Sprint(r.URL.Path, " ", status))
		w.Header().Set("ETag", tag)
		w.WriteHeader(status)
		if status == http.StatusOK {
			_, _ = w.Write([]byte(content))
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) put(path, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = content
}

// asked returns the requests since it was asked last.
func (s *site) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

func newCatalog(t *testing.T, o git.CatalogReaderOptions) *catalog.Catalog {
	t.Helper()
	fake := catalogtest.NewFake()
	return catalog.New(fake, fake, git.NewCatalogReader(o), slog.New(slog.DiscardHandler))
}

const apiFile = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: orders}\n" +
	"spec: {type: openapi, lifecycle: production, owner: checkout, definition: {$text: ./api/openapi.yaml}}\n"

func TestAFileOnTheWeb(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/acme/catalog-info.yaml": apiFile, "/acme/api/openapi.yaml": "openapi: 3.1.0\n"})
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	r, err := c.Register(t.Context(), catalog.Location{Target: s.URL + "/acme/catalog-info.yaml"})
	if err != nil || len(r.Entities) != 1 || len(r.Problems) != 0 || r.Location.Type != catalog.LocationURL {
		t.Fatalf("Register = %+v, %v", r, err)
	}
	e, err := c.Get(t.Context(), r.Entities[0])
	if err != nil || e.SpecString("definition") != "openapi: 3.1.0\n" {
		t.Errorf("definition = %q, %v", e.SpecString("definition"), err)
	}
	if got, want := e.Metadata.Annotations[catalog.AnnotationLocation], "url:"+s.URL+"/acme/catalog-info.yaml"; got != want {
		t.Errorf("managed-by-location = %q, want %q", got, want)
	}
	want := []string{"/acme/catalog-info.yaml 200", "/acme/api/openapi.yaml 200"}
	if diff := cmp.Diff(want, s.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	s.put("/acme/api/openapi.yaml", "openapi: 3.1.1\n")
	if r, err = c.Refresh(t.Context(), r.Location.ID); err != nil || len(r.Changed) != 1 {
		t.Errorf("after a change: %+v, %v", r, err)
	}
	s.asked()
	_, version, _ := strings.Cut(r.Location.Version, ":") // before it stands how the catalog reads files
	tree, err := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")}).
		Open(t.Context(), catalog.Location{Type: catalog.LocationURL, Target: r.Location.Target, Version: version})
	if err != nil || !tree.Unchanged {
		t.Errorf("Open = %+v, %v, want that nothing changed", tree, err)
	}
	for _, request := range s.asked() {
		if !strings.HasSuffix(request, " 304") {
			t.Errorf("%s, want that nothing is sent again", request)
		}
	}
}

func TestWhatGoesWrongOnTheWeb(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{
		"/huge.yaml":   strings.Repeat("#", 9<<20),
		"/broken.yaml": strings.Replace(apiFile, "./api/openapi.yaml", "./none.yaml", 1),
		"/shaky.yaml":  component,
	})
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	for _, tt := range []struct {
		name, path string
		failures   int
		want       fault.Code
		says       string
	}{
		{name: "nothing there", path: "/none.yaml", want: fault.NotFound, says: "There is nothing at"},
		{name: "a host in trouble", path: "/shaky.yaml", failures: 3, want: fault.Unavailable, says: "has trouble itself (502)"},
		{name: "a host that stumbles", path: "/shaky.yaml", failures: 2},
		{name: "a file that is too large", path: "/huge.yaml", says: "is larger than 8 MB"},
		{name: "a missing file beside it", path: "/broken.yaml", says: "There is nothing at"},
	} {
		s.mu.Lock()
		s.failures = tt.failures
		s.mu.Unlock()
		r, err := c.Register(t.Context(), catalog.Location{Target: s.URL + tt.path})
		if tt.want != "" {
			if !fault.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || fault.From(err).Hint == "" {
				t.Errorf("%s: %v, want %s %q with a hint", tt.name, err, tt.want, tt.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if (tt.says == "") != (len(r.Problems) == 0) || tt.says != "" && (!strings.Contains(r.Problems[0].Message, tt.says) || r.Problems[0].Hint == "") {
			t.Errorf("%s: problems %v, want %q", tt.name, r.Problems, tt.says)
		}
	}
}

func TestFilesByAddress(t *testing.T) {
	t.Parallel()
	other := newSite(t, map[string]string{
		"/api.yaml":        "openapi: 3.1.0\n",
		"/team/group.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: more}\nspec: {targets: [./user.yaml]}\n",
		"/team/user.yaml":  "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ada}\nspec: {memberOf: []}\n",
	})
	folder := write(t, map[string]string{
		"catalog-info.yaml": strings.Replace(apiFile, "./api/openapi.yaml", other.URL+"/api.yaml", 1) +
			"---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: root}\nspec: {targets: [" + other.URL + "/team/group.yaml]}\n",
	})
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"}})
	r, err := c.Register(t.Context(), catalog.Location{Target: folder})
	if err != nil || len(r.Problems) != 0 {
		t.Fatalf("Register = %v, %v", r.Problems, err)
	}
	var refs []string
	for _, ref := range r.Entities {
		refs = append(refs, ref.String())
	}
	if diff := cmp.Diff([]string{"api:default/orders", "location:default/more", "location:default/root", "user:default/ada"}, refs); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}
	ada, err := c.Get(t.Context(), catalog.NewRef("user", "", "ada"))
	if err != nil || ada.Metadata.Annotations[catalog.AnnotationLocation] != "url:"+other.URL+"/team/user.yaml" {
		t.Errorf("ada is managed by %q, %v", ada.Metadata.Annotations[catalog.AnnotationLocation], err)
	}
	other.put("/api.yaml", "openapi: 3.1.1\n")
	if r, err = c.Refresh(t.Context(), r.Location.ID); err != nil || len(r.Changed) != 1 {
		t.Errorf("after a change elsewhere: %v, %v, want one change", r.Changed, err)
	}
	// Without leave, it is a problem that says what to do.
	c = newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	r, err = c.Register(t.Context(), catalog.Location{Target: folder})
	if err != nil || len(r.Problems) != 2 {
		t.Fatalf("Register = %v, %v, want two problems", r.Problems, err)
	}
	for _, p := range r.Problems {
		if !strings.Contains(p.Message, "is on another host than the location") || !strings.Contains(p.Hint, "PLATFORM_CATALOG_READ_HOSTS=127.0.0.1") || p.Line == 0 {
			t.Errorf("problem %s (hint %s)", p, p.Hint)
		}
	}
}

// TestPagesOfFiles names files by the addresses that a browser shows: the content
// is somewhere else.
func TestPagesOfFiles(t *testing.T) {
	t.Parallel()
	host := newSite(t, map[string]string{"/acme/x/-/raw/main/a.yaml": "a", "/acme/x/raw/main/b.yaml": "b", "/plain/c.yaml": "c"})
	file := func(name, address string) string {
		return strings.NewReplacer("name: orders", "name: "+name, "./api/openapi.yaml", host.URL+address).Replace(apiFile) + "---\n"
	}
	folder := write(t, map[string]string{"catalog-info.yaml": file("a", "/acme/x/-/blob/main/a.yaml") + file("b", "/acme/x/blob/main/b.yaml#L1") + file("c", "/plain/c.yaml")})
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"}})
	r, err := c.Register(t.Context(), catalog.Location{Target: folder})
	if err != nil || len(r.Problems) > 0 {
		t.Fatal(err, r.Problems)
	}
	for _, ref := range r.Entities {
		if e, err := c.Get(t.Context(), ref); err != nil || e.SpecString("definition") != ref.Name {
			t.Errorf("%s: %q, %v", ref, e.SpecString("definition"), err)
		}
	}
}

// TestARepositoryThatDidNotChangeIsNotFetched counts what a git host is asked.
func TestARepositoryThatDidNotChangeIsNotFetched(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{"catalog-info.yaml": component})
	commit(t, folder)
	address := serve(t, folder) + "/.git"
	reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	for _, branch := range []string{"", "other", "v1"} {
		l := catalog.Location{Type: catalog.LocationGit, Target: address, Branch: branch}
		first := open(t, reader, l)
		l.Version = first.Version()
		again, err := reader.Open(t.Context(), l)
		if err != nil || !again.Unchanged || again.FS != nil {
			t.Errorf("branch %q: Open = %+v, %v, want that nothing changed", branch, again, err)
		}
	}
}

// endless is a host whose answers do not end.
func endless(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		part := []byte(strings.Repeat("0", 1<<16))
		for r.Context().Err() == nil {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}
