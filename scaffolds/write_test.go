package scaffolds_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

func smallTree() *scaffolds.Tree {
	return &scaffolds.Tree{Files: []scaffolds.File{
		{Path: "a/b/run.sh", Body: []byte("#!/bin/sh\n"), Executable: true},
		{Path: "go.mod", Body: []byte("module m\n")},
	}}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, dir string)
		code    fault.Code
	}{
		{name: "into a folder that is absent", prepare: func(*testing.T, string) {}},
		{name: "into an empty folder", prepare: func(t *testing.T, dir string) { t.Helper(); mkdir(t, dir) }},
		{name: "through a link to an empty folder", prepare: func(t *testing.T, dir string) {
			t.Helper()
			mkdir(t, dir+"-real")
			if err := os.Symlink(dir+"-real", dir); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "not into a folder with a file", code: fault.Conflict, prepare: func(t *testing.T, dir string) {
			t.Helper()
			mkdir(t, dir)
			write(t, filepath.Join(dir, ".hidden"))
		}},
		{name: "not over a file", code: fault.Conflict, prepare: func(t *testing.T, dir string) { t.Helper(); mkdir(t, filepath.Dir(dir)); write(t, dir) }},
		{name: "not below a file", code: fault.Unavailable, prepare: func(t *testing.T, dir string) { t.Helper(); write(t, filepath.Dir(dir)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			top := t.TempDir()
			dir := filepath.Join(top, "new", "orders")
			if c.prepare(t, dir); c.code == "" {
				mkdir(t, filepath.Dir(dir))
			}
			before := list(t, top)
			err := smallTree().Write(dir)
			if c.code != "" {
				if !fault.Is(err, c.code) || !strings.Contains(err.Error(), dir) {
					t.Errorf("got %v, want %s that names the folder", err, c.code)
				}
				if after := list(t, top); after != before {
					t.Errorf("it left something behind: %s, before %s", after, before)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(filepath.Join(dir, "a", "b", "run.sh"))
			if err != nil || info.Mode()&0o100 == 0 {
				t.Errorf("run.sh cannot be run: %v %v", info, err)
			}
			if after := list(t, filepath.Dir(dir)); strings.Contains(after, ".platform-") {
				t.Errorf("it left something behind: %s", after)
			}
		})
	}
}

// Files are written side by side; the first in order that fails is told, whoever
// comes to its own first, and the others do not stay.
func TestWriteTellsTheFirstThatFailed(t *testing.T) {
	t.Parallel()
	for range 20 {
		tree := &scaffolds.Tree{}
		for i := range 100 {
			tree.Files = append(tree.Files, scaffolds.File{Path: fmt.Sprintf("%02d/file", i)})
		}
		first := strings.Repeat("a", 300) // longer than a name may be
		tree.Files[40].Path, tree.Files[41].Path, tree.Files[99].Path = first, strings.Repeat("b", 300), strings.Repeat("c", 300)
		dir := filepath.Join(t.TempDir(), "orders")
		err := tree.Write(dir)
		if at, ok := errors.AsType[*fs.PathError](err); !ok || filepath.Base(at.Path) != first {
			t.Fatalf("got %v, want an error of %s", err, first)
		}
		if left := list(t, filepath.Dir(dir)); left != "" {
			t.Errorf("it left something behind: %s", left)
		}
	}
}

// The shell's folder stays the one it stands in.
func TestWriteIntoTheFolderOneStandsIn(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	before, err := os.Stat(".")
	if err != nil {
		t.Fatal(err)
	}
	if err := smallTree().Write("."); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(dir)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the folder was exchanged: %v", err)
	}
	if _, err := os.Stat("go.mod"); err != nil {
		t.Error(err)
	}
}

func TestWriteStaysInItsFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../out", "/etc/out", "a/../../out"} {
		dir := filepath.Join(t.TempDir(), "orders")
		tree := &scaffolds.Tree{Files: []scaffolds.File{{Path: name}}}
		if err := tree.Write(dir); err == nil {
			t.Errorf("%s was written", name)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(name, []byte("here"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// list names everything below a folder.
func list(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		all = append(all, strings.TrimPrefix(name, dir))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}
