package scaffolds

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// The packed paths are not committed: "make generate" makes them. README keeps
// the folder there.
//
//go:embed dist
var dist embed.FS

// Library has the golden paths this program was built with.
type Library struct{ paths []Path }

// Embedded returns the golden paths packed into this program.
func Embedded() (*Library, error) {
	folder, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("open the golden paths in this program: %w", err)
	}
	return Open(folder)
}

// Open returns the golden paths of a folder of archives, NAME.zip each. It
// reads their manifests only.
func Open(fsys fs.FS) (*Library, error) {
	names, err := fs.Glob(fsys, "*.zip")
	if err != nil {
		return nil, fmt.Errorf("list golden paths: %w", err)
	}
	l := &Library{}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read golden path: %w", err)
		}
		p, err := openPacked(data)
		if err == nil && p.manifest.Name != strings.TrimSuffix(name, path.Ext(name)) {
			err = errors.New("it calls itself " + p.manifest.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("open golden path %s: %w", name, err)
		}
		l.paths = append(l.paths, newPath(p))
	}
	slices.SortFunc(l.paths, func(a, b Path) int { return cmp.Compare(a.Name, b.Name) })
	return l, nil
}

func newPath(p *packed) Path {
	m := p.manifest
	packs := make([]Pack, len(m.Packs))
	for i, r := range m.Packs {
		packs[i] = Pack{Name: r.Name, Title: r.Title, Description: r.Description, Default: r.Default}
	}
	return Path{
		Name: m.Name, Version: m.Version, Digest: p.packing.Digest, Title: m.Title, Description: m.Description,
		Language: m.Language, Schema: p.schema, Packs: packs, packed: p,
	}
}

// Paths lists them by name.
func (l *Library) Paths() []Path { return slices.Clone(l.paths) }

// Get returns the path of that name.
func (l *Library) Get(name string) (*Path, error) {
	names := make([]string, len(l.paths))
	for i := range l.paths {
		if l.paths[i].Name == name {
			p := l.paths[i]
			return &p, nil
		}
		names[i] = l.paths[i].Name
	}
	if len(names) == 0 {
		return nil, fault.New(fault.NotFound, "This program was built without golden paths.").
			WithHint("Pack them and build it again: run make generate, then make build")
	}
	missing := fault.New(fault.NotFound, "There is no golden path called %q.", name)
	if near := nearest(name, names); near != "" {
		return nil, missing.WithHint("Did you mean %s? There are: %s", near, strings.Join(names, ", "))
	}
	return nil, missing.WithHint("There are: %s", strings.Join(names, ", "))
}

// nearest returns the name most like a mistyped one, or "" when none is.
func nearest(typed string, names []string) string {
	best, least := "", max(2, len(typed)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(typed), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to change, add or drop to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost = 1 + min(diagonal, row[j], row[j-1])
			}
			diagonal, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
