package git

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/memory"

	"github.com/goldenpath/platform/pipelines"
)

// build makes the objects of a first commit in memory. Nothing of the machine
// gets into them: no clock, no user, no git configuration, no order of a map.
func build(ctx context.Context, c pipelines.Commit) (*memory.Storage, plumbing.Hash, error) {
	storer := memory.NewStorage()
	cfg, err := storer.Config()
	if err != nil {
		return nil, plumbing.ZeroHash, fmt.Errorf("build commit: %w", err)
	}
	// Nothing before it, so there is little to leave out of the pack: looking for
	// files that are like others takes five times as long as sending them.
	cfg.Pack.Window = 0
	root := newFolder()
	for _, file := range sortedFiles(c.Files) {
		if err := ctx.Err(); err != nil {
			return nil, plumbing.ZeroHash, err
		}
		if err := root.add(storer, file); err != nil {
			return nil, plumbing.ZeroHash, err
		}
	}
	tree, err := root.store(storer)
	if err != nil {
		return nil, plumbing.ZeroHash, err
	}
	by := object.Signature{Name: c.Author.Name, Email: c.Author.Email, When: signatureTime(c.Time)}
	commit := &object.Commit{Author: by, Committer: by, Message: strings.TrimRight(c.Message, "\n") + "\n", TreeHash: tree}
	id, err := put(storer, commit)
	if err != nil {
		return nil, plumbing.ZeroHash, fmt.Errorf("build commit: %w", err)
	}
	return storer, id, nil
}

// folder is a tree under construction.
type folder struct {
	files   []object.TreeEntry
	folders map[string]*folder
}

func newFolder() *folder { return &folder{folders: map[string]*folder{}} }

// add stores a file's content and notes where it belongs.
func (f *folder) add(storer *memory.Storage, file pipelines.CommitFile) error {
	if !fs.ValidPath(file.Path) || file.Path == "." || slices.Contains(strings.Split(strings.ToLower(file.Path), "/"), ".git") {
		return fmt.Errorf("%q is no path for a file of a repository", file.Path)
	}
	parts := strings.Split(file.Path, "/")
	at := f
	for _, part := range parts[:len(parts)-1] {
		if at.folders[part] == nil {
			at.folders[part] = newFolder()
		}
		at = at.folders[part]
	}
	blob := storer.NewEncodedObject()
	blob.SetType(plumbing.BlobObject)
	w, err := blob.Writer()
	if err != nil {
		return fmt.Errorf("build blob of %s: %w", file.Path, err)
	}
	if _, err := w.Write(file.Body); err != nil {
		return fmt.Errorf("build blob of %s: %w", file.Path, err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("build blob of %s: %w", file.Path, err)
	}
	id, err := storer.SetEncodedObject(blob)
	if err != nil {
		return fmt.Errorf("build blob of %s: %w", file.Path, err)
	}
	mode := filemode.Regular
	if file.Executable {
		mode = filemode.Executable
	}
	at.files = append(at.files, object.TreeEntry{Name: parts[len(parts)-1], Mode: mode, Hash: id})
	return nil
}

// store stores the tree and those below it.
func (f *folder) store(storer *memory.Storage) (plumbing.Hash, error) {
	entries := slices.Clone(f.files)
	for name, sub := range f.folders {
		id, err := sub.store(storer)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		entries = append(entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: id})
	}
	// git sorts folders as if their names ended in a slash.
	slices.SortFunc(entries, func(a, b object.TreeEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		if names[e.Name] {
			return plumbing.ZeroHash, fmt.Errorf("%q is there twice", e.Name)
		}
		names[e.Name] = true
	}
	id, err := put(storer, &object.Tree{Entries: entries})
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("build tree: %w", err)
	}
	return id, nil
}

func sortName(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

type encoder interface {
	Encode(o plumbing.EncodedObject) error
}

func put(storer *memory.Storage, o encoder) (plumbing.Hash, error) {
	encoded := storer.NewEncodedObject()
	if err := o.Encode(encoded); err != nil {
		return plumbing.ZeroHash, err
	}
	return storer.SetEncodedObject(encoded)
}
