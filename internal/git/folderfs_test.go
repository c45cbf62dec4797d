package git

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
)

func openFolder(t *testing.T, folder string) *folderFS {
	t.Helper()
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return newFolderFS(root)
}

func writeOld(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
}

func TestFolderIsAFileSystem(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	writeOld(t, filepath.Join(folder, "catalog-info.yaml"), "kind: Component")
	writeOld(t, filepath.Join(folder, "a", "b", "c.yaml"), "kind: API")
	if err := fstest.TestFS(openFolder(t, folder), "catalog-info.yaml", "a/b/c.yaml"); err != nil {
		t.Error(err)
	}
}

func TestAFileIsSignedAsItWasWhenItWasRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	name := filepath.Join(folder, "catalog-info.yaml")
	writeOld(t, name, "kind: Component")
	files := openFolder(t, folder)
	before, ok := files.signature("catalog-info.yaml")
	if !ok {
		t.Fatal("an old file has no signature")
	}
	file, info, err := files.OpenRegular("catalog-info.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if data, err := io.ReadAll(file); err != nil || string(data) != "kind: Component" || !info.Mode().IsRegular() {
		t.Errorf("%q %v %v", data, info.Mode(), err)
	}
	writeOld(t, name, "kind: Component # changed") // meanwhile, with an old time
	if was, ok := files.signature("catalog-info.yaml"); !ok || was != before {
		t.Errorf("signed %q, was read as %q", was, before)
	}
	if now, ok := files.signature("catalog-info.yaml"); !ok || now == before {
		t.Errorf("asked again it is still %q", now)
	}
	if err := os.WriteFile(name, []byte("kind: API"), 0o600); err != nil {
		t.Fatal(err)
	}
	if now, ok := files.signature("catalog-info.yaml"); ok {
		t.Errorf("a file that has just changed is signed %q", now)
	}
}

func TestAPipeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(folder, "catalog-info.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	writeOld(t, filepath.Join(filepath.Dir(folder), "outside.yaml"), "kind: API")
	if err := os.Symlink("../outside.yaml", filepath.Join(folder, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	files := openFolder(t, folder)
	opened := make(chan error, 1)
	go func() {
		file, info, err := files.OpenRegular("catalog-info.yaml")
		if err == nil {
			if info.Mode().IsRegular() {
				t.Error("a pipe is a regular file")
			}
			err = file.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for whoever writes")
	}
	for _, name := range []string{"link.yaml", "../outside.yaml", "missing.yaml"} {
		if file, _, err := files.OpenRegular(name); err == nil {
			_ = file.Close()
			t.Errorf("%s was opened", name)
		}
	}
}
