package git_test

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/git"
)

// company is a git host with a repository for each service, each with a catalog
// file, of which people see the content by its address.
type company struct {
	*httptest.Server

	mu       sync.Mutex
	content  map[string]string                                 // by path
	requests map[string]int                                    // by answer
	handle   func(w http.ResponseWriter, r *http.Request) bool // instead, when it returns true
	busy     int
	busiest  int
	two      chan struct{} // closed when two requests are there at once
}

func newCompany(t *testing.T, services int) *company {
	t.Helper()
	c := &company{content: map[string]string{}, requests: map[string]int{}, two: make(chan struct{})}
	for i := range services {
		c.content[fmt.Sprintf("/acme/svc-%d/raw/main/catalog-info.yaml", i)] = strings.Replace(component, "orders", fmt.Sprintf("svc-%d", i), 1)
	}
	c.Server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.Close)
	return c
}

func (c *company) serve(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	content, ok := c.content[r.URL.Path]
	handle := c.handle
	c.busy++
	if c.busiest = max(c.busiest, c.busy); c.busy == 2 && c.busiest == 2 {
		select {
		case <-c.two:
		default:
			close(c.two)
		}
	}
	c.mu.Unlock()
	select { // whoever asks for one after the other waits for nothing
	case <-c.two:
	case <-time.After(5 * time.Second):
	}
	recorder := httptest.NewRecorder()
	tag := fmt.Sprintf("%q", fmt.Sprint(len(content), content[max(0, len(content)-20):]))
	switch {
	case handle != nil && handle(recorder, r):
	case !ok:
		recorder.WriteHeader(http.StatusNotFound)
	case r.Header.Get("If-None-Match") == tag:
		recorder.WriteHeader(http.StatusNotModified)
	default:
		recorder.Header().Set("ETag", tag)
		_, _ = recorder.WriteString(content)
	}
	c.mu.Lock()
	c.busy--
	c.requests[strconv.Itoa(recorder.Code)]++
	c.mu.Unlock()
	maps.Copy(w.Header(), recorder.Header())
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(recorder.Body.Bytes())
}

// asked returns how many requests had which answer since it was asked last.
func (c *company) asked() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.requests
	c.requests = map[string]int{}
	return out
}

func (c *company) set(path, content string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.content[path] = content
}

// list writes the file that names the catalog files of all services.
func (c *company) list(services int, more ...string) string {
	var b strings.Builder
	b.WriteString("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets:\n")
	for i := range services {
		fmt.Fprintf(&b, "  - %s/acme/svc-%d/blob/main/catalog-info.yaml\n", c.URL, i)
	}
	for _, one := range more {
		fmt.Fprintf(&b, "  - %s\n", one)
	}
	return b.String()
}

// TestAListOfManyRepositories reads a company's list: what did not change is
// asked about and not sent again, also by another process.
func TestAListOfManyRepositories(t *testing.T) {
	t.Parallel()
	const services = 600
	host := newCompany(t, services)
	folder := write(t, map[string]string{"all.yaml": host.list(services)})
	fake := catalogtest.NewFake()
	process := func() *catalog.Catalog {
		reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"}})
		return catalog.New(fake, fake, reader, slog.New(slog.DiscardHandler))
	}
	r, err := process().Register(t.Context(), catalog.Location{Target: filepath.Join(folder, "all.yaml")})
	if err != nil || len(r.Problems) > 0 || len(r.Entities) != services+1 {
		t.Fatalf("Register = %d entities, %v, %v", len(r.Entities), r.Problems, err)
	}
	if diff := cmp.Diff(map[string]int{"200": services}, host.asked()); diff != "" {
		t.Errorf("requests of the first reading (-want +got):\n%s", diff)
	}
	if host.busiest < 2 || host.busiest > 10 {
		t.Errorf("%d requests at a time, want several and at most 10", host.busiest)
	}
	if wait := r.Location.RefreshAt.Sub(r.Location.LastRefreshed); wait < 5*time.Minute {
		t.Errorf("read again in %s, want that hosts are not asked as often as a disk", wait)
	}
	e, err := process().Get(t.Context(), catalog.NewRef("component", "", "svc-7"))
	if got, want := e.Metadata.Annotations[catalog.AnnotationSourceLocation], "url:"+host.URL+"/acme/svc-7/tree/main/"; err != nil || got != want {
		t.Errorf("source location = %q, %v, want %q", got, err, want)
	}
	if r, err = process().Refresh(t.Context(), r.Location.ID); err != nil || len(r.Changed)+len(r.Problems) > 0 || len(r.Entities) != services+1 {
		t.Errorf("Refresh = %d entities, %v, %v, %v", len(r.Entities), r.Changed, r.Problems, err)
	}
	if wait := r.Location.RefreshAt.Sub(r.Location.LastRefreshed); wait < 5*time.Minute {
		t.Errorf("read again in %s", wait)
	}
	if diff := cmp.Diff(map[string]int{"304": services}, host.asked()); diff != "" {
		t.Errorf("requests of the second reading (-want +got):\n%s", diff)
	}
	host.set("/acme/svc-7/raw/main/catalog-info.yaml", strings.Replace(component, "orders", "svc-7", 1)+"  system: shop\n")
	host.set("/acme/svc-8/raw/main/catalog-info.yaml", strings.Replace(strings.Replace(component, "orders", "svc-8", 1), "production", "deprecated", 1))
	if r, err = process().Refresh(t.Context(), r.Location.ID); err != nil || len(r.Changed) != 1 || r.Changed[0].Name != "svc-8" {
		// svc-7 is no YAML any more
		t.Errorf("Refresh = %v, %v, %v, want that svc-8 changed", r.Changed, r.Problems, err)
	}
	if len(r.Problems) != 1 || r.Problems[0].File != host.URL+"/acme/svc-7/blob/main/catalog-info.yaml" || len(r.Orphaned) > 0 {
		t.Errorf("problems %v, orphans %v", r.Problems, r.Orphaned)
	}
	if diff := cmp.Diff(map[string]int{"200": 2, "304": services - 2}, host.asked()); diff != "" {
		t.Errorf("requests after a change (-want +got):\n%s", diff)
	}
}

// TestOneTargetThatIsGone says so where it is named, and hides nothing.
func TestOneTargetThatIsGone(t *testing.T) {
	t.Parallel()
	const services = 5
	host := newCompany(t, services)
	folder := write(t, map[string]string{"all.yaml": host.list(services, host.URL+"/acme/gone/blob/main/catalog-info.yaml", host.URL+"/acme/svc-1/blob/main/**/catalog-info.yaml")})
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"}})
	r, err := c.Register(t.Context(), catalog.Location{Target: filepath.Join(folder, "all.yaml")})
	if err != nil || len(r.Entities) != services+1 || len(r.Problems) != 2 {
		t.Fatalf("Register = %v, %v, %v", r.Entities, r.Problems, err)
	}
	gone := r.Problems[0]
	if gone.Where() != "all.yaml:11" || !strings.Contains(gone.Message, "There is nothing at "+host.URL+"/acme/gone/blob/main/catalog-info.yaml") ||
		!strings.Contains(gone.Hint, "platform catalog register "+host.URL+"/acme/gone --branch main") {
		t.Errorf("problem %s (%s)", gone, gone.Hint)
	}
	if pattern := r.Problems[1]; pattern.Where() != "all.yaml:12" || !strings.Contains(pattern.Hint, "--path '**/catalog-info.yaml'") {
		t.Errorf("problem %s (%s)", pattern, pattern.Hint)
	}
	host.asked()
	host.set("/acme/gone/raw/main/catalog-info.yaml", strings.Replace(component, "orders", "back", 1))
	if r, err = c.Refresh(t.Context(), r.Location.ID); err != nil || len(r.Added) != 1 || r.Added[0].Name != "back" {
		t.Errorf("Refresh = %v, %v", r.Added, err)
	}
	if diff := cmp.Diff(map[string]int{"304": services, "200": 1}, host.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestAHostThatWantsPatience is asked no more, and read when it wants to be.
func TestAHostThatWantsPatience(t *testing.T) {
	t.Parallel()
	const services, before = 200, 40
	host := newCompany(t, services)
	served := 0
	var mu sync.Mutex
	host.handle = func(w http.ResponseWriter, _ *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		served++
		if served > before {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		return served > before
	}
	folder := write(t, map[string]string{"all.yaml": host.list(services)})
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"}})
	r, err := c.Register(t.Context(), catalog.Location{Target: filepath.Join(folder, "all.yaml")})
	if err != nil || len(r.Entities) != before+1 || len(r.Problems) != 1 {
		t.Fatalf("Register = %d entities, %v, %v", len(r.Entities), r.Problems, err)
	}
	if p := r.Problems[0]; !strings.Contains(p.Message, "160 of the files that this names are not read yet: 127.0.0.1:") || !strings.Contains(p.Message, "limits how many requests we may make; going on at ") {
		t.Errorf("problem %s", p)
	}
	if asked := host.asked(); asked["429"] > 10 {
		t.Errorf("asked %v, want that the host is left alone", asked)
	}
	if wait := time.Until(r.Location.RefreshAt); wait < 8*time.Minute || wait > 11*time.Minute {
		t.Errorf("read again in %s, want when the host wants it", wait)
	}
}

// TestAHostThatWantsAMomentIsWaitedFor counts requests, not seconds.
func TestAHostThatWantsAMomentIsWaitedFor(t *testing.T) {
	t.Parallel()
	host := newCompany(t, 3)
	refused := map[string]bool{}
	var mu sync.Mutex
	host.handle = func(w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if refused[r.URL.Path] {
			return false
		}
		refused[r.URL.Path] = true
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Unix(), 10))
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	folder := write(t, map[string]string{"all.yaml": host.list(3)})
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"}})
	r, err := c.Register(t.Context(), catalog.Location{Target: filepath.Join(folder, "all.yaml")})
	if err != nil || len(r.Entities) != 4 || len(r.Problems) > 0 {
		t.Errorf("Register = %v, %v, %v", r.Entities, r.Problems, err)
	}
}

// TestFilesOfTheSameRepository names files by address that the repository being
// read has itself: nobody is asked for them.
func TestFilesOfTheSameRepository(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	host := gitHost(t, folder, "/acme/all")
	for name, content := range map[string]string{
		"catalog-info.yaml": fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {targets: [%[1]s/acme/all/blob/main/svc/a.yaml, '%[1]s/acme/all/tree/main/more/**/*.yaml', %[1]s/acme/all/blob/other/svc/a.yaml]}\n", host),
		"svc/a.yaml":        strings.Replace(apiFile, "./api/openapi.yaml", host+"/acme/all/blob/main/svc/openapi.yaml", 1),
		"svc/openapi.yaml":  "openapi: 3.1.0\n",
		"more/x/b.yaml":     strings.Replace(component, "orders", "more", 1),
	} {
		full := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, folder)
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	r, err := c.Register(t.Context(), catalog.Location{Target: host + "/acme/all.git", Type: catalog.LocationGit, Branch: "main"})
	if err == nil {
		t.Fatalf("Register = %v, want that the address with .git is another one here", r)
	}
	r, err = c.Register(t.Context(), catalog.Location{Target: host + "/acme/all", Type: catalog.LocationGit})
	if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "/acme/all/blob/other/svc/a.yaml is a page") {
		t.Fatalf("Register = %v, %v, want only the file of another branch to be asked for", r.Problems, err)
	}
	var names []string
	for _, ref := range r.Entities {
		names = append(names, ref.String())
	}
	if want := []string{"api:default/orders", "component:default/more", "location:default/all"}; !slices.Equal(names, want) {
		t.Errorf("entities %v, want %v", names, want)
	}
}
