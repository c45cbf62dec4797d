package git_test

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
)

const component = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec: {type: service, lifecycle: production, owner: checkout}
`

// write puts files into a new folder; "-> x" makes a link to x.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		full := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(content, "-> "); link {
			err = os.Symlink(target, full)
		} else {
			err = os.WriteFile(full, []byte(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// commit makes a repository of a folder, with a branch called other and a tag v1.
func commit(t *testing.T, folder string) {
	t.Helper()
	repository, err := gogit.PlainInitWithOptions(folder, &gogit.PlainInitOptions{
		InitOptions: gogit.InitOptions{DefaultBranch: "refs/heads/main"},
	})
	if err != nil {
		t.Fatal(err)
	}
	work, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	if err := work.AddGlob("."); err != nil {
		t.Fatal(err)
	}
	by := &object.Signature{Name: "Ada", Email: "ada@acme.io", When: time.Unix(1_700_000_000, 0)}
	id, err := work.Commit("first", &gogit.CommitOptions{Author: by})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repository.CreateTag("v1", id, nil); err != nil {
		t.Fatal(err)
	}
	if err := work.Checkout(&gogit.CheckoutOptions{Branch: "refs/heads/other", Create: true}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "catalog-info.yaml"), []byte(strings.Replace(component, "orders", "others", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := work.Commit("second", &gogit.CommitOptions{Author: by, All: true}); err != nil {
		t.Fatal(err)
	}
	if err := work.Checkout(&gogit.CheckoutOptions{Branch: "refs/heads/main"}); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, r *git.CatalogReader, l catalog.Location) *catalog.Tree {
	t.Helper()
	tree, err := r.Open(t.Context(), l)
	if err != nil {
		t.Fatalf("open %s: %v", l, err)
	}
	t.Cleanup(func() {
		if err := tree.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return tree
}

func TestTreeIsAFileSystem(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{"catalog-info.yaml": component, "docs/a/b.md": "b", "docs/c.md": "c"})
	commit(t, folder)
	tree := open(t, git.NewCatalogReader(git.CatalogReaderOptions{}), catalog.Location{Type: catalog.LocationGit, Target: folder})
	if err := fstest.TestFS(tree.FS, "catalog-info.yaml", "docs/a/b.md", "docs/c.md"); err != nil {
		t.Error(err)
	}
	if tree.Branch != "main" || len(tree.Commit) != 40 {
		t.Errorf("branch %q, commit %q", tree.Branch, tree.Commit)
	}
}

func TestLinksStayInside(t *testing.T) {
	t.Parallel()
	secret := write(t, map[string]string{"secret.txt": "secret"})
	folder := write(t, map[string]string{
		"catalog-info.yaml": component,
		"docs/c.md":         "c",
		"inside":            "-> docs/c.md",
		"up/inside":         "-> ../docs",
		"outside":           "-> " + secret + "/secret.txt",
		"relative":          "-> ../" + filepath.Base(secret) + "/secret.txt",
		"folder":            "-> " + secret,
		"circle":            "-> circle",
	})
	commit(t, folder)
	for _, kind := range []catalog.LocationType{catalog.LocationFile, catalog.LocationGit} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			tree := open(t, git.NewCatalogReader(git.CatalogReaderOptions{}), catalog.Location{Type: kind, Target: folder})
			for name, want := range map[string]string{"inside": "c", "up/inside/c.md": "c", "outside": "", "relative": "", "folder/secret.txt": "", "circle": ""} {
				data, err := fs.ReadFile(tree.FS, name)
				if string(data) != want || (want == "") != (err != nil) {
					t.Errorf("read %s = %q, %v", name, data, err)
				}
			}
		})
	}
}

// TestHostileFolder registers a folder whose files try to get out, never end,
// or wait for ever.
func TestHostileFolder(t *testing.T) {
	t.Parallel()
	secret := write(t, map[string]string{"secret.yaml": strings.Replace(component, "orders", "secret", 1)})
	location := func(name, targets string) string {
		return "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: " + name + "}\nspec: {targets: " + targets + "}\n"
	}
	var bomb strings.Builder
	bomb.WriteString("a: &a [" + strings.Repeat("x,", 100) + "]\n")
	for i := range 10 {
		fmt.Fprintf(&bomb, "%c: &%c [%s]\n", 'b'+i, 'b'+i, strings.Repeat(fmt.Sprintf("*%c,", 'a'+i), 100))
	}
	folder := write(t, map[string]string{
		"catalog-info.yaml": component + "---\n" +
			location("root", "[a.yaml, out.yaml, ../x.yaml, /etc/passwd, pipe.yaml, huge.yaml, bomb.yaml, loops/*.yaml]"),
		"a.yaml":       location("a", "[b.yaml, a.yaml]"),
		"b.yaml":       location("b", "[a.yaml, catalog-info.yaml]"),
		"out.yaml":     "-> " + secret + "/secret.yaml",
		"bomb.yaml":    bomb.String(),
		"loops/x.yaml": strings.Replace(component, "orders", "reached", 1),
		"loops/self":   "-> .",
	})
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	huge, err := os.Create(filepath.Join(folder, "huge.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := huge.Truncate(5 << 30); err != nil { // sparse: it takes no space
		t.Fatal(err)
	}
	if err := huge.Close(); err != nil {
		t.Fatal(err)
	}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, git.NewCatalogReader(git.CatalogReaderOptions{}), slog.New(slog.DiscardHandler))
	r, err := c.Register(t.Context(), catalog.Location{Target: folder})
	if err != nil {
		t.Fatal(err)
	}
	var refs, problems []string
	for _, ref := range r.Entities {
		refs = append(refs, ref.String())
	}
	want := []string{
		"component:default/orders", "component:default/reached", "location:default/a", "location:default/b", "location:default/root",
	}
	if diff := cmp.Diff(want, refs); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}
	for _, p := range r.Problems {
		if p.Hint == "" && !strings.Contains(p.Message, "aliases") {
			t.Errorf("no hint for %s", p)
		}
		problems = append(problems, p.String())
	}
	wantProblems := []string{
		"catalog-info.yaml:10: Target cannot be read: out.yaml cannot be read; it may be a link that leads out of the location.",
		"catalog-info.yaml:10: Target cannot be read: ../x.yaml leads out of the location.",
		"catalog-info.yaml:10: Target cannot be read: /etc/passwd is not a path relative to the catalog file.",
		"catalog-info.yaml:10: Target cannot be read: pipe.yaml is not a regular file.",
		"huge.yaml: huge.yaml is larger than 8 MB.",
		"bomb.yaml:1: The document is larger than 20 MB once its aliases are expanded.",
	}
	if diff := cmp.Diff(wantProblems, problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestOpenExplainsWhatIsWrong(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{"catalog-info.yaml": component})
	commit(t, folder)
	empty := t.TempDir()
	if _, err := gogit.PlainInit(empty, false); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		location catalog.Location
		want     fault.Code
		says     string
	}{
		{"no such folder", catalog.Location{Type: catalog.LocationFile, Target: filepath.Join(folder, "none")}, fault.NotFound, "There is no file or folder"},
		{"a device", catalog.Location{Type: catalog.LocationFile, Target: "/dev/null"}, fault.Invalid, "neither a file nor a folder"},
		{"no repository", catalog.Location{Type: catalog.LocationGit, Target: t.TempDir()}, fault.NotFound, "There is no repository"},
		{"an empty repository", catalog.Location{Type: catalog.LocationGit, Target: empty}, fault.Invalid, "is empty"},
		{"no such branch", catalog.Location{Type: catalog.LocationGit, Target: folder, Branch: "none"}, fault.NotFound, "has no branch or tag none"},
		{"no such path", catalog.Location{Type: catalog.LocationGit, Target: folder, Path: "svc"}, fault.NotFound, "There is no file or folder svc"},
		{"nobody listens", catalog.Location{Type: catalog.LocationGit, Target: "http://127.0.0.1:1/a/b.git"}, fault.Unavailable, "could not be reached"},
		{"a scheme git does not know", catalog.Location{Type: catalog.LocationGit, Target: "gopher://acme.io/a/b.git"}, fault.Invalid, "not an address git understands"},
		{"nothing to read", catalog.Location{Type: catalog.LocationPlatform, Target: "self"}, fault.Invalid, "cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.0/8")}).Open(t.Context(), tt.location)
			if !fault.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || fault.From(err).Hint == "" {
				t.Errorf("Open = %v (%s), want %s %q with a hint", err, fault.CodeOf(err), tt.want, tt.says)
			}
		})
	}
}

// allow returns a guard that lets through what is listed.
func allow(t *testing.T, listed ...string) *git.Guard {
	t.Helper()
	guard, err := git.NewGuard(listed...)
	if err != nil {
		t.Fatal(err)
	}
	return guard
}

// serve serves a folder's repositories as a git host does.
func serve(t *testing.T, root string) string {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("the program git is not installed")
	}
	server := httptest.NewServer(&cgi.Handler{
		Path: program, Args: []string{"http-backend"},
		Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "GIT_CONFIG_KEY_1=uploadpack.allowFilter", "GIT_CONFIG_VALUE_1=true"},
	})
	t.Cleanup(server.Close)
	return server.URL
}

func TestCloneReadsBranchesAndTags(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{"catalog-info.yaml": component})
	commit(t, folder)
	address := serve(t, filepath.Dir(folder)) + "/" + filepath.Base(folder) + "/.git"
	reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	for branch, want := range map[string]string{"": "orders", "main": "orders", "other": "others", "v1": "orders"} {
		tree := open(t, reader, catalog.Location{Type: catalog.LocationGit, Target: address, Branch: branch})
		data, err := fs.ReadFile(tree.FS, "catalog-info.yaml")
		if err != nil || !strings.Contains(string(data), "name: "+want+"\n") {
			t.Errorf("branch %q: %q, %v", branch, data, err)
		}
		if branch == "" && tree.Branch != "main" {
			t.Errorf("the default branch is called %q", tree.Branch)
		}
	}
	_, err := reader.Open(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: address, Branch: "none"})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("no such branch: %v", err)
	}
	local := git.NewCatalogReader(git.CatalogReaderOptions{Local: func(a string) (string, bool) { return folder, a == "https://self/orders.git" }})
	open(t, local, catalog.Location{Type: catalog.LocationGit, Target: "https://self/orders.git"})
}

func TestCloneIsBounded(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 1<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		noise[i] = byte(x)
	}
	folder := write(t, map[string]string{"catalog-info.yaml": component, "noise": string(noise)})
	commit(t, folder)
	address := serve(t, filepath.Dir(folder)) + "/" + filepath.Base(folder) + "/.git"
	_, err := git.NewCatalogReader(git.CatalogReaderOptions{MaxBytes: 100 << 10, Guard: allow(t, "127.0.0.1")}).
		Open(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: address})
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("Open = %v, want too large", err)
	}
	_, err = git.NewCatalogReader(git.CatalogReaderOptions{Timeout: time.Nanosecond, Guard: allow(t, "all")}).
		Open(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: address})
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "took longer") {
		t.Errorf("Open = %v, want that it took too long", err)
	}
}

// TestPutThenRefresh puts in what a repository was made of, as a new service
// does, and then reads the repository: nothing may change.
func TestPutThenRefresh(t *testing.T) {
	t.Parallel()
	file := strings.Replace(component, "owner: checkout", "owner: checkout, providesApis: [orders]", 1) +
		"---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: orders}\n" +
		"spec: {type: openapi, lifecycle: production, owner: checkout, definition: {$text: ./api/openapi.yaml}}\n"
	folder := write(t, map[string]string{"catalog-info.yaml": file, "api/openapi.yaml": "openapi: 3.1.0\n"})
	commit(t, folder)
	fake := catalogtest.NewFake()
	const address = "https://github.com/acme/orders.git"
	c := catalog.New(fake, fake, git.NewCatalogReader(git.CatalogReaderOptions{
		Local: func(a string) (string, bool) { return folder, a == address },
	}), slog.New(slog.DiscardHandler))
	entities, err := catalog.ParseFS(os.DirFS(folder), "catalog-info.yaml")
	if err != nil {
		t.Fatal(err)
	}
	origin := catalog.Location{Type: catalog.LocationGit, Target: address, Branch: "main"}
	if _, err := c.Put(t.Context(), origin, entities); err != nil {
		t.Fatal(err)
	}
	doc, err := c.Definition(t.Context(), catalog.NewRef("api", "", "orders"))
	if err != nil || string(doc) != "openapi: 3.1.0\n" {
		t.Errorf("definition = %q, %v", doc, err)
	}
	r, err := c.Register(t.Context(), origin)
	if err != nil {
		t.Fatal(err)
	}
	if r.Created || len(r.Entities) != 2 || len(r.Added)+len(r.Changed)+len(r.Removed)+len(r.Problems) != 0 {
		t.Errorf("reading it afterwards changes %+v", r)
	}
}

// TestHowFarFilesOfAFileLocationMayLie registers a file and a folder inside a
// work tree: they may name what is in it, and nothing else.
func TestHowFarFilesOfAFileLocationMayLie(t *testing.T) {
	t.Parallel()
	outside := write(t, map[string]string{"secret.yaml": "secret"})
	service := func(definition string) string {
		return "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: orders}\n" +
			"spec: {type: openapi, lifecycle: production, owner: checkout, definition: {$text: " + definition + "}}\n"
	}
	const in = "services/orders/catalog-info.yaml"
	for _, tt := range []struct {
		name, target, definition string
		bare                     bool // no work tree
		says                     string
	}{
		{name: "beside the file", target: in, definition: "./x.yaml"},
		{name: "above the file", target: in, definition: "../../api/orders.yaml"},
		{name: "above the folder", target: "services", definition: "../../api/orders.yaml"},
		{name: "above the work tree", target: in, definition: "../../../secret.yaml", says: "leads out of the location"},
		{name: "by a link that leads out", target: in, definition: "../../api/out.yaml", says: "may be a link that leads out"},
		{name: "in the folder of git", target: in, definition: "../../.git/config", says: "leads into the folder of git"},
		{name: "in the folder of git by a link", target: in, definition: "../../api/config", says: "may be a link that leads out"},
		{name: "above the file, in no work tree", target: in, definition: "../../api/orders.yaml", bare: true, says: "leads out of the location"},
		{name: "above the folder, in no work tree", target: "services", definition: "../../api/orders.yaml", bare: true, says: "leads out of the location"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			folder := write(t, map[string]string{
				"catalog-info.yaml": component, in: service(tt.definition), "services/orders/x.yaml": "openapi: 3.1.0\n", "api/orders.yaml": "openapi: 3.1.0\n",
				"api/out.yaml": "-> " + filepath.Join(outside, "secret.yaml"), "api/config": "-> ../.git/config",
			})
			if !tt.bare {
				commit(t, folder)
			}
			r, err := newCatalog(t, git.CatalogReaderOptions{}).Register(t.Context(), catalog.Location{Target: filepath.Join(folder, tt.target)})
			if err != nil {
				t.Fatal(err)
			}
			if tt.says == "" && (len(r.Problems) > 0 || len(r.Entities) != 1) {
				t.Errorf("%v, problems %v", r.Entities, r.Problems)
			}
			if tt.says != "" && (len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, tt.says)) {
				t.Errorf("problems %v, want %q", r.Problems, tt.says)
			}
		})
	}
}
