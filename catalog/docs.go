package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
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
	orders   []string // the files that say in which order pages come
}

// docPlan is what an entity has of documents, in order.
type docPlan struct {
	ref     Ref
	file    string // the catalog file that the entity is in
	place   int    // in the notes of that file
	listed  string // changes when one of the documents does
	changed bool   // since the last reading
	docs    []docFile
	at      Problem // where the entity asks for documents, for what is wrong with them
}

// docsHint says how documents are named so that they are found.
const docsHint = "Documents are read from the same repository: keep them beside the catalog file, and write where mkdocs.yml is, seen from there: dir:. or dir:./docs-folder"

// adrsHint says how records of decisions are named so that they are found.
const adrsHint = "Decision records are read from the same repository: write the folder with their Markdown, seen from the catalog file, such as docs/adr"

// docFile is a document that was found and not read.
type docFile struct {
	Doc

	file      string
	signature string
}

// places returns where the documents lie of the entities of one file. Records
// of decisions beside a file belong to the entities with docs, else to the first
// that is about software.
func (r *reader) places(file string, entities []Entity, lines referenceLines) []docsPlace {
	if isAddress(file) || r.location.Type == LocationURL || r.location.Type == LocationCopy {
		return nil // nothing on the web can be listed, and copies have nothing beside them
	}
	var out []docsPlace
	adrs := path.Join(path.Dir(file), "docs", "adr")
	for _, e := range entities {
		docs, wrong := r.docsFolder(file, e.Metadata.Annotations[AnnotationTechDocs])
		place := docsPlace{Ref: e.Ref(), Line: lines.ofDocs(e, AnnotationTechDocs), Docs: docs, Wrong: wrong}
		if at := e.Metadata.Annotations[AnnotationADRs]; at != "" {
			place.ADRLine = lines.ofDocs(e, AnnotationADRs)
			place.ADRs, place.WrongADRs = r.docsFolder(file, at)
		}
		if place.Docs != "" || place.Wrong != "" || place.ADRs != "" || place.WrongADRs != "" {
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
		if out[i].ADRLine == 0 && out[i].Docs != "" {
			out[i].ADRs = adrs
		}
	}
	return out
}

// docsFolder returns the folder that an annotation means, "" when it has none;
// wrong says what is wrong with the annotation.
func (r *reader) docsFolder(file, annotation string) (folder, wrong string) {
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
// Documents of another one, or of another branch, are not read; nothing is wrong
// with them.
func (r *reader) folderAt(address string) (folder, wrong string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", address + " is not an address."
	}
	l, err := (Location{Type: LocationGit, Target: strings.TrimSuffix(address, "/")}).normal("")
	if err != nil {
		return "", address + " is not an address."
	}
	inside := r.location.Type == LocationGit || r.location.Type == LocationPush
	switch {
	case !inside || sameRepository(l.Target) != sameRepository(r.location.Target):
		return "", ""
	case l.Branch != "" && l.Branch != r.tree.Branch:
		return "", ""
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
			if place.Wrong != "" {
				wrong := at
				wrong.Message, wrong.Hint = "The documents cannot be read: "+place.Wrong, docsHint
				r.out.docs.problem(wrong)
			}
			l := &docLister{reader: r, plan: docPlan{ref: place.Ref, file: f.file, place: i, at: at}, decisions: place.ADRs}
			if place.Docs != "" {
				l.techdocs(place.Docs)
			}
			r.checkADRs(f.file, place)
			if place.ADRs != "" {
				l.adrs()
			}
			l.plan.finish(place.Listed)
			r.out.docs.plans = append(r.out.docs.plans, l.plan)
		}
	}
	r.out.docs.orders = slices.Sorted(maps.Keys(r.docs.orders))
	return nil
}

// checkADRs says what is wrong with the folder that an entity names for its
// records of decisions. One that nobody named may be missing.
func (r *reader) checkADRs(file string, place docsPlace) {
	if place.ADRLine == 0 {
		return
	}
	wrong := place.WrongADRs
	if wrong == "" && place.ADRs != "" && !r.present(place.ADRs) {
		wrong = r.missing(place.ADRs) + "."
	}
	if wrong == "" && place.ADRs != "" {
		if info, err := fs.Stat(r.files.fs, place.ADRs); err == nil && !info.IsDir() {
			wrong = place.ADRs + " is a file, and no folder."
		}
	}
	if wrong != "" {
		r.out.docs.problem(Problem{
			File: file, Line: place.ADRLine, Ref: place.Ref.String(), Field: "metadata.annotations." + AnnotationADRs,
			Message: "The decision records cannot be read: " + wrong, Hint: adrsHint,
		})
	}
}

// missing says that a folder is not there.
func (r *reader) missing(folder string) string {
	if r.location.Type == LocationPush {
		return "nothing of the folder " + folder + " was sent"
	}
	return "there is no folder " + folder
}

// maxDocProblems bounds what is said of the documents of a location before the
// limit for all its problems cuts it: thousands of entities may share a folder.
const maxDocProblems = 5000

func (d *documented) problem(p Problem) {
	if len(d.problems) < maxDocProblems {
		d.problems = append(d.problems, p.cleaned())
	}
}

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
