package packing

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"golang.org/x/mod/semver"

	"github.com/goldenpath/platform/scaffolds"
)

// The archive's records of what packing found out, for package scaffolds.
const (
	packingFile = "packing.json"
	modulesFile = "modules.json"
)

// Pack returns the archive of the path. The same files give the same bytes.
func (s *Source) Pack(ctx context.Context) ([]byte, error) {
	found, bare, p, err := s.begin()
	if err != nil || s.manifest.Language != "go" {
		return bare, err
	}
	modules, err := s.modules(ctx, p)
	if err != nil {
		return nil, err
	}
	if found.Format, err = s.unformatted(p); err != nil {
		return nil, err
	}
	return s.archive(found, modules)
}

// PackBare returns the archive without what the toolchain would find out:
// services have the whole go.mod of the golden code.
func (s *Source) PackBare() ([]byte, error) {
	found, bare, p, err := s.begin()
	if err != nil || s.manifest.Language != "go" {
		return bare, err
	}
	if found.Format, err = s.unformatted(p); err != nil {
		return nil, err
	}
	return s.archive(found, scaffolds.Modules{})
}

// begin opens the path from an archive of its files alone.
func (s *Source) begin() (found scaffolds.Packing, bare []byte, p *scaffolds.Path, err error) {
	manifest, err := scaffolds.ManifestJSON(s.file("path.yaml"))
	if err != nil {
		return found, nil, nil, fmt.Errorf("%s: %w", s.dir, err)
	}
	found = scaffolds.Packing{Digest: s.Digest, Manifest: manifest}
	if bare, err = s.archive(found, scaffolds.Modules{}); err != nil {
		return found, nil, nil, err
	}
	library, err := scaffolds.Open(fstest.MapFS{s.Name + ".zip": &fstest.MapFile{Data: bare}})
	if err != nil {
		return found, nil, nil, err
	}
	p, err = library.Get(s.Name)
	return found, bare, p, err
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
func (s *Source) archive(found scaffolds.Packing, modules scaffolds.Modules) ([]byte, error) {
	packing, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	required, err := json.Marshal(modules)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range append([]sourceFile{{name: packingFile, body: packing}, {name: modulesFile, body: required}}, s.files...) {
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
