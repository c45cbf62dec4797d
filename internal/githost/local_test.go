package githost_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/pipelines"
)

// commit is a first commit with what a work tree can hold.
func commit() pipelines.Commit {
	return pipelines.Commit{
		Files: []pipelines.CommitFile{
			{Path: "go.mod", Body: []byte("module example.com/orders\n")},
			{Path: "api/openapi.yaml", Body: []byte("openapi: 3.0.3\n")},
			{Path: "api-notes.md", Body: []byte("sorts between api and api/\n")},
			{Path: "run", Body: []byte("#!/bin/sh\n"), Executable: true},
			{Path: "empty", Body: nil},
		},
		Message: "Start orders from go-http 0.1.0",
		Author:  pipelines.Signature{Name: "Platform", Email: "platform@localhost"},
		Time:    time.Date(2026, 3, 4, 5, 6, 7, 891, time.UTC),
	}
}

// runGit runs the real git, away from the settings of whoever runs the test.
func runGit(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func mustGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := runGit(t, dir, args...)
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func newLocal(t *testing.T) (*githost.Local, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "git") // it is not there yet
	return githost.NewLocal(dir, "http://127.0.0.1:8080/"), dir
}

func push(t *testing.T, host pipelines.Host, r pipelines.Repository, c pipelines.Commit) (string, error) {
	t.Helper()
	remote, err := host.Remote(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return git.New().Push(t.Context(), c, pipelines.MainBranch, remote)
}

func TestARepositoryIsMadePushedAndClonedByGit(t *testing.T) {
	t.Parallel()
	host, dir := newLocal(t)
	made, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Description: "Takes orders.", Key: "run/host"})
	if err != nil {
		t.Fatal(err)
	}
	want := pipelines.Repository{
		Host: "local", Name: "orders", ID: "run/host", LocalPath: filepath.Join(dir, "orders.git"),
		CloneURL: "http://127.0.0.1:8080/git/orders.git", WebURL: "http://127.0.0.1:8080/catalog/component/default/orders",
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("repository differs (-want +got):\n%s", diff)
	}
	id, err := push(t, host, made, commit())
	if err != nil {
		t.Fatal(err)
	}
	again, err := push(t, host, made, commit())
	if err != nil || again != id {
		t.Errorf("second push = %s, %v, want %s", again, err, id)
	}
	mustGit(t, dir, "clone", "--quiet", made.LocalPath, "clone")
	clone := filepath.Join(dir, "clone")
	mustGit(t, clone, "fsck", "--strict", "--full")
	if got := mustGit(t, clone, "log", "--format=%H|%an <%ae>|%cn|%aI|%s"); got !=
		id+"|Platform <platform@localhost>|Platform|2026-03-04T05:06:07+00:00|Start orders from go-http 0.1.0" &&
		got != id+"|Platform <platform@localhost>|Platform|2026-03-04T05:06:07Z|Start orders from go-http 0.1.0" {
		t.Errorf("log = %s", got)
	}
	if got := mustGit(t, clone, "ls-tree", "-r", "--format=%(objectmode) %(path)", "HEAD"); got !=
		"100644 api-notes.md\n100644 api/openapi.yaml\n100644 empty\n100644 go.mod\n100755 run" {
		t.Errorf("tree = %s", got)
	}
	if got := mustGit(t, clone, "rev-parse", "--abbrev-ref", "HEAD"); got != "main" {
		t.Errorf("branch = %s", got)
	}
}

func TestCreateIsIdempotentByItsKey(t *testing.T) {
	t.Parallel()
	host, dir := newLocal(t)
	first, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := push(t, host, first, commit()); err != nil {
		t.Fatal(err)
	}
	// A process that died while it made the repository left its draft.
	if err := os.MkdirAll(filepath.Join(dir, ".new-two", "objects"), 0o750); err != nil {
		t.Fatal(err)
	}
	if same, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"}); err != nil || same != first {
		t.Errorf("Create with the same key = %v, %v", same, err)
	}
	if _, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "two"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("Create with another key = %v, want a conflict", err)
	}
	if _, err := host.Create(t.Context(), pipelines.NewRepository{Name: "payments", Key: "two"}); err != nil {
		t.Errorf("Create over a draft: %v", err)
	}
	entries, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestOneOfManyGetsTheName(t *testing.T) {
	t.Parallel()
	host, _ := newLocal(t)
	var all sync.WaitGroup
	won := make(chan string, 8)
	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		all.Go(func() {
			_, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: key})
			if err == nil {
				won <- key
			} else if !fault.Is(err, fault.Conflict) {
				t.Errorf("Create: %v", err)
			}
		})
	}
	all.Wait()
	close(won)
	if len(won) != 1 {
		t.Errorf("%d got the name, want 1", len(won))
	}
}

func TestDeleteTouchesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	host, dir := newLocal(t)
	made, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"})
	if err != nil {
		t.Fatal(err)
	}
	stranger := made
	stranger.ID = "two"
	if err := host.Delete(t.Context(), stranger); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := host.Find(t.Context(), "orders"); err != nil || !ok {
		t.Errorf("after Delete with another key: %t, %v", ok, err)
	}
	for range 2 {
		if err := host.Delete(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNamesStayInTheFolder(t *testing.T) {
	t.Parallel()
	host, _ := newLocal(t)
	for _, name := range []string{"", ".", "..", "../x", "a/b", ".git", "-x", "x.git", "a\x00b", strings.Repeat("a", 101)} {
		if _, _, err := host.Find(t.Context(), name); !fault.Is(err, fault.Invalid) {
			t.Errorf("Find(%q) = %v, want invalid", name, err)
		}
	}
}

func TestAnAddressLeadsToItsFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	host := githost.NewLocal(dir, "https://platform.example.com")
	made, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		made.CloneURL:                                made.LocalPath,
		"http://127.0.0.1:9999/git/orders.git":       made.LocalPath,
		"http://localhost/git/orders.git":            made.LocalPath,
		"http://[::1]:8080/git/orders.git":           made.LocalPath,
		"https://example.com/git/orders.git":         "",
		"https://platform.example.com/git/x.git":     "",
		"https://platform.example.com/git/../x":      "",
		"http://127.0.0.1/git/../../etc/x.git":       "",
		"https://platform.example.com/git/orders":    "",
		"ssh://127.0.0.1/git/orders.git":             "",
		"http://127.0.0.1:8080/other/git/orders.git": "",
	} {
		folder, ok := host.Folder(address)
		if ok != (want != "") || (ok && folder != want) {
			t.Errorf("Folder(%q) = %q, %t, want %q", address, folder, ok, want)
		}
	}
}

func TestAPushOverOtherCommitsIsAConflict(t *testing.T) {
	t.Parallel()
	host, _ := newLocal(t)
	made, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := push(t, host, made, commit()); err != nil {
		t.Fatal(err)
	}
	other := commit()
	other.Message = "Something else"
	if _, err := push(t, host, made, other); !fault.Is(err, fault.Conflict) {
		t.Errorf("Push = %v, want a conflict", err)
	}
	if _, err := push(t, host, pipelines.Repository{LocalPath: made.LocalPath + "-gone"}, commit()); !fault.Is(err, fault.NotFound) {
		t.Errorf("Push to nowhere = %v, want not_found", err)
	}
}

func TestAHookInTheFolderIsAsked(t *testing.T) {
	t.Parallel()
	host, _ := newLocal(t)
	made, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"})
	if err != nil {
		t.Fatal(err)
	}
	hook := filepath.Join(made.LocalPath, "hooks", "pre-receive")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil { // #nosec G306 -- a program
		t.Fatal(err)
	}
	if id, err := push(t, host, made, commit()); !fault.Is(err, fault.Forbidden) {
		t.Errorf("Push past the hook = %s, %v, want forbidden", id, err)
	}
	if err := os.Remove(hook); err != nil {
		t.Fatal(err)
	}
	if _, err := push(t, host, made, commit()); err != nil {
		t.Errorf("Push without the hook: %v", err)
	}
}

// serve serves the host as the portal does, for whoever knows the password.
func serve(t *testing.T, host *githost.Local, pushed func(name string)) string {
	t.Helper()
	server := httptest.NewServer(http.StripPrefix("/git", host.Serve(githost.ServeOptions{
		Log: slog.New(slog.DiscardHandler),
		MayPush: func(r *http.Request) (string, error) {
			if name, password, _ := r.BasicAuth(); password != "secret" || name == "" {
				return "", fault.New(fault.Unauthenticated, "Who are you?")
			}
			return "ada", nil
		},
		Pushed: func(_ *http.Request, name string) { pushed(name) },
	})))
	t.Cleanup(server.Close)
	return server.URL
}

func TestGitClonesAndPushesOverHTTP(t *testing.T) {
	t.Parallel()
	host, dir := newLocal(t)
	made, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := push(t, host, made, commit()); err != nil {
		t.Fatal(err)
	}
	var pushed []string
	address := serve(t, host, func(name string) { pushed = append(pushed, name) })
	mustGit(t, dir, "clone", "--quiet", address+"/git/orders.git", "clone")
	clone := filepath.Join(dir, "clone")

	// More than git's buffer for one request, so that the push comes in chunks.
	big := make([]byte, 3<<20)
	for i := range big {
		big[i] = byte(i * i >> 7)
	}
	if err := os.WriteFile(filepath.Join(clone, "big"), big, 0o600); err != nil {
		t.Fatal(err)
	}
	mustGit(t, clone, "add", "big")
	mustGit(t, clone, "commit", "--quiet", "-m", "Add something big")
	if out, err := runGit(t, clone, "push", "--quiet", "origin", "main"); err == nil {
		t.Errorf("a push without a password went through: %s", out)
	}
	if len(pushed) != 0 {
		t.Errorf("pushed = %v before any push", pushed)
	}
	authorised := strings.Replace(address, "http://", "http://ada:secret@", 1) + "/git/orders.git"
	mustGit(t, clone, "-c", "http.postBuffer=65536", "push", "--quiet", authorised, "main")
	if got, want := mustGit(t, made.LocalPath, "rev-parse", "main"), mustGit(t, clone, "rev-parse", "HEAD"); got != want {
		t.Errorf("main = %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{"orders"}, pushed); diff != "" {
		t.Errorf("pushed differs (-want +got):\n%s", diff)
	}
}

func TestOnlyGitsOwnRequestsAreServed(t *testing.T) {
	t.Parallel()
	host, dir := newLocal(t)
	if _, err := host.Create(t.Context(), pipelines.NewRepository{Name: "orders", Key: "one"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := serve(t, host, func(string) {})
	for _, tc := range []struct {
		name, method, path string
		want               int
	}{
		{"what a clone asks first", http.MethodGet, "/git/orders.git/info/refs?service=git-upload-pack", http.StatusOK},
		{"what a push asks first, without a password", http.MethodGet, "/git/orders.git/info/refs?service=git-receive-pack", http.StatusUnauthorized},
		{"a push without a password", http.MethodPost, "/git/orders.git/git-receive-pack", http.StatusUnauthorized},
		{"the old protocol", http.MethodGet, "/git/orders.git/info/refs", http.StatusBadRequest},
		{"a single file", http.MethodGet, "/git/orders.git/HEAD", http.StatusNotFound},
		{"the settings", http.MethodGet, "/git/orders.git/config", http.StatusNotFound},
		{"an unknown repository", http.MethodGet, "/git/nobody.git/info/refs?service=git-upload-pack", http.StatusNotFound},
		{"a way out of the folder", http.MethodGet, "/git/..%2Fx.git/info/refs?service=git-upload-pack", http.StatusNotFound},
		{"another program", http.MethodGet, "/git/orders.git/info/refs?service=git-evil", http.StatusBadRequest},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequestWithContext(t.Context(), tc.method, address+tc.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != tc.want {
				t.Errorf("%s %s = %d, want %d", tc.method, tc.path, resp.StatusCode, tc.want)
			}
		})
	}
}
