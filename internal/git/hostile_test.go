package git_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
)

// command runs the program git in a folder.
func command(t *testing.T, folder, input string, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("the program git is not installed")
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestARepositoryThatPretendsToBeHuge reads one whose few objects unfold to ten
// to the power of twelve files.
func TestARepositoryThatPretendsToBeHuge(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	command(t, folder, "", "init", "--quiet", "--bare", "--initial-branch=main")
	object := command(t, folder, "kind: nothing\n", "hash-object", "-w", "--stdin")
	kind, mode := "blob", "100644"
	for range 12 {
		var tree strings.Builder
		for i := range 10 {
			fmt.Fprintf(&tree, "%s %s %s\tf%d.yaml\n", mode, kind, object, i)
		}
		object = command(t, folder, tree.String(), "mktree")
		kind, mode = "tree", "040000"
	}
	id := command(t, folder, "", "commit-tree", "-m", "bomb", object)
	command(t, folder, "", "update-ref", "refs/heads/main", id)
	c := newCatalog(t, git.CatalogReaderOptions{})
	limits := catalog.DefaultLimits()
	limits.Walked = 5_000
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := c.WithLimits(limits).Register(ctx, catalog.Location{Type: catalog.LocationGit, Target: folder})
	if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "more than 5,000 files and folders") || r.Problems[0].Hint == "" {
		t.Errorf("Register = %v, %v", r.Problems, err)
	}
}

// TestAHugeFileIsNotFetched puts a file of zeros, which is small while packed,
// beside a catalog file and includes it.
func TestAHugeFileIsNotFetched(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	command(t, folder, "", "init", "--quiet", "--initial-branch=main")
	if err := os.WriteFile(filepath.Join(folder, "catalog-info.yaml"), []byte(strings.Replace(apiFile, "./api/openapi.yaml", "./huge", 1)+"---\n"+component), 0o600); err != nil {
		t.Fatal(err)
	}
	huge, err := os.Create(filepath.Join(folder, "huge"))
	if err != nil {
		t.Fatal(err)
	}
	if err := huge.Truncate(200 << 20); err != nil {
		t.Fatal(err)
	}
	if err := huge.Close(); err != nil {
		t.Fatal(err)
	}
	command(t, folder, "", "-c", "core.bigFileThreshold=1m", "add", ".")
	command(t, folder, "", "commit", "--quiet", "-m", "x")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	r, err := c.Register(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: serve(t, folder) + "/.git"})
	runtime.ReadMemStats(&after)
	if err != nil || len(r.Entities) != 1 || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "huge is larger than 16 MB") {
		t.Errorf("Register = %v, %v, %v", r.Entities, r.Problems, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 100<<20 {
		t.Errorf("%d MB were taken", took>>20)
	}
}

// TestHostileTargets names devices and patterns that never end.
func TestHostileTargets(t *testing.T) {
	t.Parallel()
	files := map[string]string{"null": "-> /dev/null", "zero": "-> /dev/zero"}
	deep := strings.Repeat("d/", 60)
	files[deep+"catalog-info.yaml"] = strings.Replace(component, "orders", "deep", 1)
	files["catalog-info.yaml"] = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: root}\nspec:\n  targets: ['" +
		strings.Repeat("**/", 12) + "x.yaml', '" + strings.Repeat("*/", 60) + "catalog-info.yaml', '**/**/**/nothing-*.yaml', zero, /dev/zero, 'file:///dev/zero']\n"
	folder := write(t, files)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r, err := newCatalog(t, git.CatalogReaderOptions{}).Register(t.Context(), catalog.Location{Target: folder})
		if err != nil || len(r.Entities) != 2 || len(r.Problems) != 5 { // all but the pattern with as many levels
			t.Errorf("Register = %v, %v, %v", r.Entities, r.Problems, err)
		}
		for _, p := range r.Problems {
			if p.Hint == "" || p.Line == 0 {
				t.Errorf("%s has hint %q", p, p.Hint)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("it never ends")
	}
}

// TestAnEndlessAnswer has a host that sends for ever.
func TestAnEndlessAnswer(t *testing.T) {
	t.Parallel()
	s := endless(t)
	c := newCatalog(t, git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), Timeout: 10 * time.Second})
	_, err := c.Register(t.Context(), catalog.Location{Target: s + "/catalog-info.yaml"})
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("a file: %v", err)
	}
	_, err = c.Register(t.Context(), catalog.Location{Target: s + "/acme/orders.git"})
	if err == nil || fault.From(err).Hint == "" {
		t.Errorf("a repository: %v", err)
	}
}

// TestAHostThatSaysNothing takes connections and never answers.
func TestAHostThatSaysNothing(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1"), Timeout: 300 * time.Millisecond})
	for _, scheme := range []string{"git", "http"} {
		l := catalog.Location{Type: catalog.LocationGit, Target: scheme + "://" + listener.Addr().String() + "/acme/orders.git"}
		start := time.Now()
		_, err = reader.Open(t.Context(), l)
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "took longer than 300ms") || time.Since(start) > 20*time.Second {
			t.Errorf("%s: Open = %v after %s", scheme, err, time.Since(start))
		}
	}
}
