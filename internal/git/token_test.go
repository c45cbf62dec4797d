package git_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/git"
)

// TestTheTokenGoesToItsOwnHost reads files with a token: over redirects, and where
// only the API hands them out.
func TestTheTokenGoesToItsOwnHost(t *testing.T) {
	t.Parallel()
	const token = "a-token"
	var mu sync.Mutex
	var seen []string
	note := func(host string, r *http.Request, status int) {
		mu.Lock()
		defer mu.Unlock()
		with := "without"
		if r.Header.Get("Authorization") == "Bearer "+token {
			with = "with"
		}
		seen = append(seen, fmt.Sprintf("%s %s %s token: %d", host, r.URL.Path, with, status))
	}
	asked := func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		out := map[string]int{}
		for _, one := range seen {
			out[one]++
		}
		seen = nil
		return out
	}
	send := func(w http.ResponseWriter, r *http.Request, name string) int {
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified
		}
		w.Header().Set("ETag", `"1"`)
		_, _ = w.Write([]byte(strings.Replace(component, "orders", name, 1)))
		return http.StatusOK
	}
	eve := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { note("eve", r, send(w, r, "moved")) }))
	t.Cleanup(eve.Close)
	var own *httptest.Server
	own = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusFound
		switch r.URL.Path {
		case "/acme/here/raw/main/catalog-info.yaml":
			http.Redirect(w, r, own.URL+"/content/here", status)
		case "/content/here":
			status = send(w, r, "here")
		case "/acme/moved/raw/main/catalog-info.yaml":
			http.Redirect(w, r, eve.URL+"/moved", status)
		case "/acme/hidden/raw/main/catalog-info.yaml":
			status = http.StatusOK
			_, _ = w.Write([]byte("<!DOCTYPE html>Sign in"))
		case "/api/repos/acme/hidden/contents/catalog-info.yaml":
			if r.Header.Get("Accept") != "application/vnd.github.raw+json" {
				t.Errorf("the API is asked for %s", r.Header.Get("Accept"))
			}
			status = send(w, r, "hidden")
		default:
			status = http.StatusNotFound
			w.WriteHeader(status)
		}
		note("own", r, status)
	}))
	t.Cleanup(own.Close)
	var list strings.Builder
	list.WriteString("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets:\n")
	for _, name := range []string{"here", "moved", "hidden", "gone"} {
		list.WriteString("  - " + own.URL + "/acme/" + name + "/blob/main/catalog-info.yaml\n")
	}
	folder := write(t, map[string]string{"all.yaml": list.String()})
	c := newCatalog(t, git.CatalogReaderOptions{
		Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"},
		Token: func(location, address string) string {
			if location == "" && strings.HasPrefix(address, own.URL+"/") {
				return token
			}
			return ""
		},
		API: func(p catalog.GitPage) string {
			return strings.Replace(p.Repository, own.URL, own.URL+"/api/repos", 1) + "/contents/" + p.Path
		},
	})
	r, err := c.Register(t.Context(), catalog.Location{Target: filepath.Join(folder, "all.yaml")})
	if err != nil || len(r.Entities) != 4 || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "that the platform's token may read") {
		t.Fatalf("Register = %v, %v, %v", r.Entities, r.Problems, err)
	}
	first := map[string]int{
		"own /acme/here/raw/main/catalog-info.yaml with token: 302":             1,
		"own /content/here with token: 200":                                     1,
		"own /acme/moved/raw/main/catalog-info.yaml with token: 302":            1,
		"eve /moved without token: 200":                                         1,
		"own /acme/hidden/raw/main/catalog-info.yaml with token: 200":           1,
		"own /api/repos/acme/hidden/contents/catalog-info.yaml with token: 200": 1,
		"own /acme/gone/raw/main/catalog-info.yaml with token: 404":             1,
		"own /api/repos/acme/gone/contents/catalog-info.yaml with token: 404":   1,
	}
	if diff := cmp.Diff(first, asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if _, err := c.Refresh(t.Context(), r.Location.ID); err != nil {
		t.Fatal(err)
	}
	second := map[string]int{
		"own /acme/here/raw/main/catalog-info.yaml with token: 302":             1,
		"own /content/here with token: 304":                                     1,
		"own /acme/moved/raw/main/catalog-info.yaml with token: 302":            1,
		"eve /moved without token: 304":                                         1,
		"own /api/repos/acme/hidden/contents/catalog-info.yaml with token: 304": 1,
		"own /acme/gone/raw/main/catalog-info.yaml with token: 404":             1,
		"own /api/repos/acme/gone/contents/catalog-info.yaml with token: 404":   1,
	}
	if diff := cmp.Diff(second, asked()); diff != "" {
		t.Errorf("requests of the second reading (-want +got):\n%s", diff)
	}
}

// TestARepositoryThatNamesFilesElsewhere is read by the schedule: as long as
// nothing changed here or there, its files are not fetched.
func TestARepositoryThatNamesFilesElsewhere(t *testing.T) {
	t.Parallel()
	host := newCompany(t, 3)
	list := write(t, map[string]string{"catalog-info.yaml": host.list(3)})
	commit(t, list) // its other branch has another file
	served := gitHost(t, list, "/acme/all")
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), ReadHosts: []string{"127.0.0.1"}})
	r, err := c.Register(t.Context(), catalog.Location{Target: served + "/acme/all", Type: catalog.LocationGit})
	if err != nil || len(r.Entities) != 4 || len(r.Problems) > 0 || r.Location.Version == "" {
		t.Fatalf("Register = %v, %v, %v, version %q", r.Entities, r.Problems, err, r.Location.Version)
	}
	host.asked()
	again := func() catalog.Location {
		t.Helper()
		before, _, err := c.LocationByID(t.Context(), r.Location.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Changed(t.Context(), catalog.RepositoryEvent{Target: served + "/acme/all"}); err != nil {
			t.Fatal(err)
		}
		running, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- c.RunSchedule(running) }()
		for {
			now, _, err := c.LocationByID(t.Context(), r.Location.ID)
			if err != nil || running.Err() != nil {
				t.Fatal(err, running.Err())
			}
			if now.LastSucceeded.After(before.LastSucceeded) {
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
				return now
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	if l := again(); l.Version == "" || len(l.Errors) > 0 {
		t.Errorf("location %+v", l)
	}
	if diff := cmp.Diff(map[string]int{"304": 3}, host.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	host.set("/acme/svc-1/raw/main/catalog-info.yaml", strings.Replace(strings.Replace(component, "orders", "svc-1", 1), "production", "deprecated", 1))
	if l := again(); l.Version == "" || len(l.Errors) > 0 {
		t.Errorf("location %+v", l)
	}
	if diff := cmp.Diff(map[string]int{"304": 2, "200": 1}, host.asked()); diff != "" {
		t.Errorf("requests after a change there (-want +got):\n%s", diff)
	}
	e, err := c.Get(t.Context(), catalog.NewRef("component", "", "svc-1"))
	if err != nil || e.SpecString("lifecycle") != "deprecated" {
		t.Errorf("lifecycle %q, %v", e.SpecString("lifecycle"), err)
	}
}
