// Package proposal looks at a repository that has no catalog file and proposes
// one: what it is called, what it is written in, which APIs it has, who answers
// for it. It reads files and knows no network; what it cannot know it leaves to
// people, and it says what each guess is based on.
package proposal

import (
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Repository is what is known of the repository beside its files.
type Repository struct {
	Folder string // name of the folder it is in
	Origin string // address of its remote; empty when it has none
	// Below is the folder in the repository that is looked at, "." or empty for all
	// of it.
	Below string
	// Reads bounds how many files are looked into, where each costs a request;
	// 0 is as many as there are.
	Reads int
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
	// Unread is how many files that may say something were not looked into.
	Unread int
}

// API is a description of an API in a file.
type API struct {
	Name string
	Type string // openapi, asyncapi, graphql or grpc
	File string
}

// Look proposes a catalog file for a repository.
func Look(fsys fs.FS, r Repository) Proposal {
	l := looker{files: list(fsys), read: func(name string) string { return head(fsys, name) }}
	return l.propose(r)
}

// LookAt proposes a catalog file for a repository of which only the names of its
// files are here. Head returns the start of one, "" when it cannot be read; each
// file is asked for once.
func LookAt(names []string, head func(name string) string, r Repository) Proposal {
	l := looker{read: head, bound: r.Reads, kept: map[string]string{}, missed: map[string]bool{}}
	for _, name := range names {
		if ours(name) && len(l.files) < maxFiles {
			l.files = append(l.files, name)
		}
	}
	slices.Sort(l.files)
	return l.propose(r)
}

// ours reports whether a file is one that a walk through the repository finds.
func ours(name string) bool {
	if !fs.ValidPath(name) || strings.Count(name, "/") > maxDepth || strings.ContainsFunc(name, unicode.IsControl) {
		return false
	}
	folders := strings.Split(name, "/")
	return !slices.ContainsFunc(folders[:len(folders)-1], foreign)
}

func (l *looker) propose(r Repository) Proposal {
	p := Proposal{Annotations: map[string]string{}, Because: map[string]string{}}
	p.Name, p.Because["name"] = nameOf(r)
	if language, file := l.language(); language != "" {
		p.Tags = []string{language}
		p.Because["tags"] = file
	}
	p.Title, p.Description, p.Because["description"] = l.readme()
	p.Owner, p.Because["owner"] = l.owner()
	p.Type, p.Because["type"] = l.kind()
	p.Lifecycle, p.Because["lifecycle"] = l.lifecycle()
	p.APIs = l.apis(p.Name)
	l.annotate(&p, r)
	for name := range l.missed {
		if _, read := l.kept[name]; !read {
			p.Unread++
		}
	}
	return p
}

const (
	maxFiles = 20_000
	maxDepth = 8
)

// MaxHead is how many bytes of a file are looked at.
const MaxHead = 64 << 10

// looker knows the files of a repository.
type looker struct {
	read  func(name string) string
	files []string // sorted

	bound  int               // how many may be read; 0: all
	kept   map[string]string // what was read, where that is bounded
	missed map[string]bool   // what was not, for that reason
	runs   *string           // what deployment found, once it looked
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

// head returns the start of a file, "" when it cannot be read, or no more may be.
func (l *looker) head(name string) string {
	if l.bound == 0 {
		return l.read(name)
	}
	if known, ok := l.kept[name]; ok {
		return known
	}
	if len(l.kept) >= l.bound {
		l.missed[name] = true
		return ""
	}
	l.kept[name] = l.read(name)
	return l.kept[name]
}

// head returns the start of a file, "" when it cannot be read.
func head(fsys fs.FS, name string) string {
	f, err := fsys.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	start, err := io.ReadAll(io.LimitReader(f, MaxHead))
	if err != nil {
		return ""
	}
	return string(start)
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// maxName is how long the name of an entity may be.
const maxName = 63

// Name returns what the component of a repository is called.
func Name(r Repository) string {
	name, _ := nameOf(r)
	return name
}

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
