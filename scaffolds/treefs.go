package scaffolds

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"time"
)

// FS returns the tree as a file system of its files, for whoever reads files.
// Folders cannot be listed.
func (t *Tree) FS() fs.FS { return treeFS{t} }

type treeFS struct{ tree *Tree }

// Open returns a file.
func (f treeFS) Open(name string) (fs.File, error) {
	i := slices.IndexFunc(f.tree.Files, func(file File) bool { return file.Path == name })
	if i < 0 || !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	file := f.tree.Files[i]
	return &openFile{Reader: bytes.NewReader(file.Body), file: file}, nil
}

type openFile struct {
	*bytes.Reader

	file File
}

// Stat describes the file.
func (o *openFile) Stat() (fs.FileInfo, error) { return fileInfo{o.file}, nil }

// Close does nothing: there is nothing to let go of.
func (*openFile) Close() error { return nil }

type fileInfo struct{ file File }

// Name is the last part of the path.
func (i fileInfo) Name() string { return path.Base(i.file.Path) }

// Size is the length of the file.
func (i fileInfo) Size() int64 { return int64(len(i.file.Body)) }

// ModTime is unknown: files are rendered, not changed.
func (fileInfo) ModTime() time.Time { return time.Time{} }

// IsDir is false: only files can be opened.
func (fileInfo) IsDir() bool { return false }

// Sys has nothing more to tell.
func (fileInfo) Sys() any { return nil }

// Mode says whether the file can be run.
func (i fileInfo) Mode() fs.FileMode {
	if i.file.Executable {
		return 0o755
	}
	return 0o644
}
