package proposal

import (
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/pattern"
)

var (
	notInName = pattern.New(`[^A-Za-z0-9._-]+`)
	oneDash   = pattern.New(`-{2,}`)
)

// maxName is how long the name of an entity may be.
const maxName = 63

// Name returns what the component of a repository is called when its files say
// nothing.
func Name(r Repository) string {
	name, _ := manifest{}.nameOf(r)
	return name
}

// nameOf calls a component what its manifest does, else its repository, else its
// folder. A name that a thousand projects have says nothing.
func (m manifest) nameOf(r Repository) (name, because string) {
	if name := validName(m.name); name != "" && !generic(name) {
		return name, m.file
	}
	if r.Origin != "" && (r.Below == "" || r.Below == ".") {
		return cleanName(path.Base(strings.TrimSuffix(strings.ReplaceAll(r.Origin, ":", "/"), ".git"))), "the remote origin"
	}
	return cleanName(r.Folder), "the folder"
}

// generic reports whether a name is one that templates and many projects have.
func generic(name string) bool {
	return slices.Contains([]string{
		"admin", "api", "app", "application", "backend", "bff", "cli", "client", "common", "config", "core", "demo", "docs", "example", "frontend",
		"gateway", "lib", "library", "main", "monorepo", "my-app", "package", "parent", "project", "react-app", "root", "sample", "server", "service",
		"shared", "starter", "template", "test", "tests", "tools", "types", "ui", "untitled", "utils", "vite-project", "web", "webapp", "website",
		"worker", "workspace",
	}, strings.ToLower(name))
}

// validName makes a name that entities may have, "" when nothing is left of it.
func validName(s string) string {
	s = oneDash().ReplaceAllString(notInName().ReplaceAllString(s, "-"), "-")
	return strings.Trim(s[:min(len(s), maxName)], "-_.")
}

// cleanName makes a name that entities may have.
func cleanName(s string) string {
	if s = validName(s); s == "" {
		return "service"
	}
	return s
}

// shortened appends an ending, however long a name is.
func shortened(name, ending string) string {
	return strings.TrimRight(name[:min(len(name), maxName-len(ending))], "-_.") + ending
}
