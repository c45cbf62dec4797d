package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Annotations that say where an entity's documents are.
const (
	AnnotationTechDocs = "backstage.io/techdocs-ref"
	AnnotationADRs     = "backstage.io/adr-location"
)

// Bounds of the documents of one entity, and of one location.
const (
	maxDocument          = 1 << 20
	maxDocuments         = 200
	maxDocumentBytes     = 20 << 20
	maxLocationDocuments = 20_000
)

// documented is what a location has of documents.
type documented struct {
	plans    []docPlan
	problems []Problem
	total    int
}

// docPlan is what an entity has of documents, in order.
type docPlan struct {
	ref     Ref
	file    string // the catalog file that the entity is in
	place   int    // in the notes of that file
	listed  string // changes when one of the documents does
	changed bool   // since the last reading
	docs    []docFile
}

// docFile is a document that was found and not read.
type docFile struct {
	Doc

	file      string
	signature string
}

// places returns where the documents lie of the entities of one file. Records
// of decisions beside a file belong to the entities with docs, else to the first
// that is about software.
func (r *reader) places(file string, entities []Entity) []docsPlace {
	if isAddress(file) || r.location.Type == LocationURL {
		return nil // nothing on the web can be listed
	}
	var out []docsPlace
	adrs := path.Join(path.Dir(file), "docs", "adr")
	for _, e := range entities {
		docs, elsewhere := r.docsFolder(file, e.Metadata.Annotations[AnnotationTechDocs])
		place := docsPlace{Ref: e.Ref(), Line: e.Source.Line, Docs: docs, Elsewhere: elsewhere}
		if at := e.Metadata.Annotations[AnnotationADRs]; at != "" {
			place.ADRs, _ = r.docsFolder(file, at)
		}
		if place.Docs != "" || place.Elsewhere != "" || place.ADRs != "" {
			out = append(out, place)
		}
	}
	if len(out) == 0 {
		i := slices.IndexFunc(entities, func(e Entity) bool {
			return slices.Contains([]string{KindComponent, KindSystem, KindDomain, KindAPI, KindResource}, e.Kind)
		})
		if i >= 0 {
			out = []docsPlace{{Ref: entities[i].Ref(), Line: entities[i].Source.Line, ADRs: adrs}}
		}
		return out
	}
	for i := range out {
		if out[i].ADRs == "" && out[i].Docs != "" {
			out[i].ADRs = adrs
		}
	}
	return out
}

// docsFolder returns the folder that an annotation means, "" when it has none;
// elsewhere says why it cannot be read.
func (r *reader) docsFolder(file, annotation string) (folder, elsewhere string) {
	kind, target, found := strings.Cut(annotation, ":")
	switch {
	case annotation == "":
		return "", ""
	case !found:
		kind, target = "dir", annotation
	case kind == "https" || kind == "http":
		kind, target = "url", annotation
	}
	switch kind {
	case "dir":
		folder = path.Join(path.Dir(file), target)
		if path.IsAbs(target) || !fs.ValidPath(folder) {
			return "", target + " leads out of the location."
		}
		return folder, ""
	case "url":
		return r.folderAt(target)
	}
	return "", annotation + " is neither dir: nor url:."
}

// folderAt returns the folder at an address, when it is in this repository.
func (r *reader) folderAt(address string) (folder, elsewhere string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", address + " is not an address."
	}
	l, err := (Location{Type: LocationGit, Target: strings.TrimSuffix(address, "/")}).normal("")
	if err != nil {
		return "", address + " is not an address."
	}
	same := r.location.Type == LocationGit && sameRepository(l.Target) == sameRepository(r.location.Target)
	if !same || l.Branch != "" && l.Branch != r.tree.Branch {
		return "", "" // it is published by whoever has that repository
	}
	folder = path.Clean(strings.Trim(l.Path, "/"))
	if !fs.ValidPath(folder) {
		return "", address + " leads out of the location."
	}
	return folder, ""
}

// document lists the documents of every entity that has some. Nothing of a
// document is read.
func (r *reader) document(ctx context.Context) error {
	for _, f := range r.described {
		for i, place := range f.places {
			if err := ctx.Err(); err != nil {
				return err
			}
			at := Problem{File: f.file, Line: place.Line, Ref: place.Ref.String(), Field: "metadata.annotations." + AnnotationTechDocs}
			if place.Elsewhere != "" {
				at.Message, at.Hint = "The documents cannot be read: "+place.Elsewhere, "Write where mkdocs.yml is, seen from the catalog file: dir:. or dir:./docs-folder"
				r.out.docs.problem(at)
			}
			l := &docLister{reader: r, at: at, plan: docPlan{ref: place.Ref, file: f.file, place: i}}
			if place.Docs != "" {
				l.techdocs(place.Docs)
			}
			if place.ADRs != "" {
				l.adrs(place.ADRs)
			}
			l.plan.finish(place.Listed)
			r.out.docs.plans = append(r.out.docs.plans, l.plan)
		}
	}
	return nil
}

func (d *documented) problem(p Problem) { d.problems = append(d.problems, p.cleaned()) }

// finish works out whether the documents are those of the last reading.
func (p *docPlan) finish(before string) {
	sum := sha256.New()
	sure := true
	for _, d := range p.docs {
		sure = sure && d.signature != ""
		fmt.Fprintf(sum, "%s\n%s\n%s\n%s\n", d.Kind, d.Path, d.Title, d.signature)
	}
	if sure {
		p.listed = hex.EncodeToString(sum.Sum(nil)[:20])
	}
	if len(p.docs) == 0 {
		p.listed = ""
	}
	p.changed = p.listed != before || !sure
}

// changed reports whether the documents of some entity changed.
func (d *documented) changed() bool {
	return slices.ContainsFunc(d.plans, func(p docPlan) bool { return p.changed })
}

// docLister lists the documents of one entity.
type docLister struct {
	reader *reader
	at     Problem
	plan   docPlan
	bytes  int64
	full   bool
}

// techdocs lists the pages of a folder with an mkdocs.yml, or without one.
func (l *docLister) techdocs(folder string) {
	r := l.reader
	m := mkdocs{folder: "docs"}
	for _, name := range []string{"mkdocs.yml", "mkdocs.yaml"} {
		if r.files.check(path.Join(folder, name)) != nil {
			continue
		}
		data, problem := r.files.read(path.Join(folder, name), r.limits.File)
		if problem != nil {
			l.complain(problem.Message, problem.Hint)
			break
		}
		m = parseMkdocs(data, r.limits)
		break
	}
	pages := path.Join(folder, m.folder)
	if path.IsAbs(m.folder) || !fs.ValidPath(pages) {
		l.complain("docs_dir of "+path.Join(folder, "mkdocs.yml")+" leads out of the location.", "Name a folder beside it.")
		return
	}
	found := l.markdown(pages)
	if len(found) == 0 {
		if readme := path.Join(folder, "README.md"); r.files.check(readme) == nil {
			l.add(DocTechDocs, "README.md", readme, "")
			return
		}
		return // as with Backstage, docs that are not written yet are no problem of the catalog
	}
	there := map[string]bool{}
	for _, name := range found {
		there[name] = true
	}
	for _, entry := range m.nav {
		if name := path.Clean(entry.path); there[name] {
			delete(there, name)
			l.add(DocTechDocs, name, path.Join(pages, name), entry.title)
		}
	}
	for _, name := range found {
		if there[name] {
			l.add(DocTechDocs, name, path.Join(pages, name), "")
		}
	}
}

// adrs lists the records of decisions in a folder.
func (l *docLister) adrs(folder string) {
	for _, name := range l.markdown(folder) {
		if !strings.Contains(name, "/") {
			l.add(DocADR, name, path.Join(folder, name), "")
		}
	}
}

// markdown returns the Markdown files below a folder: the page that stands for
// the folder first, then by name.
func (l *docLister) markdown(folder string) []string {
	fsys := l.reader.files.fs
	if info, err := fs.Stat(fsys, folder); err != nil || !info.IsDir() {
		return nil
	}
	var found []string
	_ = fs.WalkDir(fsys, folder, func(name string, entry fs.DirEntry, err error) error {
		if !l.reader.files.walked.step() {
			return fs.SkipAll
		}
		switch {
		case err != nil:
			return nil //nolint:nilerr // a folder nobody may read does not hide the others
		case entry.IsDir() && name != folder && skipped(entry.Name()):
			return fs.SkipDir
		case !entry.IsDir() && isMarkdown(name):
			found = append(found, strings.TrimPrefix(strings.TrimPrefix(name, folder), "/"))
		}
		if len(found) > maxDocuments {
			return fs.SkipAll
		}
		return nil
	})
	rank := func(name string) string {
		base := strings.ToLower(path.Base(name))
		if base == "index.md" || base == "readme.md" {
			return path.Join(path.Dir(name), "\x00"+base)
		}
		return name
	}
	slices.SortFunc(found, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	return found
}

// add takes a file in, within the bounds of an entity.
func (l *docLister) add(kind DocKind, name, file, title string) {
	r := l.reader
	if l.full {
		return
	}
	if problem := r.files.check(file); problem != nil {
		l.complain(problem.Message, problem.Hint)
		return
	}
	info, err := fs.Stat(r.files.fs, file)
	if err != nil {
		return
	}
	switch {
	case info.Size() > maxDocument:
		l.complain(file+" is larger than 1 MB and is left out.", "Split it into several pages.")
		return
	case len(l.plan.docs) >= maxDocuments:
		l.full = true
		l.complain("The entity has more than "+thousands(maxDocuments)+" documents. The rest is left out.", "Give parts of it entities of their own.")
		return
	case l.bytes+info.Size() > maxDocumentBytes:
		l.full = true
		l.complain("The documents of the entity are larger than 20 MB. The rest is left out.", "Give parts of it entities of their own.")
		return
	case r.out.docs.total >= maxLocationDocuments:
		l.full = true
		if r.out.docs.total == maxLocationDocuments {
			l.complain("The location has more than "+thousands(maxLocationDocuments)+" documents. The rest is left out.", "Register its parts as locations of their own.")
		}
		r.out.docs.total++
		return
	}
	r.out.docs.total++
	l.bytes += info.Size()
	doc := docFile{Doc: Doc{Kind: kind, Path: name, Title: printable(shortenedTo(title, maxTitle)), Size: info.Size()}, file: file, signature: r.sign(file, nil)}
	if r.past != nil {
		if before, known := r.past.files[file]; known && before.Notes.Document != nil && before.Signature == doc.signature {
			doc.Digest = before.Notes.Document.Digest
			if title == "" {
				doc.Title = before.Notes.Document.Title
			}
		}
	}
	l.plan.docs = append(l.plan.docs, doc)
}

func (l *docLister) complain(message, hint string) {
	p := l.at
	p.Message, p.Hint = message, hint
	l.reader.out.docs.problem(p)
}
