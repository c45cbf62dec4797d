package authoring

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/scaffolds/internal/packing"
)

const (
	manifestFile = "path.yaml"
	schemaFile   = "parameters.schema.json"
	golden       = "golden/"
)

// Template is a golden path in the making: its folder as it stands.
type Template struct {
	Dir string

	manifest manifest
	source   *packing.Source
	files    []packing.File
}

// Open reads a path's folder. When path.yaml cannot be read, its problems say
// why, and there is no template.
func Open(ctx context.Context, dir string) (*Template, []Problem, error) {
	body, err := os.ReadFile(filepath.Join(dir, manifestFile)) //nolint:gosec // the folder was named by whoever asks
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fault.New(fault.NotFound, "%s is not the folder of a golden path: it has no %s.", dir, manifestFile).
			WithHint("Name the folder that has it, or start one: platform template new NAME")
	}
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "%s cannot be read.", filepath.Join(dir, manifestFile)).WithCause(err)
	}
	m, problems := readManifest(body)
	if len(problems) == 0 && (m.Name.Value == "" || m.Version.Value == "") {
		problems = append(problems, Problem{File: manifestFile, Line: 1, Message: "name or version is missing"})
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	source, err := packing.OpenWork(ctx, dir)
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "The files of %s cannot be read: %s.", dir, err).WithCause(err)
	}
	return &Template{Dir: dir, manifest: m, source: source, files: source.Files()}, nil, nil
}

// Name and Version are those of path.yaml.
func (t *Template) Name() string { return t.manifest.Name.Value }

// Version is the version in path.yaml.
func (t *Template) Version() string { return t.manifest.Version.Value }

// Path returns the path for rendering. Without the toolchain each service has
// the whole go.mod of the golden code; with it, what its parts require.
func (t *Template) Path(ctx context.Context, toolchain bool) (*scaffolds.Path, error) {
	var archive []byte
	var err error
	if toolchain {
		archive, err = t.source.Pack(ctx)
	} else {
		archive, err = t.source.PackBare()
	}
	if err != nil {
		return nil, err
	}
	library, err := scaffolds.Open(fstest.MapFS{t.Name() + ".zip": &fstest.MapFile{Data: archive}})
	if err != nil {
		return nil, err
	}
	return library.Get(t.Name())
}

// goldenFiles are the files of the golden code, by their paths in it.
func (t *Template) goldenFiles() []packing.File {
	var out []packing.File
	for _, f := range t.files {
		if name, ok := strings.CutPrefix(f.Name, golden); ok {
			out = append(out, packing.File{Name: name, Body: f.Body})
		}
	}
	return out
}

// file returns a file's contents, nil when there is none.
func (t *Template) file(name string) []byte {
	i := slices.IndexFunc(t.files, func(f packing.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return t.files[i].Body
}

func (t *Template) pack(name string) *pack {
	i := slices.IndexFunc(t.manifest.Packs, func(p pack) bool { return p.Name.Value == name })
	if i < 0 {
		return nil
	}
	return &t.manifest.Packs[i]
}

// packOf returns the pack that a golden file belongs to, "" for the shared ones.
func (t *Template) packOf(name string) string {
	for _, p := range t.manifest.Packs {
		if p.has(name) {
			return p.Name.Value
		}
	}
	return ""
}

// isMade reports whether a template or a maker writes a golden file.
func (t *Template) isMade(name string) bool {
	for _, r := range t.manifest.Templates {
		if r.To.Value == name {
			return true
		}
	}
	for _, r := range t.manifest.Repeat {
		for _, f := range r.Files {
			if r.Dir.Value+"/"+f.To.Value == name {
				return true
			}
		}
	}
	return false
}

func matchesAny(globs []text, name string) bool {
	return slices.ContainsFunc(globs, func(glob text) bool { return scaffolds.MatchGlob(glob.Value, name) })
}
