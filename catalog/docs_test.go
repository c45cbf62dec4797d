package catalog_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
)

func described(annotations string) *fstest.MapFile {
	return &fstest.MapFile{Data: fmt.Appendf(nil, "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\n  annotations: {%s}\nspec: {type: service, lifecycle: production, owner: x}\n", annotations)}
}

func page(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// documents returns the documents of the component, a line for each.
func documents(t *testing.T, c *catalog.Catalog) []string {
	t.Helper()
	docs, err := c.DocumentsOf(t.Context(), catalog.NewRef("component", "", "a"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range docs {
		content, ok, err := c.DocumentContent(t.Context(), d.Digest)
		if err != nil || !ok || int64(len(content)) != d.Size {
			t.Errorf("%s: %d bytes, want %d; %t, %v", d.Path, len(content), d.Size, ok, err)
		}
		first, _, _ := strings.Cut(string(content), "\n")
		out = append(out, fmt.Sprintf("%s %s %q: %s", d.Kind, d.Path, d.Title, first))
	}
	return out
}

func TestDocumentsOfAnEntity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		files    fstest.MapFS
		want     []string
		problems []string
	}{
		{
			name: "pages in the order of their navigation",
			files: fstest.MapFS{
				"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."),
				"mkdocs.yml": page("site_name: A\nplugins: [techdocs-core]\nnav:\n  - Home: index.md\n  - Guides:\n    - guides/z.md\n    - Ab: ./guides/a.md\n  - Web: https://acme.io/x.md\n  - gone.md\n" +
					"markdown_extensions:\n  - x: {f: !!python/name:pymdownx.y}\n"),
				"docs/index.md": page("# Start here #\nText"), "docs/guides/a.md": page("# Other"), "docs/guides/z.md": page("---\ntitle: x\n---\n```\n# no\n```\n# Zed"),
				"docs/unlisted.md": page("no heading"), "docs/image.png": page("x"), "docs/.hidden/x.md": page("x"),
			},
			want: []string{
				`techdocs index.md "Home": # Start here #`, `techdocs guides/z.md "x": ---`, `techdocs guides/a.md "Ab": # Other`, `techdocs unlisted.md "": no heading`,
			},
			problems: []string{"mkdocs.yml:9: nav names gone.md, and there is no file docs/gone.md."},
		},
		{
			name: "without a navigation, by name",
			files: fstest.MapFS{
				"svc/a/catalog-info.yaml": described("'backstage.io/techdocs-ref': 'dir:./site'"), "svc/a/site/mkdocs.yml": page("docs_dir: pages\n"),
				"svc/a/site/pages/b.md": page("# B"), "svc/a/site/pages/index.md": page("# I"), "svc/a/site/pages/a/index.md": page("# AI"), "svc/a/site/pages/a/a.md": page("# AA"),
			},
			want: []string{`techdocs index.md "I": # I`, `techdocs a/index.md "AI": # AI`, `techdocs a/a.md "AA": # AA`, `techdocs b.md "B": # B`},
		},
		{
			name:  "a README stands for docs that are not there",
			files: fstest.MapFS{"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."), "README.md": page("# Read me")},
			want:  []string{`techdocs README.md "Read me": # Read me`},
		},
		{
			name: "records of decisions without docs",
			files: fstest.MapFS{
				"catalog-info.yaml": described(""), "docs/adr/0002-b.md": page("# Two"), "docs/adr/0001-a.md": page("# One"), "docs/adr/x/deep.md": page("# D"), "docs/index.md": page("# No"),
			},
			want: []string{`adr 0001-a.md "One": # One`, `adr 0002-b.md "Two": # Two`},
		},
		{
			name: "both, and records elsewhere",
			files: fstest.MapFS{
				"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:., backstage.io/adr-location: decisions"), "decisions/1.md": page("# One"), "docs/index.md": page("# I"),
			},
			want: []string{`techdocs index.md "I": # I`, `adr 1.md "One": # One`},
		},
		{name: "none", files: fstest.MapFS{"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:.")}},
		{
			name: "records of decisions below docs are no pages",
			files: fstest.MapFS{
				"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."), "mkdocs.yml": page("nav:\n  - index.md\n  - Why: adr/0001-a.md\n"),
				"docs/index.md": page("# I"), "docs/adr/0001-a.md": page("# One"), "docs/adr/notes/x.md": page("# X"), "docs/b.md": page("# B"),
			},
			want: []string{`techdocs index.md "I": # I`, `techdocs adr/notes/x.md "X": # X`, `techdocs b.md "B": # B`, `adr 0001-a.md "One": # One`},
		},
		{
			name: "an order that nobody can read",
			files: fstest.MapFS{
				"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."), "mkdocs.yml": page("site_name: A\nnav: [\n"), "docs/b.md": page("# B"), "docs/a.markdown": page("# A"),
			},
			want:     []string{`techdocs a.markdown "A": # A`, `techdocs b.md "B": # B`},
			problems: []string{"mkdocs.yml:2: The order of the pages cannot be read, so they are in that of their names. This is not valid YAML: did not find expected node content."},
		},
		{
			name: "a folder that is not there", files: fstest.MapFS{"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:nope")},
			problems: []string{"catalog-info.yaml:5: The documents cannot be read: there is no folder nope."},
		},
		{
			name: "sites in a site",
			files: fstest.MapFS{
				"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."),
				"mkdocs.yml":        page("site_name: All\nnav:\n- Intro: index.md\n- API: '!include ./api/mkdocs.yml'\n- Rest: '*include ./more/*/mkdocs.yml'\n- '!include ./gone/mkdocs.yml'\n- '!include ../x/mkdocs.yml'\n"),
				"docs/index.md":     page("# I"),
				"api/mkdocs.yml":    page("site_name: The API\nnav:\n- How: z.md\n- '!include ../mkdocs.yml'\n- no.md\n"), "api/docs/a.md": page("# A"), "api/docs/z.md": page("# Z"),
				"more/one/mkdocs.yml": page("site_name: more/one\n"), "more/one/docs/index.md": page("# One"),
			},
			want: []string{`techdocs index.md "Intro": # I`, `techdocs the-api/z.md "How": # Z`, `techdocs the-api/a.md "A": # A`, `techdocs more/one/index.md "One": # One`},
			problems: []string{
				"api/mkdocs.yml:4: nav includes ../mkdocs.yml, which includes this file.",
				"api/mkdocs.yml:5: nav names no.md, and there is no file api/docs/no.md.",
				"mkdocs.yml:6: nav includes ./gone/mkdocs.yml, and there is no file gone/mkdocs.yml.",
				"mkdocs.yml:7: nav includes ../x/mkdocs.yml, which leads out of the location.",
			},
		},
		{name: "another repository", files: fstest.MapFS{"catalog-info.yaml": described("'backstage.io/techdocs-ref': 'url:https://github.com/acme/docs'")}},
		{
			name: "docs that lead out", files: fstest.MapFS{"catalog-info.yaml": described("'backstage.io/techdocs-ref': 'dir:../../etc'")},
			problems: []string{"catalog-info.yaml:5: The documents cannot be read: ../../etc leads out of the location."},
		},
		{
			name: "decisions in a folder that is not there", files: fstest.MapFS{"catalog-info.yaml": described("backstage.io/adr-location: decisions"), "docs/adr/1.md": page("# Go")},
			problems: []string{"catalog-info.yaml:5: The decision records cannot be read: there is no folder decisions."},
		},
		{
			name: "decisions in a file", files: fstest.MapFS{"catalog-info.yaml": described("backstage.io/adr-location: x.md"), "x.md": page("# X")},
			problems: []string{"catalog-info.yaml:5: The decision records cannot be read: x.md is a file, and no folder."},
		},
		{
			name: "decisions that lead out", files: fstest.MapFS{"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:., backstage.io/adr-location: ../../x"), "docs/a.md": page("# A")},
			want:     []string{`techdocs a.md "A": # A`},
			problems: []string{"catalog-info.yaml:5: The decision records cannot be read: ../../x leads out of the location."},
		},
		{
			name: "places of their own that cannot be read", files: fstest.MapFS{"catalog-info.yaml": page(strings.Join([]string{
				"apiVersion: backstage.io/v1alpha1", "kind: Component", "metadata:", "  name: a", "  annotations:",
				"    backstage.io/adr-location: svn:here", "    a: b", "    backstage.io/techdocs-ref: dir:nope", "spec: {type: service, lifecycle: b, owner: c}",
			}, "\n"))},
			problems: []string{
				"catalog-info.yaml:8: The documents cannot be read: there is no folder nope.",
				"catalog-info.yaml:6: The decision records cannot be read: svn:here is neither dir: nor url:.",
			},
		},
		{name: "decisions elsewhere", files: fstest.MapFS{"catalog-info.yaml": described("'backstage.io/adr-location': 'https://github.com/acme/docs/tree/main/adr'")}},
		{
			name:     "a docs_dir that leads out",
			files:    fstest.MapFS{"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."), "mkdocs.yml": page("docs_dir: ../../../etc\n")},
			problems: []string{"mkdocs.yml:1: docs_dir of mkdocs.yml leads out of the location."},
		},
		{
			name:     "a page that is too large",
			files:    fstest.MapFS{"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."), "docs/a.md": page(strings.Repeat("x", 1<<20+1)), "docs/b.md": page("# B")},
			want:     []string{`techdocs b.md "B": # B`},
			problems: []string{"catalog-info.yaml:5: docs/a.md is larger than 1 MB and is left out."},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fake := catalogtest.NewFake()
			c := catalog.New(fake, fake, (&counting{MapFS: tt.files}).reader(), slog.New(slog.DiscardHandler))
			r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
			if err != nil {
				t.Fatal(err)
			}
			var problems []string
			for _, p := range r.Problems {
				problems = append(problems, p.String())
				if p.Hint == "" || p.Ref != "component:default/a" {
					t.Errorf("problem of %q with hint %q", p.Ref, p.Hint)
				}
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, documents(t, c)); diff != "" {
				t.Errorf("documents (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBoundsOfDocuments(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		pages int
		size  int
		want  int
		says  string
	}{
		"many pages":  {pages: 250, size: 10, want: 200, says: "more than 200 documents"},
		"large pages": {pages: 25, size: 1 << 20, want: 20, says: "larger than 20 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:.")}
			for i := range tt.pages {
				files[fmt.Sprintf("docs/%03d.md", i)] = page(strings.Repeat(string(rune('a'+i%26)), tt.size))
			}
			fake := catalogtest.NewFake()
			c := catalog.New(fake, fake, (&counting{MapFS: files}).reader(), slog.New(slog.DiscardHandler))
			r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
			if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, tt.says) {
				t.Errorf("problems %v, %v, want %q", r.Problems, err, tt.says)
			}
			if got := documents(t, c); len(got) != tt.want {
				t.Errorf("%d documents, want %d", len(got), tt.want)
			}
		})
	}
}

func TestOnlyDocumentsThatChangedAreRead(t *testing.T) {
	t.Parallel()
	files := &counting{MapFS: fstest.MapFS{
		"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."), "docs/index.md": page("# I"), "docs/b.md": page("# B"), "docs/adr/1.md": page("# One"),
	}}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, files.reader(), slog.New(slog.DiscardHandler))
	r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name   string
		change func(m fstest.MapFS)
		reads  []string
		want   int
	}{
		{"nothing", func(fstest.MapFS) {}, nil, 3},
		{"a page", func(m fstest.MapFS) { m["docs/b.md"] = page("# B, again") }, []string{"docs/b.md"}, 3},
		{"a new page", func(m fstest.MapFS) { m["docs/c.md"] = page("# C") }, []string{"docs/c.md"}, 4},
		{"the entity", func(m fstest.MapFS) {
			m["catalog-info.yaml"] = described("backstage.io/techdocs-ref: dir:., x: y")
		}, []string{"catalog-info.yaml"}, 4},
		{"a page goes", func(m fstest.MapFS) { delete(m, "docs/index.md") }, nil, 3},
		{"all go", func(m fstest.MapFS) {
			for _, name := range []string{"docs/b.md", "docs/c.md", "docs/adr/1.md"} {
				delete(m, name)
			}
		}, nil, 0},
	} {
		step.change(files.MapFS)
		files.reads()
		if _, err := c.Refresh(t.Context(), r.Location.ID); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.reads, files.reads()); diff != "" {
			t.Errorf("%s: read (-want +got):\n%s", step.name, diff)
		}
		if got := documents(t, c); len(got) != step.want {
			t.Errorf("%s: %d documents, want %d", step.name, len(got), step.want)
		}
	}
	if gone, err := fake.ExpireDocuments(t.Context()); err != nil || gone != 5 {
		t.Errorf("expired %d, %v, want 5", gone, err)
	}
	left, err := fake.LocationFiles(t.Context(), r.Location.ID)
	if err != nil || len(left) != 1 {
		t.Errorf("remembered: %+v, %v", left, err)
	}
}

func TestADocumentThatCannotBeReadIsAProblem(t *testing.T) {
	t.Parallel()
	files := &counting{MapFS: fstest.MapFS{
		"catalog-info.yaml": described("backstage.io/techdocs-ref: dir:."), "docs/a.md": page("# A"), "docs/b.md": page("# B"),
	}}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, files.reader(), slog.New(slog.DiscardHandler))
	entity := catalog.NewRef("component", "", "a")
	for _, step := range []struct {
		name   string
		locked string
		change func(m fstest.MapFS)
		want   int
	}{
		{"at first", "docs/a.md", func(fstest.MapFS) {}, 1},
		{"again", "docs/a.md", func(fstest.MapFS) {}, 1},
		{"mended", "", func(fstest.MapFS) {}, 2},
		{"only a page changed", "docs/b.md", func(m fstest.MapFS) { m["docs/b.md"] = page("# B, again") }, 1},
		{"mended again", "", func(fstest.MapFS) {}, 2},
	} {
		step.change(files.MapFS)
		files.locked = step.locked
		r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
		if err != nil {
			t.Fatal(err)
		}
		kept, _, err := fake.LocationByID(t.Context(), r.Location.ID)
		if err != nil {
			t.Fatal(err)
		}
		of, err := c.Problems(t.Context(), catalog.ProblemQuery{Ref: &entity})
		if err != nil {
			t.Fatal(err)
		}
		for where, problems := range map[string][]catalog.Problem{"answer": r.Problems, "location": kept.Errors, "entity": of} {
			switch {
			case step.locked == "" && len(problems) > 0:
				t.Errorf("%s: problems of the %s: %v", step.name, where, problems)
			case step.locked != "" && (len(problems) != 1 || !strings.Contains(problems[0].Message, step.locked) || problems[0].Hint == ""):
				t.Errorf("%s: problems of the %s: %v, want one of %s", step.name, where, problems, step.locked)
			}
		}
		if got := documents(t, c); len(got) != step.want {
			t.Errorf("%s: documents %v, want %d", step.name, got, step.want)
		}
	}
}
