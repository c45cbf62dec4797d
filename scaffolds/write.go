package scaffolds

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Write puts the files into a folder that is absent or empty. They are written
// beside it and moved in one go, so that a process killed on the way leaves
// nothing half-made there.
func (t *Tree) Write(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("find folder %s: %w", dir, err)
	}
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	there, err := checkEmpty(dir)
	if err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil { //nolint:gosec // the person's umask decides, as with mkdir -p
		return unwritable(parent, err)
	}
	beside := filepath.Join(parent, besidePrefix(dir)+rand.Text())
	removeLeftovers(dir)
	defer os.RemoveAll(beside) // it is gone when all went well
	if err := t.writeTo(beside); err != nil {
		return unwritable(dir, err)
	}
	if err := move(beside, dir, there); err != nil {
		return unwritable(dir, err)
	}
	return nil
}

// checkEmpty returns what is known of the folder, nil when it is absent.
func checkEmpty(dir string) (fs.FileInfo, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unwritable(dir, err)
	}
	taken := fault.New(fault.Conflict, "%s is a file.", dir)
	if info.IsDir() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, unwritable(dir, err)
		}
		if len(entries) == 0 {
			return info, nil
		}
		taken = fault.New(fault.Conflict, "The folder %s is not empty.", dir)
	}
	return nil, taken.WithHint("Choose a folder that is absent or empty, or move this one away.")
}

// unwritable explains an error of the file system.
func unwritable(dir string, err error) error {
	code := fault.Unavailable
	switch {
	case errors.Is(err, fs.ErrPermission):
		code = fault.Forbidden
	case errors.Is(err, fs.ErrExist): // somebody was faster
		code = fault.Conflict
	}
	reason := err
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		reason = at.Err
	} else if link, ok := errors.AsType[*os.LinkError](err); ok {
		reason = link.Err
	}
	return fault.New(code, "%s cannot be written: %s.", dir, reason).WithCause(err).
		WithHint("Choose another folder, or see that this one can be written.")
}

// writeTo writes the files into a new folder, by as many as there are processors.
// Each takes files that follow each other, because those of one folder are made one
// after the other anyway.
func (t *Tree) writeTo(dir string) error {
	if err := os.Mkdir(dir, 0o777); err != nil { //nolint:gosec // the person's umask decides
		return err
	}
	var made folders
	made.there.Store(dir, true)
	return sideBySide(t.Files, func(_ int, f *File) error {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return &fs.PathError{Op: "write", Path: f.Path, Err: fs.ErrInvalid}
		}
		file := f.in(dir)
		if err := made.make(filepath.Dir(file)); err != nil {
			return err
		}
		mode := fs.FileMode(0o666)
		if f.Executable {
			mode = 0o777
		}
		return os.WriteFile(file, f.Body, mode)
	})
}

// folders remembers which folders are there. To make one costs as much as to write a
// file, and to ask whether it is there nearly that.
type folders struct{ there sync.Map }

// make makes a folder, and those it is in.
func (s *folders) make(folder string) error {
	if _, there := s.there.Load(folder); there {
		return nil
	}
	if err := s.make(filepath.Dir(folder)); err != nil {
		return err
	}
	// Somebody may be writing another file of it.
	if err := os.Mkdir(folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) { //nolint:gosec // the person's umask decides
		return err
	}
	s.there.Store(folder, true)
	return nil
}

// in is where the file is in a folder.
func (f *File) in(dir string) string { return filepath.Join(dir, filepath.FromSlash(f.Path)) }

// move puts the folder beside in the place of dir. There is what stood there:
// an empty folder, whose mode is kept. The folder somebody stands in stays, or
// the shell would be left in one that is gone.
func move(beside, dir string, there fs.FileInfo) error {
	if there == nil {
		return os.Rename(beside, dir)
	}
	if here, err := os.Stat("."); err == nil && os.SameFile(here, there) {
		entries, err := os.ReadDir(beside)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := os.Rename(filepath.Join(beside, e.Name()), filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	if err := os.Chmod(beside, there.Mode().Perm()); err != nil {
		return err
	}
	// Removes it only when it is still empty.
	if err := os.Remove(dir); err != nil {
		return err
	}
	return os.Rename(beside, dir)
}

// besidePrefix starts the names of the folders a service is written to first.
func besidePrefix(dir string) string { return "." + filepath.Base(dir) + ".platform-" }

// removeLeftovers removes what processes killed on the way left beside dir
// long ago. What cannot be removed is nobody's problem now.
func removeLeftovers(dir string) {
	entries, err := filepath.Glob(filepath.Join(globEscape(filepath.Dir(dir)), globEscape(besidePrefix(dir))+"*"))
	if err != nil {
		return
	}
	for _, name := range entries {
		if info, err := os.Lstat(name); err == nil && info.IsDir() && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(name)
		}
	}
}

func globEscape(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}
