package scaffolds_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/scaffolds/internal/packing"
)

func TestGetExplainsWhatIsMissing(t *testing.T) {
	t.Parallel()
	empty, err := scaffolds.Open(fstest.MapFS{"README": &fstest.MapFile{}})
	if err != nil {
		t.Fatal(err)
	}
	archive, err := os.ReadFile(filepath.Join("dist", "go-http.zip"))
	if err != nil {
		t.Fatalf("run make generate: %v", err)
	}
	library, err := scaffolds.Open(fstest.MapFS{"go-http.zip": &fstest.MapFile{Data: archive}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path, hint string
		library          *scaffolds.Library
	}{
		{name: "nothing was packed", path: "go-http", library: empty, hint: "make generate"},
		{name: "a typing mistake", path: "go-htp", library: library, hint: "Did you mean go-http?"},
		{name: "another name", path: "cobol-batch", library: library, hint: "There are: go-http"},
	} {
		_, err := c.library.Get(c.path)
		if f := fault.From(err); f == nil || f.Code != fault.NotFound || !strings.Contains(f.Hint, c.hint) {
			t.Errorf("%s: %v, want a hint with %q", c.name, f, c.hint)
		}
	}
	if paths := library.Paths(); len(paths) != 1 || paths[0].Name != "go-http" || paths[0].Digest == "" || len(paths[0].Schema) == 0 {
		t.Errorf("Paths() = %+v", paths)
	}
}

func TestOpenRefusesBrokenArchives(t *testing.T) {
	t.Parallel()
	archive, err := os.ReadFile(filepath.Join("dist", "go-http.zip"))
	if err != nil {
		t.Fatalf("run make generate: %v", err)
	}
	flipped := append([]byte(nil), archive...)
	flipped[200] ^= 1 // in packing.json, which comes first
	for name, fsys := range map[string]fstest.MapFS{
		"no archive":   {"go-http.zip": &fstest.MapFile{Data: []byte("hello")}},
		"half of it":   {"go-http.zip": &fstest.MapFile{Data: archive[:len(archive)/2]}},
		"changed":      {"go-http.zip": &fstest.MapFile{Data: flipped}},
		"another name": {"ts-http.zip": &fstest.MapFile{Data: archive}},
	} {
		if _, err := scaffolds.Open(fsys); err == nil {
			t.Errorf("%s: it was opened", name)
		}
	}
}

// Services remember a version by its digest: what it consists of never changes.
func TestVersionsKeepTheirContents(t *testing.T) {
	t.Parallel()
	manifests, err := filepath.Glob(filepath.Join("paths", "*", "path.yaml"))
	if err != nil || len(manifests) == 0 {
		t.Fatal("there is no golden path", err)
	}
	for _, manifest := range manifests {
		source, err := packing.Open(t.Context(), filepath.Dir(manifest))
		if err != nil {
			t.Fatal(err)
		}
		if err := source.Check(); err != nil {
			t.Error(err)
		}
		archive, err := os.ReadFile(filepath.Join("dist", source.Name+".zip"))
		if err != nil {
			t.Errorf("run make generate: %v", err)
		}
		if packing.Packed(archive) != source.Digest {
			t.Errorf("dist/%s.zip is stale: run make generate", source.Name)
		}
	}
}
