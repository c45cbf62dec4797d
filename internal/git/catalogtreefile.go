package git

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// treeInfo describes a file or folder of a commit.
type treeInfo struct {
	name   string
	size   int64
	folder bool
	mode   fs.FileMode // of what is neither file nor folder
	hash   plumbing.Hash
	of     *treeFS // when the length is not known yet
}

// Name returns the last part of the path.
func (i *treeInfo) Name() string { return i.name }

// Size returns the length of a file.
func (i *treeInfo) Size() int64 {
	if i.of != nil {
		return i.of.size(i.hash)
	}
	return i.size
}

// ModTime is unknown: git keeps no times of files.
func (i *treeInfo) ModTime() time.Time { return time.Time{} }

// IsDir reports whether it is a folder.
func (i *treeInfo) IsDir() bool { return i.folder }

// Sys returns nothing.
func (i *treeInfo) Sys() any { return nil }

// Mode returns what kind of file it is; all are read-only.
func (i *treeInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o555
	}
	return i.mode | 0o444
}

// treeFile is an open file.
type treeFile struct {
	*bytes.Reader

	info *treeInfo
}

// Stat describes the file.
func (f *treeFile) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close does nothing: the file is in memory.
func (f *treeFile) Close() error { return nil }

// treeFolder is an open folder.
type treeFolder struct {
	info    *treeInfo
	entries []fs.DirEntry
	read    int
}

// Stat describes the folder.
func (f *treeFolder) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close does nothing.
func (f *treeFolder) Close() error { return nil }

// Read refuses: a folder has no content.
func (f *treeFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.info.name, Err: errors.New("is a folder")}
}

// ReadDir returns the next n entries, or all when n is not positive.
func (f *treeFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := f.entries[f.read:]
	if n > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if n > 0 && n < len(rest) {
		rest = rest[:n]
	}
	f.read += len(rest)
	return slices.Clone(rest), nil
}
