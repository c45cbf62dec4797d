package catalog

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

// countingFS counts how often folders are listed.
type countingFS struct {
	fstest.MapFS

	listed map[string]int
}

func (c countingFS) ReadDir(name string) ([]fs.DirEntry, error) {
	c.listed[name]++
	return c.MapFS.ReadDir(name)
}

func TestFoldersAreNotListedAgainForDocuments(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	component := func(name, docs string) *fstest.MapFile {
		return file("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: " + name +
			"\n  annotations: {backstage.io/techdocs-ref: \"dir:" + docs + "\"}\nspec: {type: service, lifecycle: production, owner: team}\n")
	}
	tree := countingFS{fstest.MapFS{
		"bare/catalog-info.yaml":         component("bare", "."),
		"docs/catalog-info.yaml":         component("docs", "."),
		"docs/docs/index.md":             file("# Docs"),
		"docs/docs/adr/0001.md":          file("# Decision"),
		"named/catalog-info.yaml":        component("named", "./site.v2"),
		"named/site.v2/mkdocs.yml":       file("docs_dir: pages"),
		"named/site.v2/pages/index.md":   file("# Pages"),
		"readme/catalog-info.yaml":       component("readme", "."),
		"readme/README.md":               file("# Readme"),
		"hidden/catalog-info.yaml":       component("hidden", "./vendor/site"),
		"hidden/vendor/site/docs/one.md": file("# One"),
		"missing/catalog-info.yaml":      component("missing", "./nothing"),
	}, map[string]int{}}
	found, err := read(t.Context(), Location{Type: LocationFile, Target: "/x"}, &Tree{FS: tree, Entry: "."}, DefaultLimits(), nil, nil)
	if err != nil || len(found.problems) > 0 {
		t.Fatal(err, found.problems)
	}
	got := map[string][]string{}
	for _, plan := range found.docs.plans {
		for _, d := range plan.docs {
			got[plan.ref.Name] = append(got[plan.ref.Name], d.file)
		}
	}
	want := map[string][]string{
		"docs":   {"docs/docs/index.md", "docs/docs/adr/0001.md"},
		"named":  {"named/site.v2/pages/index.md"},
		"readme": {"readme/README.md"},
		"hidden": {"hidden/vendor/site/docs/one.md"},
	}
	for _, name := range []string{"bare", "docs", "named", "readme", "hidden", "missing"} {
		if len(got[name]) != len(want[name]) {
			t.Errorf("%s has %v, want %v", name, got[name], want[name])
			continue
		}
		for i := range want[name] {
			if got[name][i] != want[name][i] {
				t.Errorf("%s has %v, want %v", name, got[name], want[name])
			}
		}
	}
	for _, folder := range []string{"bare", "readme", "missing", "docs"} {
		if tree.listed[folder] != 1 {
			t.Errorf("%s was listed %d times", folder, tree.listed[folder])
		}
	}
}
