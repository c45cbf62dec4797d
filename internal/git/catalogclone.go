package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/osfs"
	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

var (
	errTooLarge = errors.New("more bytes than allowed")
	errSame     = errors.New("the repository is as it was")
)

// storage returns the objects of a repository and what to do when it is no
// longer needed. Remote ones are cloned without history into a temporary folder.
func (r *CatalogReader) storage(ctx context.Context, l catalog.Location) (storage.Storer, func() error, error) {
	if folder, local := r.localFolder(l.Target); local {
		repository, err := gogit.PlainOpen(folder)
		if err != nil {
			return nil, nil, fault.New(fault.NotFound, "There is no repository at %s.", l.Target).
				WithHint("Check how it is written: platform catalog register PATH_OR_URL").WithCause(err)
		}
		return repository.Storer, func() error { return nil }, nil
	}
	folder, err := os.MkdirTemp("", "platform-catalog-*")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder for %s: %w", l.Target, err)
	}
	done := func() error { return os.RemoveAll(folder) }
	storer, err := r.clone(ctx, l, folder)
	if err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return storer, done, nil
}

// clone fetches the newest commit of a branch, or of a tag of that name, unless
// it is the one that is known.
func (r *CatalogReader) clone(ctx context.Context, l catalog.Location, folder string) (storage.Storer, error) {
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	storer, err := r.fetch(ctx, l, folder)
	if err != nil && !errors.Is(err, errSame) {
		return nil, r.fetchFault(ctx, l, err)
	}
	return storer, err
}

func (r *CatalogReader) fetch(ctx context.Context, l catalog.Location, folder string) (_ storage.Storer, err error) {
	from, err := r.connect(ctx, l.Target)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.session.Close()) }()
	id, name, err := from.tip(l)
	if err != nil {
		return nil, err
	}
	if l.Version != "" && l.Version == versionOf(from.commitOf(id, name), name.Short()) {
		return nil, errSame
	}
	limited := &limitedFS{Filesystem: osfs.New(folder), left: new(atomic.Int64)}
	limited.left.Store(r.options.MaxBytes)
	storer := filesystem.NewStorage(limited, cache.NewObjectLRU(16*cache.MiByte))
	return storer, from.fetch(ctx, storer, id, name)
}

// limitedFS counts what is written, so that a repository cannot fill the disk.
type limitedFS struct {
	billy.Filesystem

	left *atomic.Int64
}

type limitedFile struct {
	billy.File

	left *atomic.Int64
}

// Write writes as long as something is left.
func (f *limitedFile) Write(p []byte) (int, error) {
	if f.left.Add(-int64(len(p))) < 0 {
		return 0, errTooLarge
	}
	return f.File.Write(p)
}

func (l *limitedFS) file(f billy.File, err error) (billy.File, error) {
	if err != nil {
		return nil, err
	}
	return &limitedFile{File: f, left: l.left}, nil
}

// Create opens a new file.
func (l *limitedFS) Create(name string) (billy.File, error) { return l.file(l.Filesystem.Create(name)) }

// OpenFile opens a file.
func (l *limitedFS) OpenFile(name string, flag int, perm os.FileMode) (billy.File, error) {
	return l.file(l.Filesystem.OpenFile(name, flag, perm))
}

// TempFile makes a file nobody else uses.
func (l *limitedFS) TempFile(dir, prefix string) (billy.File, error) {
	return l.file(l.Filesystem.TempFile(dir, prefix))
}

// Chroot narrows to a folder; what is left is shared.
func (l *limitedFS) Chroot(name string) (billy.Filesystem, error) {
	inner, err := l.Filesystem.Chroot(name)
	if err != nil {
		return nil, err
	}
	return &limitedFS{Filesystem: inner, left: l.left}, nil
}
