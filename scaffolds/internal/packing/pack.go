package packing

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/goldenpath/platform/scaffolds"
)

// packingFile is the archive's record of what packing found out.
const packingFile = "packing.json"

// Pack returns the archive of the path. The same files give the same bytes.
func (s *Source) Pack(ctx context.Context) ([]byte, error) {
	bare, err := s.archive(scaffolds.Packing{Digest: s.Digest})
	if err != nil {
		return nil, err
	}
	library, err := scaffolds.Open(fstest.MapFS{s.Name + ".zip": &fstest.MapFile{Data: bare}})
	if err != nil {
		return nil, err
	}
	p, err := library.Get(s.Name)
	if err != nil {
		return nil, err
	}
	found := scaffolds.Packing{Digest: s.Digest}
	if s.manifest.Language == "go" {
		if found.Units, err = s.units(ctx, p); err != nil {
			return nil, err
		}
		if found.Format, err = s.unformatted(p); err != nil {
			return nil, err
		}
	}
	return s.archive(found)
}

// Packed returns the digest that an archive was packed from, "" when it is none.
func Packed(archive []byte) string {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return ""
	}
	body, err := fs.ReadFile(r, packingFile)
	if err != nil {
		return ""
	}
	var found scaffolds.Packing
	if err := json.Unmarshal(body, &found); err != nil {
		return ""
	}
	return found.Digest
}

// archive writes files in order, without times, and as they are: rendering
// reads them in place.
func (s *Source) archive(found scaffolds.Packing) ([]byte, error) {
	record, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range append([]sourceFile{{name: packingFile, body: record}}, s.files...) {
		header := &zip.FileHeader{Name: f.name, Method: zip.Store}
		header.SetMode(0o644)
		if f.executable {
			header.SetMode(0o755)
		}
		entry, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.body); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// answers returns answers of a service and the documents of what it consumes:
// as many services as names, each with the golden code's sample document.
func (s *Source) answers(name, module string, consumes ...string) (scaffolds.Answers, []scaffolds.Provider) {
	a := scaffolds.Answers{Name: name, Owner: "team", System: "system", Module: module, Consumes: consumes, Packs: []string{}}
	var providers []scaffolds.Provider
	for _, repeat := range s.manifest.Repeat {
		for _, made := range repeat.Files {
			if made.Make != "provider-document" {
				continue
			}
			document := s.file(path.Join("golden", repeat.Dir, made.To))
			for _, name := range consumes {
				providers = append(providers, scaffolds.Provider{Name: name, OpenAPI: document})
			}
		}
	}
	return a, providers
}

// units asks the go command what each part of the path requires.
func (s *Source) units(ctx context.Context, p *scaffolds.Path) ([]scaffolds.Unit, error) {
	a, _ := s.answers("sample", "example.com/sample")
	base, err := s.tidy(ctx, p, scaffolds.UnitBase, a, nil, "", "", "")
	if err != nil {
		return nil, err
	}
	units := []scaffolds.Unit{base}
	if len(s.manifest.Repeat) > 0 {
		a, providers := s.answers("sample", "example.com/sample", "other")
		consumes, err := s.tidy(ctx, p, scaffolds.UnitConsumes, a, providers, "", "", "")
		if err != nil {
			return nil, err
		}
		units = append(units, consumes)
		for _, repeat := range s.manifest.Repeat {
			for _, i := range repeat.Imports {
				unit, err := s.tidy(ctx, p, scaffolds.UnitOfImport(i.Package), a, providers, i.Package, i.Module, i.Version)
				if err != nil {
					return nil, err
				}
				units = append(units, unit)
			}
		}
	}
	for _, pack := range s.manifest.Packs {
		a.Packs = []string{pack.Name}
		unit, err := s.tidy(ctx, p, scaffolds.UnitOfPack(pack.Name), a, nil, "", "", "")
		if err != nil {
			return nil, err
		}
		units = append(units, unit)
	}
	return units, nil
}

// tidy renders a service, with one more import when a package is named, and
// returns what "go mod tidy" says that it needs.
func (*Source) tidy(ctx context.Context, p *scaffolds.Path, unit string, a scaffolds.Answers, providers []scaffolds.Provider, pkg, module, version string) (scaffolds.Unit, error) {
	fail := func(err error) (scaffolds.Unit, error) {
		return scaffolds.Unit{}, fmt.Errorf("find out what %s of %s requires: %w", unit, p.Name, err)
	}
	tree, err := p.Render(a, providers)
	if err != nil {
		return fail(err)
	}
	folder, err := os.MkdirTemp("", "packing-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	dir := filepath.Join(folder, "service")
	if err := tree.Write(dir); err != nil {
		return fail(err)
	}
	if pkg != "" {
		if err := addImport(dir, pkg, module, version); err != nil {
			return fail(err)
		}
	}
	cmd := exec.CommandContext(ctx, "go", "mod", "tidy")
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fail(fmt.Errorf("go mod tidy: %w: %s", err, bytes.TrimSpace(out)))
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return fail(err)
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		return fail(err)
	}
	made, err := scaffolds.NewUnit(unit, mod, sum)
	if err != nil {
		return fail(err)
	}
	return made, nil
}

// addImport makes the service import one more package, at a fixed version of
// its module.
func addImport(dir, pkg, module, version string) error {
	name := filepath.Join(dir, "go.mod")
	mod, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return err
	}
	if err := f.AddRequire(module, version); err != nil {
		return err
	}
	if mod, err = f.Format(); err != nil {
		return err
	}
	if err := os.WriteFile(name, mod, 0o600); err != nil {
		return err
	}
	code := "package imported\n\nimport _ \"" + pkg + "\"\n"
	if err := os.Mkdir(filepath.Join(dir, "imported"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "imported", "imported.go"), []byte(code), 0o600)
}

// unformatted finds golden Go files whose format depends on the values of
// tokens, by trying short and long ones that sort first and last.
func (s *Source) unformatted(p *scaffolds.Path) ([]string, error) {
	var found []string
	for _, try := range [][3]string{
		{"aaa", "a.a/a", "a"},
		{"zzz-" + strings.Repeat("z", 36), "zz.example.com/zz/" + strings.Repeat("z", 60), "zz-" + strings.Repeat("z", 50)},
		{"mid-dle", "github.com/Zebra/x", "Go-2"},
	} {
		var consumes []string
		if len(s.manifest.Repeat) > 0 {
			consumes = []string{try[2]}
		}
		a, providers := s.answers(try[0], try[1], consumes...)
		for _, pack := range s.manifest.Packs {
			a.Packs = append(a.Packs, pack.Name)
		}
		tree, err := p.Render(a, providers)
		if err != nil {
			return nil, fmt.Errorf("try %s with other names: %w", p.Name, err)
		}
		for _, f := range tree.Files {
			if path.Ext(f.Path) != ".go" || f.Class == scaffolds.Generated || f.Source == "" {
				continue
			}
			formatted, err := format.Source(f.Body)
			if err != nil {
				return nil, fmt.Errorf("try %s with other names: %s: %w", p.Name, f.Path, err)
			}
			if !bytes.Equal(formatted, f.Body) && !slices.Contains(found, f.Source) {
				found = append(found, f.Source)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

func sortedVersions(recorded map[string]string) []string {
	versions := make([]string, 0, len(recorded))
	for v := range recorded {
		versions = append(versions, v)
	}
	slices.SortFunc(versions, func(a, b string) int { return semver.Compare("v"+a, "v"+b) })
	return versions
}
