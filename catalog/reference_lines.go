package catalog

import (
	"context"
	"fmt"
)

// referenceLines are the lines on which entities refer to others, and to their
// documents: by entity, then by field and what is written there.
type referenceLines map[string]map[string]int

// maxReferenceLines bounds what is remembered of one entity.
const maxReferenceLines = 50

// noteDocs takes in the lines on which one entity says where its documents are.
func (lines referenceLines) noteDocs(doc *value) {
	annotations := doc.get("metadata").get("annotations")
	for _, name := range []string{AnnotationTechDocs, AnnotationADRs} {
		v := annotations.get(name)
		if v == nil || v.kind != kindString {
			continue
		}
		if lines[refIn(doc)] == nil {
			lines[refIn(doc)] = map[string]int{}
		}
		lines[refIn(doc)][referenceKey(name, v.text)] = v.line
	}
}

// ofDocs returns the line of an annotation that says where documents are, else
// that of the entity.
func (lines referenceLines) ofDocs(e Entity, annotation string) int {
	if line := lines[e.Ref().String()][referenceKey(annotation, e.Metadata.Annotations[annotation])]; line > 0 {
		return line
	}
	return e.Source.Line
}

// note takes in the lines of one entity.
func (lines referenceLines) note(doc *value) {
	lines.noteDocs(doc)
	spec, kind := doc.get("spec"), doc.str("kind")
	if spec == nil {
		return
	}
	of := lines[refIn(doc)]
	for _, r := range references(kind) {
		v := spec.get(r.field)
		if v == nil {
			continue
		}
		written := []*value{v}
		if v.kind == kindList {
			written = v.items
		}
		for _, one := range written {
			if one.kind != kindString || len(of) >= maxReferenceLines {
				continue
			}
			if of == nil {
				of = map[string]int{}
			}
			of[referenceKey(r.field, one.text)] = one.line
		}
	}
	if of != nil {
		lines[refIn(doc)] = of
	}
}

func referenceKey(field, written string) string {
	return field + " " + shortenedTo(written, maxRefText)
}

// maxLineFiles bounds for how many files one question looks lines up.
const maxLineFiles = 100

// lineFinder knows on which lines entities refer to others. What it does not
// know is 0.
type lineFinder struct {
	store SourceStore
	files map[string]referenceLines
	err   error
}

// line returns the line on which e writes a reference, 0 when that is not known.
func (f *lineFinder) line(ctx context.Context, e Entity, field, written string) int {
	at := e.Source.LocationID + " " + e.Source.Path
	lines, known := f.files[at]
	if !known {
		if f.err != nil || len(f.files) >= maxLineFiles {
			return 0
		}
		notes, _, err := f.store.NotesOf(ctx, e.Source.LocationID, e.Source.Path)
		if err != nil {
			f.err = fmt.Errorf("read on which lines %s refers to others: %w", e.Ref(), err)
			return 0
		}
		lines = notes.Lines
		f.files[at] = lines
	}
	return lines[e.Ref().String()][referenceKey(field, written)]
}

// ReferenceLines returns on which lines of its file an entity says that it is
// related to others, as far as that is known.
func (c *Catalog) ReferenceLines(ctx context.Context, e Entity) (map[Relation]int, error) {
	finder := lineFinder{store: c.store, files: map[string]referenceLines{}}
	out := map[Relation]int{}
	for _, r := range references(e.Kind) {
		for _, written := range r.targets(e) {
			ref, err := ParseRef(written, RefDefaults{Kind: r.defaultKind, Namespace: e.Metadata.Namespace})
			if err != nil {
				continue
			}
			if line := finder.line(ctx, e, r.field, written); line > 0 {
				out[Relation{Type: r.out, TargetRef: ref.String()}] = line
			}
		}
	}
	return out, finder.err
}
