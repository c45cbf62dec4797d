package git_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
)

// gitHost is a git host with one repository: people get pages, git the
// repository, at the addresses given. Like Azure DevOps it sends nothing to whoever
// does not take several acknowledgements, where the address is one of those.
func gitHost(t *testing.T, folder, repository string) string {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("the program git is not installed")
	}
	backend := &cgi.Handler{
		Path: program, Args: []string{"http-backend"},
		Env: []string{"GIT_PROJECT_ROOT=" + folder, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, isRepository := strings.CutPrefix(r.URL.Path, repository)
		if !isRepository || !strings.HasPrefix(rest, "/info/refs") && rest != "/git-upload-pack" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "\n<!DOCTYPE html><html><body>Sign in</body></html>")
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method == http.MethodPost && strings.Contains(repository, "/_git/") && !bytes.Contains(body, []byte("multi_ack")) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.URL.Path = "/.git" + rest
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestRegisteringPagesOfGitHosts(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{"catalog-info.yaml": component})
	commit(t, folder)
	for _, tt := range []struct{ name, page, repository, managedBy string }{
		{"Gitea", "/acme/orders/src/branch/main/catalog-info.yaml", "/acme/orders", "git:HOST/acme/orders#main:catalog-info.yaml"},
		{"GitHub", "/acme/orders/blob/main/catalog-info.yaml", "/acme/orders", "git:HOST/acme/orders#main:catalog-info.yaml"},
		{"GitLab", "/a/b/orders/-/blob/main/catalog-info.yaml", "/a/b/orders", "git:HOST/a/b/orders#main:catalog-info.yaml"},
		{
			"Bitbucket Data Center", "/projects/SHOP/repos/orders/browse/catalog-info.yaml?at=refs/heads/main", "/scm/shop/orders.git",
			"url:HOST/projects/SHOP/repos/orders/browse/catalog-info.yaml?at=refs/heads/main",
		},
		{
			"Azure DevOps", "/acme/shop/_git/orders?path=/catalog-info.yaml&version=GBmain", "/acme/shop/_git/orders",
			"url:HOST/acme/shop/_git/orders?path=/catalog-info.yaml&version=GBmain",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			host := gitHost(t, folder, tt.repository)
			c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
			r, err := c.Register(t.Context(), catalog.Location{Target: host + tt.page})
			if err != nil || len(r.Problems) > 0 || len(r.Entities) != 1 {
				t.Fatalf("Register = %v, %v, %v", r.Entities, r.Problems, err)
			}
			e, err := c.Get(t.Context(), r.Entities[0])
			if want := strings.Replace(tt.managedBy, "HOST", host, 1); err != nil || e.Metadata.Annotations[catalog.AnnotationLocation] != want {
				t.Errorf("managed by %s, %v\nwant       %s", e.Metadata.Annotations[catalog.AnnotationLocation], err, want)
			}
		})
	}
}

// TestAPageIsNoFile registers and names pages of hosts that nobody can tell by
// their addresses.
func TestAPageIsNoFile(t *testing.T) {
	t.Parallel()
	host := gitHost(t, t.TempDir(), "/none")
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"}})
	for address, hint := range map[string]string{
		"/cgit/orders/plain/catalog-info.yaml": "platform catalog register https://HOST/OWNER/REPOSITORY.git --path FILE",
		"/acme/orders/raw/x/catalog-info.yaml": "button Raw",
	} {
		_, err := c.Register(t.Context(), catalog.Location{Target: host + address})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "is a page for people, and not the file itself") || !strings.Contains(fault.From(err).Hint, hint) {
			t.Errorf("Register(%s) = %v (%s)", address, err, fault.From(err).Hint)
		}
	}
	if locations, err := c.Locations(t.Context()); err != nil || len(locations) > 0 {
		t.Errorf("left behind: %v, %v", locations, err)
	}
	folder := write(t, map[string]string{
		"catalog-info.yaml": strings.Replace(apiFile, "./api/openapi.yaml", host+"/acme/orders/blob/main/api.yaml", 1),
		"b.yaml":            strings.Replace(apiFile, "./api/openapi.yaml", host+"/help/api.html", 1),
	})
	r, err := c.Register(t.Context(), catalog.Location{Target: folder})
	if err != nil || len(r.Problems) != 1 || r.Problems[0].Line == 0 || !strings.Contains(r.Problems[0].Hint, host+"/acme/orders --branch main --path api.yaml") {
		t.Errorf("Register = %+v, %v", r.Problems, err)
	}
	if r, err = c.Register(t.Context(), catalog.Location{Target: folder + "/b.yaml"}); err != nil || len(r.Problems) > 0 {
		t.Errorf("a page that is meant: %+v, %v", r.Problems, err)
	}
}
