package catalogtest

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
)

// pipeline pushes what is checked out, commit after commit.
type pipeline struct {
	*shop

	files   map[string]string
	commits int
}

// push sends entries with what they need, as platform catalog push does.
func (p *pipeline) push(t *testing.T, entries ...string) catalog.Registration {
	t.Helper()
	p.commits++
	checkout := fstest.MapFS{}
	for name, content := range p.files {
		checkout[name] = file(content)
	}
	needed, _ := catalog.Sources(t.Context(), checkout, entries...)
	request := catalog.PushRequest{
		Target: ordersOverHTTPS, Branch: "main", Commit: commitNumber(p.commits), CommittedAt: At(p.commits),
		Entries: entries, Files: map[string][]byte{},
	}
	for _, name := range needed {
		if content, there := p.files[name]; there {
			request.Files[name] = []byte(content)
		}
	}
	r, err := p.Push(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// commitNumber is the id of a commit.
func commitNumber(n int) string { return fmt.Sprintf("%07x", n) }

// same fails unless reading what is kept says what the push said.
func (p *pipeline) same(t *testing.T, pushed catalog.Registration) {
	t.Helper()
	r := p.refresh(t, pushed.Location.ID)
	said := func(problems []catalog.Problem) (out []string) {
		for _, problem := range problems {
			out = append(out, problem.Where()+" "+problem.Message)
		}
		return out
	}
	want(t, "problems when it is read again", said(r.Problems), said(pushed.Problems))
	if len(r.Added)+len(r.Changed)+len(r.Orphaned) > 0 {
		t.Errorf("read again, it has added %v, changed %v, orphaned %v", text(r.Added), text(r.Changed), text(r.Orphaned))
	}
}

// documented is a component with documents.
func documented(name string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\n" +
		"metadata: {name: " + name + ", annotations: {backstage.io/techdocs-ref: 'dir:.'}}\n" +
		"spec: {type: service, lifecycle: production, owner: checkout}\n"
}

// testPushedFilesGo sends files that lost what they include and document: read
// again from what is kept, nothing of that comes back.
func testPushedFilesGo(t *testing.T, s *shop) {
	t.Helper()
	including := "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: inc}\n" +
		"spec: {type: service, lifecycle: production, owner: checkout, x: {$yaml: ../shared/inc.yaml}}\n"
	p := &pipeline{shop: s, files: map[string]string{
		"catalog-info.yaml": documented("top"), "docs/index.md": "# Top", "docs/old.md": "# Old",
		"other/catalog-info.yaml": documented("other"), "other/docs/index.md": "# Other", "other/docs/old.md": "# Other, old",
		"inc/catalog-info.yaml": including, "shared/inc.yaml": "a: 1",
	}}
	all := []string{"catalog-info.yaml", "other/catalog-info.yaml", "inc/catalog-info.yaml"}
	if r := p.push(t, all...); len(r.Problems) > 0 || len(r.Added) != 3 {
		t.Fatalf("first: %+v", r)
	}
	documents := func(name string, wanted ...string) {
		t.Helper()
		docs, err := s.DocumentsOf(t.Context(), ref(name))
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, d := range docs {
			paths = append(paths, d.Path)
		}
		want(t, "documents of "+name, paths, wanted)
	}
	delete(p.files, "docs/old.md")
	r := p.push(t, "catalog-info.yaml")
	documents("component:top", "index.md")
	p.same(t, r)
	documents("component:top", "index.md")
	documents("component:other", "index.md", "old.md") // of which nobody said anything

	delete(p.files, "shared/inc.yaml")
	if r = p.push(t, "inc/catalog-info.yaml"); len(r.Problems) != 1 || len(r.Orphaned) > 0 {
		t.Fatalf("without what it includes: %+v", r)
	}
	p.same(t, r)
	p.files["shared/inc.yaml"] = "a: 2"
	if r = p.push(t, "inc/catalog-info.yaml"); len(r.Problems) > 0 {
		t.Errorf("with it again: %v", r.Problems)
	}
	p.same(t, r)
}

// testPushedTargetsGo sends a file whose Location names less than before.
func testPushedTargetsGo(t *testing.T, s *shop) {
	t.Helper()
	names := func(targets string) string {
		return "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: more}\nspec: {targets: " + targets + "}\n"
	}
	p := &pipeline{shop: s, files: map[string]string{
		"catalog-info.yaml": names("[./more/*.yaml, ./both.yaml]"),
		"more/a.yaml":       service("a", "checkout"), "more/b.yaml": service("b", "checkout"), "more/own.yaml": service("own", "checkout"),
		"both.yaml": service("both", "checkout"), "other.yaml": names("[./both.yaml]"),
	}}
	p.files["other.yaml"] = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: other}\nspec: {targets: [./both.yaml]}\n"
	p.push(t, "catalog-info.yaml")
	p.push(t, "other.yaml")
	p.push(t, "more/own.yaml")

	delete(p.files, "more/b.yaml")
	r := p.push(t, "catalog-info.yaml")
	want(t, "what the pattern finds no longer", text(r.Orphaned), []string{"component:default/b"})
	p.same(t, r)

	p.files["catalog-info.yaml"] = "kind: ["
	r = p.push(t, "catalog-info.yaml")
	want(t, "while nobody can read what it names", text(r.Orphaned), nil)
	p.same(t, r)

	p.files["catalog-info.yaml"] = names("[./gone.yaml]")
	r = p.push(t, "catalog-info.yaml")
	want(t, "while something that it names is missing", text(r.Orphaned), nil)
	if len(r.Problems) != 1 || r.Problems[0].Line != 4 {
		t.Errorf("problems: %v", r.Problems)
	}
	p.same(t, r)

	p.files["gone.yaml"] = group("found")
	r = p.push(t, "catalog-info.yaml") // own.yaml is sent by itself, too, and both.yaml is named elsewhere
	want(t, "what it names no longer", text(r.Orphaned), []string{"component:default/a"})
	p.same(t, r)

	delete(p.files, "gone.yaml")
	r = p.push(t, "catalog-info.yaml")
	want(t, "what it names and is missing", text(r.Orphaned), []string{"group:default/found"})
	p.same(t, r)

	// A file that was sent by itself is gone when what names its folder says so.
	p.files["catalog-info.yaml"] = names("[./more/*.yaml]")
	delete(p.files, "more/own.yaml")
	r = p.push(t, "catalog-info.yaml")
	want(t, "what was sent by itself", text(r.Orphaned), []string{"component:default/own"})
	p.same(t, r)
}
