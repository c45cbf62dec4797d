package authoring

import (
	"cmp"
	"maps"
	"slices"

	"github.com/goldenpath/platform/scaffolds"
)

// The ways in which a file of a service comes to be.
const (
	FromGolden   = "golden"   // the golden file, its tokens replaced
	FromTemplate = "template" // a template of the path
	Made         = "made"     // the engine wrote it
)

// PreviewFile is a file that a service would have.
type PreviewFile struct {
	Path   string          `json:"path"`
	Class  scaffolds.Class `json:"class"`
	Origin string          `json:"origin"`
	Source string          `json:"source,omitempty"` // of the path's folder
	Bytes  int             `json:"bytes"`
}

// Preview renders a service of the path. Answers that are missing and that the
// path needs are those of the first service it is tested with.
func (t *Template) Preview(p *scaffolds.Path, a scaffolds.Answers) (*scaffolds.Tree, error) {
	first, err := t.first(p)
	if err != nil {
		return nil, err
	}
	plain := scaffolds.AnswersOf(first, nil)
	a.Name, a.Owner = cmp.Or(a.Name, plain.Name), cmp.Or(a.Owner, plain.Owner)
	own := maps.Clone(plain.Extra)
	if own == nil {
		own = map[string]any{}
	}
	maps.Copy(own, a.Extra)
	if a.Extra = own; a.Packs == nil {
		a.Packs = []string{}
	}
	row := t.row(a)
	return p.Render(row.Answers, row.Providers)
}

// Describe tells of each file where it comes from.
func (t *Template) Describe(tree *scaffolds.Tree) []PreviewFile {
	out := make([]PreviewFile, len(tree.Files))
	for i, f := range tree.Files {
		origin, source := t.origin(f)
		out[i] = PreviewFile{Path: f.Path, Class: f.Class, Origin: origin, Source: source, Bytes: len(f.Body)}
	}
	return out
}

func (t *Template) origin(f scaffolds.File) (origin, source string) {
	if f.Source == "" {
		return Made, ""
	}
	for _, r := range t.manifest.Templates {
		if r.To.Value == f.Source {
			return FromTemplate, r.From.Value
		}
	}
	for _, r := range t.manifest.Repeat {
		for _, made := range r.Files {
			if r.Dir.Value+"/"+made.To.Value != f.Source {
				continue
			}
			if made.From.Value != "" {
				return FromTemplate, made.From.Value
			}
			return Made, made.Make.Value
		}
	}
	return FromGolden, golden + f.Source
}

// Change is how a file of a service differs between two versions of a path.
type Change struct {
	Path string `json:"path"`
	What string `json:"what"` // added, removed or changed
}

// Compare lists what differs from an older tree. The lock file always does.
func Compare(older, newer *scaffolds.Tree) []Change {
	var out []Change
	for _, name := range differing(older, newer) {
		if name == scaffolds.LockFile {
			continue
		}
		has := func(t *scaffolds.Tree) bool {
			return slices.ContainsFunc(t.Files, func(f scaffolds.File) bool { return f.Path == name })
		}
		what := "changed"
		if !has(older) {
			what = "added"
		} else if !has(newer) {
			what = "removed"
		}
		out = append(out, Change{name, what})
	}
	return out
}
