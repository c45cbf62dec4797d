package paths_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A page that leads nowhere is found by the one who needs it at night.
func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`)
	for _, project := range golden(t) {
		seen := 0
		for _, file := range find(t, project, ".md") {
			for _, found := range link.FindAllStringSubmatch(string(read(t, file)), -1) {
				if strings.Contains(found[1], "://") {
					continue
				}
				seen++
				if _, err := os.Stat(filepath.Join(filepath.Dir(file), found[1])); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
		if seen < 10 {
			t.Errorf("%s: found %d links: this test looks in the wrong place", project, seen)
		}
	}
}

// Mkdocs leaves out a page that is not in nav, and refuses a nav whose page is
// missing. Without a nav every page is in it.
func TestEveryPageIsInTheNavigation(t *testing.T) {
	t.Parallel()
	for _, project := range golden(t) {
		for _, site := range decode[struct{ Nav yaml.Node }](t, filepath.Join(project, "mkdocs.yml")) {
			named := map[string]bool{}
			var visit func(node *yaml.Node)
			visit = func(node *yaml.Node) {
				if node.Kind == yaml.ScalarNode && strings.HasSuffix(node.Value, ".md") {
					named[node.Value] = true
				}
				for _, child := range node.Content {
					visit(child)
				}
			}
			visit(&site.Nav)
			if site.Nav.IsZero() {
				continue
			}
			docs := filepath.Join(project, "docs")
			for _, file := range find(t, docs, ".md") {
				name, err := filepath.Rel(docs, file)
				if err != nil {
					t.Fatal(err)
				}
				if !named[filepath.ToSlash(name)] {
					t.Errorf("%s is not in the navigation", file)
				}
				delete(named, filepath.ToSlash(name))
			}
			for name := range named {
				t.Errorf("%s: the navigation names docs/%s, which is not there", project, name)
			}
		}
	}
}
