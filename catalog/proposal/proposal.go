// Package proposal looks at a repository that has no catalog file and proposes
// one: what it is called, what it is written in, which APIs it has, who answers
// for it. It reads files and knows no network; what it cannot know it leaves to
// people, and it says what each guess is based on.
package proposal

import (
	"io/fs"
	"path"
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
	// Folder is where it lies in the repository; empty when that is all of it.
	Folder string
	// Parts are the packages of a repository that has several, each a component.
	Parts []Proposal
	// Holder says that the repository itself is no component beside its parts.
	Holder bool
	// Because says what each guess is based on, by field.
	Because map[string]string
	// Unread is how many files that may say something were not looked into.
	Unread int
}

// Components returns what is proposed, each component once: the repository
// itself, unless it only holds others, and its parts.
func (p *Proposal) Components() []*Proposal {
	var all []*Proposal
	if !p.Holder {
		all = append(all, p)
	}
	for i := range p.Parts {
		all = append(all, &p.Parts[i])
	}
	return all
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
	rules, rulesFile := l.ownerRules()
	folders := l.parts()
	rest := l.without(folders)
	p := rest.describe(r)
	p.Owner, p.Because["owner"] = rules.mostly(), rulesFile
	if len(folders) > 0 { // who owns most of the parts does not own the others
		p.Owner = rules.all()
	}
	rest.annotate(&p, r)
	names := map[string]bool{}
	for _, folder := range folders {
		part := l.below(folder).describe(Repository{Folder: path.Base(folder)})
		part.Folder = folder
		part.belongTo(p, names)
		part.Owner, part.Because["owner"] = rules.of(folder), rulesFile
		if part.Owner == "" {
			part.Owner = p.Owner
		}
		p.Parts = append(p.Parts, part)
	}
	p.Holder = len(p.Parts) > 0 && !rest.runsItself()
	for name := range l.missed {
		if _, read := l.kept[name]; !read {
			p.Unread++
		}
	}
	return p
}

// describe proposes what can be told from the files alone.
func (l *looker) describe(r Repository) Proposal {
	p := Proposal{Annotations: map[string]string{}, Because: map[string]string{}}
	m := l.manifest()
	p.Name, p.Because["name"] = m.nameOf(r)
	if language, file := l.language(); language != "" {
		p.Tags = []string{language}
		p.Because["tags"] = file
	}
	p.Title, p.Description, p.Because["description"] = l.readme()
	if m.description != "" {
		p.Description, p.Because["description"] = m.description, m.file
	}
	l.deployment() // before all that is read goes to APIs
	p.APIs = l.apis(p.Name)
	p.Type, p.Because["type"] = l.kind(m, p.APIs)
	p.Lifecycle, p.Because["lifecycle"] = l.lifecycle()
	if l.deployment() != "" {
		p.Annotations["backstage.io/kubernetes-id"] = p.Name
	}
	if l.has("mkdocs.yml") || l.has("docs/index.md") {
		p.Annotations["backstage.io/techdocs-ref"] = "dir:."
	}
	return p
}

// belongTo makes a component a part of its repository: its paths begin there, and
// its name is one that the others do not have.
func (p *Proposal) belongTo(whole Proposal, taken map[string]bool) {
	before := p.Name
	if generic(p.Name) || taken[strings.ToLower(p.Name)] || strings.EqualFold(p.Name, whole.Name) {
		p.Name = cleanName(whole.Name + "-" + p.Name)
	}
	for taken[strings.ToLower(p.Name)] {
		p.Name = cleanName(whole.Name + "-" + strings.ReplaceAll(p.Folder, "/", "-"))
		if taken[strings.ToLower(p.Name)] {
			p.Name = shortened(p.Name, "-2")
		}
	}
	taken[strings.ToLower(p.Name)] = true
	for i, api := range p.APIs {
		p.APIs[i].File = path.Join(p.Folder, api.File)
		if rest, ok := strings.CutPrefix(api.Name, before); ok {
			p.APIs[i].Name = cleanName(p.Name + rest)
		}
	}
	for field, file := range p.Because {
		if file != "" && !strings.HasPrefix(file, "the ") && !strings.HasPrefix(file, "nothing ") {
			p.Because[field] = path.Join(p.Folder, file)
		}
	}
	if p.Lifecycle == experimental && whole.Lifecycle != experimental {
		p.Lifecycle, p.Because["lifecycle"] = whole.Lifecycle, whole.Because["lifecycle"]
	}
	for _, key := range []string{"github.com/project-slug", "gitlab.com/project-slug"} {
		if slug := whole.Annotations[key]; slug != "" {
			p.Annotations[key] = slug
		}
	}
	if p.Annotations["backstage.io/techdocs-ref"] != "" {
		p.Annotations["backstage.io/techdocs-ref"] = "dir:./" + p.Folder
	}
	if p.Annotations["backstage.io/kubernetes-id"] != "" {
		p.Annotations["backstage.io/kubernetes-id"] = p.Name
	}
}

func (*looker) annotate(p *Proposal, r Repository) {
	if slug, ok := hosted(r.Origin, "github.com"); ok && strings.Count(slug, "/") == 1 {
		p.Annotations["github.com/project-slug"] = slug
	}
	if slug, ok := hosted(r.Origin, "gitlab.com"); ok {
		p.Annotations["gitlab.com/project-slug"] = slug
	}
}

// hosted returns OWNER/NAME of a repository on a host.
func hosted(origin, host string) (string, bool) {
	for _, prefix := range []string{"https://" + host + "/", "git@" + host + ":", "ssh://git@" + host + "/"} {
		if rest, ok := strings.CutPrefix(origin, prefix); ok {
			rest = strings.TrimSuffix(strings.TrimSuffix(rest, "/"), ".git")
			return rest, strings.Count(rest, "/") > 0
		}
	}
	return "", false
}
