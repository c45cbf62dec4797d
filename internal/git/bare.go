package git

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/memory"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

// bare is a bare repository in a folder of ours. Asking git to take a first
// commit is half a dozen processes that tell each other what we know; so it is
// written here, in the steps and with the locks that git itself has.
type bare struct{ dir string }

// packs is the folder of packs, where git clears drafts away that were left.
func (b bare) packs() string { return filepath.Join(b.dir, "objects", "pack") }

// refs are the references that are in the folder.
func (b bare) refs() (storer.ReferenceStorer, error) {
	if _, err := os.Stat(filepath.Join(b.dir, "HEAD")); err != nil {
		return nil, fmt.Errorf("look for a repository: %w", err)
	}
	return filesystem.NewStorage(osfs.New(b.dir), cache.NewObjectLRU(0)), nil
}

// list returns all references.
func (b bare) list() ([]*plumbing.Reference, error) {
	refs, err := b.refs()
	if err != nil {
		return nil, err
	}
	all, err := refs.IterReferences()
	if err != nil {
		return nil, fmt.Errorf("list references: %w", err)
	}
	var list []*plumbing.Reference
	err = all.ForEach(func(ref *plumbing.Reference) error {
		list = append(list, ref)
		return nil
	})
	return list, err
}

// at returns what a reference points at, the zero hash when it is not there.
func (b bare) at(name plumbing.ReferenceName) (plumbing.Hash, error) {
	refs, err := b.refs()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	ref, err := refs.Reference(name)
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return plumbing.ZeroHash, nil
	}
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("read %s: %w", name, err)
	}
	return ref.Hash(), nil
}

var (
	errOther = errors.New("the reference points elsewhere")
	errHeld  = errors.New("somebody else is at work on the reference")
)

// push makes a reference that is not there yet point at a commit. It is errOther
// when it points at another.
func (b bare) push(objects *memory.Storage, name plumbing.ReferenceName, id plumbing.Hash) error {
	switch there, err := b.at(name); {
	case err != nil:
		return err
	case there == id:
		return nil
	case !there.IsZero():
		return errOther
	}
	if err := writePack(b.packs(), objects); err != nil {
		return err
	}
	return b.point(name, id)
}

// point makes a reference point at a commit. Two processes may go on with one run
// for a moment: they share the lock, and who comes second finds it gone.
func (b bare) point(name plumbing.ReferenceName, id plumbing.Hash) error {
	err := b.replace(name, id)
	if err == nil {
		return nil
	}
	if there, atErr := b.at(name); atErr == nil && there == id {
		return nil
	}
	return err
}

// replace is git's own way: whoever makes the lock file may look and then rename
// it to the reference.
func (b bare) replace(name plumbing.ReferenceName, id plumbing.Hash) error {
	path := filepath.Join(b.dir, filepath.FromSlash(name.String()))
	lock := path + ".lock"
	if err := b.hold(lock, id.String()+"\n"); err != nil {
		return err
	}
	there, err := b.at(name)
	if err == nil && there.IsZero() {
		return os.Rename(lock, path)
	}
	if err == nil && there != id {
		err = errOther
	}
	return errors.Join(err, os.Remove(lock))
}

// hold makes a lock file that nobody else has. It is there with all of its
// content or not at all: so one with ours is what a killed process left of this
// very push, and is gone on with.
func (b bare) hold(lock, content string) error {
	draft, err := writeDraft(b.packs(), []byte(content))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft) }()
	err = os.Link(draft, lock)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = writeNew(lock, []byte(content)) // without hard links, as git does it
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if held, readErr := os.ReadFile(lock); readErr == nil && string(held) == content { // #nosec G304 -- of our own folder
		return nil
	}
	return errHeld
}

// writeDraft writes a new file that is on the disk when it is renamed.
func writeDraft(dir string, content []byte) (path string, err error) {
	draft, err := os.CreateTemp(dir, "tmp_")
	if err != nil {
		return "", err
	}
	return draft.Name(), fill(draft, content)
}

// writeNew writes a file that must not be there yet.
func writeNew(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- of our own folder
	if err != nil {
		return err
	}
	return fill(file, content)
}

// fill writes content and closes the file, which is gone if that fails.
func fill(file *os.File, content []byte) error {
	_, err := file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// explainFolder says in a sentence why a folder could not be read or written.
func explainFolder(to pipelines.Remote, branch string, err error) error {
	switch {
	case errors.Is(err, errOther):
		return taken(to, branch)
	case errors.Is(err, errHeld):
		return fault.New(fault.Unavailable, "Somebody else is pushing to the branch %s of %s.", branch, to.URL).
			WithHint("Try again. If nobody is, what a killed program left is in the way; remove it: rm %s",
				filepath.Join(to.Folder, "refs", "heads", filepath.FromSlash(branch)+".lock"))
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotFound, "There is no repository at %s.", to.URL).WithHint("It may have been removed.").WithCause(err)
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.Forbidden, "The platform may not use %s.", to.URL).
			WithHint("Give the folder to the user that the platform runs as.").WithCause(err)
	}
	return fmt.Errorf("use %s: %w", to.URL, err)
}
