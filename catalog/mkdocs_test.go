package catalog

import (
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzMkdocs(f *testing.F) {
	for _, seed := range []string{
		"docs_dir: pages\nnav:\n  - Home: index.md\n  - [a.md, {B: b.md}]\n", "docs_dir: 'x' # y\ntheme: {a: !!python/name:b.c}\n",
		"nav: &a [*a]\n", "a: &a [x]\nnav: [*a, *a]\n", "---\n---\n", "docs_dir: [\n", "\xff\xfe", "---\ntitle: a\n---\n# b", "site_name: a/../b\nnav: ['!include ./x/mkdocs.yml']\n", "nav: {a: {b: {c: {d: d.md}}}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, _ := parseMkdocs([]byte(text), DefaultLimits())
		if m.folder == "" || len(m.nav) > maxNav {
			t.Errorf("folder %q, %d pages", m.folder, len(m.nav))
		}
		for _, entry := range m.nav {
			if !isMarkdown(entry.path) && !entry.include {
				t.Errorf("page %q", entry.path)
			}
		}
		if alias := m.alias(); alias != "" && !fs.ValidPath(alias) {
			t.Errorf("alias %q", alias)
		}
		if title := titleOf([]byte(text)); len(title) > maxTitle+4 || !utf8.ValidString(title) || strings.ContainsAny(title, "\n\x1b") {
			t.Errorf("title %q", title)
		}
	})
}

func FuzzResolveAddress(f *testing.F) {
	f.Add("https://acme.io/a/b.yaml", "../c.yaml")
	f.Add("catalog-info.yaml", "https://acme.io/x")
	f.Add("https://acme.io", "//user:secret@evil.io/x")
	f.Add("https://acme.io/a", "file:///etc/passwd")
	f.Fuzz(func(t *testing.T, file, target string) {
		name, message, hint := resolveAddress(file, target)
		if (name == "") == (message == "") || message != "" && hint == "" {
			t.Errorf("resolveAddress = %q, %q, %q", name, message, hint)
		}
		if name != "" && !isAddress(name) {
			t.Errorf("resolveAddress = %q, %q", name, message)
		}
	})
}
