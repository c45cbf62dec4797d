package scaffolds

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
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
// reads their manifests only; the rest is read from fsys when it is needed.
func Open(fsys fs.FS) (*Library, error) {
	names, err := fs.Glob(fsys, "*.zip")
	if err != nil {
		return nil, fmt.Errorf("list golden paths: %w", err)
	}
	l := &Library{}
	for _, name := range names {
		archive, err := openArchive(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read golden path: %w", err)
		}
		p, err := openPacked(archive)
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

// openArchive opens a file to read parts of it: what is built into a program is there
// already, and to read a megabyte of it is to copy it.
func openArchive(fsys fs.FS, name string) (*io.SectionReader, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	if at, ok := f.(io.ReaderAt); ok {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		return io.NewSectionReader(at, 0, info.Size()), nil
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))), nil
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
	if near := fault.Nearest(name, names, max(2, len(name)/3)); len(near) > 0 {
		return nil, missing.WithHint("Did you mean %s? There are: %s", near[0], strings.Join(names, ", "))
	}
	return nil, missing.WithHint("There are: %s", strings.Join(names, ", "))
}
