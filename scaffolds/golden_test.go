package scaffolds_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/scaffolds/internal/packing"
)

const goldenFolder = "paths/go-http/golden"

// packedPath packs the path as it stands in the work tree, so that a test never
// looks at an old archive.
var packedPath = sync.OnceValues(func() (*scaffolds.Path, error) {
	source, err := packing.Open(context.Background(), filepath.Join("paths", "go-http"))
	if err != nil {
		return nil, err
	}
	archive, err := source.Pack(context.Background())
	if err != nil {
		return nil, err
	}
	library, err := scaffolds.Open(fstest.MapFS{"go-http.zip": &fstest.MapFile{Data: archive}})
	if err != nil {
		return nil, err
	}
	return library.Get("go-http")
})

func goHTTP(tb testing.TB) *scaffolds.Path {
	tb.Helper()
	p, err := packedPath()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// document returns the OpenAPI document of a sample in the golden code.
func document(tb testing.TB, sample string) []byte {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join(goldenFolder, "internal/clients", sample, "openapi/openapi.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// The golden code is what its own answers give: templates, clients, contract
// tests and go.mod included.
func TestTheGoldenCodeIsWhatItsAnswersGive(t *testing.T) {
	t.Parallel()
	answers := scaffolds.Answers{
		Name: "goldensvc", Owner: "golden-owner", System: "golden-system", Description: "Golden service description.",
		Module: "example.com/golden/service", Consumes: []string{"golden-provider", "golden-other"},
	}
	for _, pack := range goHTTP(t).Packs {
		answers.Packs = append(answers.Packs, pack.Name)
	}
	providers := []scaffolds.Provider{
		{Name: "golden-provider", OpenAPI: document(t, "goldenprovider")},
		{Name: "golden-other", OpenAPI: document(t, "goldenother"), API: "exchange-rates"},
	}
	tree, err := goHTTP(t).Render(answers, providers)
	if err != nil {
		t.Fatal(err)
	}
	answers.Extra = map[string]any{"ci": "gitlab"}
	other, err := goHTTP(t).Render(answers, providers)
	if err != nil {
		t.Fatal(err)
	}
	tree.Files = append(tree.Files, only(other, tree)...)
	seen := map[string]bool{scaffolds.LockFile: true}
	for _, f := range tree.Files {
		if f.Path == scaffolds.LockFile {
			continue
		}
		seen[f.Path] = true
		want, err := os.ReadFile(filepath.Join(goldenFolder, f.Path))
		if err != nil {
			t.Error(err)
			continue
		}
		// The golden code's labels for a team and a feature are tokens of their
		// own, so that they differ from the owner's and the system's references;
		// and so are names that may have to be shortened.
		got := strings.NewReplacer(
			`team: "golden-owner"`, `team: "golden-team"`, `feature: "golden-system"`, `feature: "golden-feature"`,
			`= "golden-owner"`, `= "golden-team"`, `= "golden-system"`, `= "golden-feature"`,
			`"uid": "goldensvc"`, `"uid": "golden-uid"`, `"uid": "goldensvc_`, `"uid": "golden-short_`, "--install goldensvc", "--install golden-release", "helm template goldensvc", "helm template golden-release",
		).Replace(string(f.Body))
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-golden +rendered):\n%s", f.Path, diff)
		}
	}
	for _, name := range tracked(t) {
		if !seen[name] {
			t.Errorf("%s is not rendered", name)
		}
	}
}

// only returns the files of a tree that another does not have.
func only(tree, other *scaffolds.Tree) []scaffolds.File {
	return slices.DeleteFunc(slices.Clone(tree.Files), func(f scaffolds.File) bool {
		return slices.ContainsFunc(other.Files, func(o scaffolds.File) bool { return o.Path == f.Path })
	})
}

// TestCIWaitsWhereTheServiceTellsThatItIsReady compares the address that CI gives
// a service with the one it waits for: nothing runs these files but a CI.
func TestCIWaitsWhereTheServiceTellsThatItIsReady(t *testing.T) {
	t.Parallel()
	given, waited := regexp.MustCompile(`ADMIN_ADDR=([0-9.:]+)`), regexp.MustCompile(`http://([0-9.:]+)/readyz`)
	for _, file := range []string{".github/workflows/ci.yaml", ".gitlab-ci.yml"} {
		text, err := os.ReadFile(filepath.Join(goldenFolder, file))
		if err != nil {
			t.Fatal(err)
		}
		to, from := given.FindSubmatch(text), waited.FindSubmatch(text)
		if to == nil || from == nil || string(to[1]) != string(from[1]) {
			t.Errorf("%s: the service answers at %q, waited for is %q", file, to, from)
		}
	}
}

// What a person is told to install judges as CI does.
func TestTheLinterIsTheOneOfCI(t *testing.T) {
	t.Parallel()
	version := regexp.MustCompile(`(?m)golangci-lint(?:@|:|-action@.*\n\s+with:\n\s+version: )(v[0-9.]+)`)
	found := map[string]bool{}
	for _, file := range []string{"Makefile", ".github/workflows/ci.yaml", ".gitlab-ci.yml"} {
		text, err := os.ReadFile(filepath.Join(goldenFolder, file))
		if err != nil {
			t.Fatal(err)
		}
		said := version.FindSubmatch(text)
		if said == nil {
			t.Fatalf("%s names no version of golangci-lint", file)
		}
		found[string(said[1])] = true
	}
	if len(found) != 1 {
		t.Errorf("they name several versions of golangci-lint: %v", found)
	}
}

// A service has the files of the CI that was chosen, and none of the other's.
func TestAServiceHasOneCI(t *testing.T) {
	t.Parallel()
	for ci, want := range map[string]string{"": ".github", "github": ".github", "gitlab": ".gitlab-ci.yml"} {
		answers := scaffolds.Answers{Name: "orders", Owner: "checkout"}
		if ci != "" {
			answers.Extra = map[string]any{"ci": ci}
		}
		tree, err := goHTTP(t).Render(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, f := range tree.Files {
			if top, _, _ := strings.Cut(f.Path, "/"); strings.HasPrefix(top, ".git") && top != ".gitignore" {
				found[top] = true
			}
			if f.Path == "README.md" && !strings.Contains(string(f.Body), want) {
				t.Errorf("ci %q: README.md does not name %s", ci, want)
			}
		}
		if len(found) != 1 || !found[want] {
			t.Errorf("ci %q gives %v, want %s", ci, found, want)
		}
	}
	_, err := goHTTP(t).Render(scaffolds.Answers{Name: "orders", Owner: "checkout", Extra: map[string]any{"ci": "jenkins"}}, nil)
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("ci jenkins: got %v, want it refused", err)
	}
}

// tracked lists the golden files that git knows.
func tracked(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(goldenFolder, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(goldenFolder, name)
		if top, _, _ := strings.Cut(filepath.ToSlash(rel), "/"); top == "bin" || top == "pacts" {
			return err // made by the golden code's own Makefile
		}
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
