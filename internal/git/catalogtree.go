package git

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

const (
	// maxBlob bounds a file that is read into memory; the catalog's own limits
	// are below it.
	maxBlob = 32 << 20
	// maxLink bounds the text of a link, maxHops how many follow each other.
	maxLink, maxHops = 4096, 8
)

var (
	errLeadsOut  = errors.New("link leads out of the repository")
	errTooMany   = errors.New("links lead in a circle")
	errBlobLarge = errors.New("file is too large")
)

// treeFS is the files of one commit. Links are followed inside the commit and
// nowhere else. go-git's storage is not made for several readers, so they take turns.
type treeFS struct {
	mu      *sync.Mutex
	objects storer.EncodedObjectStorer
	root    *object.Tree
	trees   map[plumbing.Hash]*object.Tree // folders that were looked into
}

// maxTrees bounds how many folders are kept.
const maxTrees = 20_000

var (
	_ fs.StatFS    = (*treeFS)(nil)
	_ fs.ReadDirFS = (*treeFS)(nil)
)

func newTreeFS(objects storer.EncodedObjectStorer, root *object.Tree) *treeFS {
	return &treeFS{mu: &sync.Mutex{}, objects: objects, root: root, trees: map[plumbing.Hash]*object.Tree{}}
}

// Open opens a file or folder.
func (t *treeFS) Open(name string) (fs.File, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, tree, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return &treeFolder{info: info, entries: t.entries(tree)}, nil
	}
	data, err := t.blob(info.hash, maxBlob)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &treeFile{info: info, Reader: bytes.NewReader(data)}, nil
}

// Stat describes a file or folder without reading it.
func (t *treeFS) Stat(name string) (fs.FileInfo, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, _, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	return info, nil
}

// ReadDir lists a folder.
func (t *treeFS) ReadDir(name string) ([]fs.DirEntry, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, tree, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a folder")}
	}
	return t.entries(tree), nil
}

// signature returns the number git gives a file by its content.
func (t *treeFS) signature(name string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, _, err := t.find("stat", name)
	if err != nil || info.IsDir() {
		return "", false
	}
	return info.hash.String(), true
}

// find goes down to name; a link starts the way again from the top.
func (t *treeFS) find(op, name string) (*treeInfo, *object.Tree, error) {
	fail := func(err error) (*treeInfo, *object.Tree, error) {
		return nil, nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	rest, hops := split(name), 0
	tree, at := t.root, ""
	for len(rest) > 0 {
		entry, err := tree.FindEntry(rest[0])
		if err != nil {
			return fail(fs.ErrNotExist)
		}
		switch {
		case entry.Mode == filemode.Symlink:
			target, err := t.blob(entry.Hash, maxLink)
			if err != nil {
				return fail(err)
			}
			if hops++; hops > maxHops {
				return fail(errTooMany)
			}
			next := path.Join(append([]string{at, string(target)}, rest[1:]...)...)
			if path.IsAbs(string(target)) || next == ".." || strings.HasPrefix(next, "../") {
				return fail(errLeadsOut)
			}
			rest, tree, at = split(next), t.root, ""
		case entry.Mode == filemode.Dir:
			if tree, err = t.tree(entry.Hash); err != nil {
				return fail(err)
			}
			at, rest = path.Join(at, rest[0]), rest[1:]
		case len(rest) > 1 || !entry.Mode.IsFile():
			return fail(fs.ErrNotExist)
		default:
			size, err := t.objects.EncodedObjectSize(entry.Hash)
			if errors.Is(err, plumbing.ErrObjectNotFound) {
				size, err = maxBlob+1, nil // it was too large to be fetched
			}
			if err != nil {
				return fail(err)
			}
			return &treeInfo{name: path.Base(name), size: size, hash: entry.Hash}, nil, nil
		}
	}
	return &treeInfo{name: path.Base(name), folder: true}, tree, nil
}

// tree returns a folder.
func (t *treeFS) tree(id plumbing.Hash) (*object.Tree, error) {
	if tree := t.trees[id]; tree != nil {
		return tree, nil
	}
	tree, err := object.GetTree(t.objects, id)
	if err == nil && len(t.trees) < maxTrees {
		t.trees[id] = tree
	}
	return tree, err
}

// size returns the length of a file, 0 when it is not known.
func (t *treeFS) size(id plumbing.Hash) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	size, err := t.objects.EncodedObjectSize(id)
	if err != nil {
		return 0
	}
	return size
}

// split returns the parts of a path, none for the top.
func split(name string) []string {
	if name == "." || name == "" {
		return nil
	}
	return strings.Split(name, "/")
}

func (t *treeFS) blob(id plumbing.Hash, limit int64) ([]byte, error) {
	size, err := t.objects.EncodedObjectSize(id)
	if errors.Is(err, plumbing.ErrObjectNotFound) || err == nil && size > limit {
		return nil, errBlobLarge
	}
	if err != nil {
		return nil, err
	}
	blob, err := object.GetBlob(t.objects, id)
	if err != nil {
		return nil, err
	}
	reader, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(reader, limit))
	return data, errors.Join(err, reader.Close())
}

// entries lists a tree. Links and other repositories are listed as what they
// are: neither file nor folder.
func (t *treeFS) entries(tree *object.Tree) []fs.DirEntry {
	list := make([]fs.DirEntry, 0, len(tree.Entries))
	for _, e := range tree.Entries {
		info := &treeInfo{name: e.Name, hash: e.Hash, folder: e.Mode == filemode.Dir}
		switch {
		case e.Mode == filemode.Symlink:
			info.mode = fs.ModeSymlink
		case e.Mode == filemode.Submodule:
			info.mode = fs.ModeIrregular
		case !info.folder:
			info.of = t // few ask how long what they list is
		}
		list = append(list, fs.FileInfoToDirEntry(info))
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list
}
