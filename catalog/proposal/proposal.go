// Package proposal looks at a repository that has no catalog file and proposes
// one: what it is called, what it is written in, which APIs it has, who answers
// for it. It reads files and knows no network; what it cannot know it leaves to
// people, and it says what each guess is based on.
package proposal

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Repository is what is known of the repository beside its files.
type Repository struct {
	Folder string // name of the folder it is in
	Origin string // address of its remote; empty when it has none
}

// Proposal is a catalog file before it is written.
type Proposal struct {
	Name        string
	Title       string
	Description string
	Type        string // service, website or library
	Lifecycle   string
	Owner       string // reference; empty when nobody is named
	System      string
	Tags        []string
	Annotations map[string]string
	APIs        []API
	// Because says what each guess is based on, by field.
	Because map[string]string
}

// API is a description of an API in a file.
type API struct {
	Name string
	Type string // openapi, asyncapi, graphql or grpc
	File string
}

// Look proposes a catalog file for a repository.
func Look(fsys fs.FS, r Repository) Proposal {
	l := looker{files: list(fsys), fsys: fsys}
	p := Proposal{Annotations: map[string]string{}, Because: map[string]string{}}
	p.Name, p.Because["name"] = nameOf(r)
	if language, file := l.language(); language != "" {
		p.Tags = []string{language}
		p.Because["tags"] = file
	}
	p.Title, p.Description, p.Because["description"] = l.readme()
	p.Type, p.Because["type"] = l.kind()
	p.Lifecycle, p.Because["lifecycle"] = l.lifecycle()
	p.Owner, p.Because["owner"] = l.owner()
	p.APIs = l.apis(p.Name)
	l.annotate(&p, r)
	return p
}

const (
	maxFiles = 20_000
	maxDepth = 8
	maxHead  = 64 << 10 // bytes that are read of a file
)

// looker knows the files of a repository.
type looker struct {
	fsys  fs.FS
	files []string // sorted
}

// list returns the files of a repository, without those of others.
func list(fsys fs.FS) []string {
	var files []string
	_ = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // a folder nobody may read does not hide the others
		case entry.IsDir() && name != "." && (foreign(entry.Name()) || strings.Count(name, "/") >= maxDepth):
			return fs.SkipDir
		case entry.Type().IsRegular():
			files = append(files, name)
		}
		if len(files) >= maxFiles {
			return fs.SkipAll
		}
		return nil
	})
	slices.Sort(files)
	return files
}

// foreign are folders with files of others, and with samples.
func foreign(folder string) bool {
	switch folder {
	case "node_modules", "vendor", "third_party", "testdata", "fixtures", "dist", "build", "target", "examples":
		return true
	}
	return strings.HasPrefix(folder, ".") && folder != ".github"
}

func (l *looker) has(name string) bool {
	_, found := slices.BinarySearch(l.files, name)
	return found
}

// named returns the first file whose name matches a pattern.
func (l *looker) named(patterns ...string) string {
	for _, pattern := range patterns {
		for _, name := range l.files {
			if ok, err := path.Match(pattern, path.Base(name)); err == nil && ok {
				return name
			}
		}
	}
	return ""
}

// head returns the start of a file, "" when it cannot be read.
func (l *looker) head(name string) string {
	f, err := l.fsys.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, maxHead)
	n := 0
	for n < len(head) {
		more, err := f.Read(head[n:])
		n += more
		if err != nil || more == 0 {
			break
		}
	}
	return string(head[:n])
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// maxName is how long the name of an entity may be.
const maxName = 63

// nameOf calls the component what its repository is called.
func nameOf(r Repository) (name, because string) {
	name, because = path.Base(strings.TrimSuffix(strings.ReplaceAll(r.Origin, ":", "/"), ".git")), "the remote origin"
	if r.Origin == "" {
		name, because = r.Folder, "the folder"
	}
	return cleanName(name), because
}

// cleanName makes a name that entities may have.
func cleanName(s string) string {
	s = notInName.ReplaceAllString(s, "-")
	s = strings.Trim(s[:min(len(s), maxName)], "-_.")
	if s == "" {
		return "service"
	}
	return s
}

func (l *looker) annotate(p *Proposal, r Repository) {
	if rest, ok := onGitHub(r.Origin); ok {
		p.Annotations["github.com/project-slug"] = rest
	}
	if l.has("mkdocs.yml") || l.has("docs/index.md") {
		p.Annotations["backstage.io/techdocs-ref"] = "dir:."
	}
	if l.deployment() != "" {
		p.Annotations["backstage.io/kubernetes-id"] = p.Name
	}
}

// onGitHub returns OWNER/NAME of a repository on github.com.
func onGitHub(origin string) (string, bool) {
	for _, prefix := range []string{"https://github.com/", "git@github.com:", "ssh://git@github.com/"} {
		if rest, ok := strings.CutPrefix(origin, prefix); ok {
			rest = strings.TrimSuffix(strings.TrimSuffix(rest, "/"), ".git")
			return rest, strings.Count(rest, "/") == 1
		}
	}
	return "", false
}
