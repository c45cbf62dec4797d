package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-billy/v5/osfs"
	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/storage"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

var errTooLarge = errors.New("more bytes than allowed")

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

// clone fetches the newest commit of a branch, or of a tag of that name.
func (r *CatalogReader) clone(ctx context.Context, l catalog.Location, folder string) (storage.Storer, error) {
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	names := []plumbing.ReferenceName{""}
	if l.Branch != "" {
		names = []plumbing.ReferenceName{plumbing.NewBranchReferenceName(l.Branch), plumbing.NewTagReferenceName(l.Branch)}
	}
	var err error
	for i, name := range names {
		limited := &limitedFS{Filesystem: osfs.New(fmt.Sprintf("%s/%d", folder, i)), left: new(atomic.Int64)}
		limited.left.Store(r.options.MaxBytes)
		storer := filesystem.NewStorage(limited, cache.NewObjectLRU(16*cache.MiByte))
		_, err = gogit.CloneContext(ctx, storer, nil, &gogit.CloneOptions{
			URL: l.Target, Auth: r.auth(l.Target), ReferenceName: name,
			SingleBranch: true, Depth: 1, Tags: gogit.NoTags,
		})
		if err == nil {
			return storer, nil
		}
		if !missingRef(err) {
			break
		}
	}
	return nil, r.cloneFault(ctx, l, err)
}

func missingRef(err error) bool {
	var noMatch gogit.NoMatchingRefSpecError
	return errors.Is(err, plumbing.ErrReferenceNotFound) || errors.As(err, &noMatch)
}

// cloneFault says in a sentence why a repository could not be fetched.
func (r *CatalogReader) cloneFault(ctx context.Context, l catalog.Location, err error) error {
	switch {
	case missingRef(err):
		return branchFault(l, err)
	case errors.Is(err, errTooLarge):
		return fault.New(fault.TooLarge, "The repository %s is larger than %d MB.", l.Target, r.options.MaxBytes>>20).
			WithHint("Register a smaller repository that holds the catalog files.").WithCause(err)
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return branchFault(catalog.Location{Target: l.Target}, err)
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return fault.New(fault.NotFound, "There is no repository at %s.", l.Target).
			WithHint("Check the address; a private repository also needs a token.").WithCause(err)
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return fault.New(fault.Forbidden, "The git host does not let us read %s.", l.Target).
			WithHint("Configure a token that may read the repository.").WithCause(err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "Reading %s took longer than %s.", l.Target, r.options.Timeout).
			WithHint("Try again, or register a smaller repository.").WithCause(err)
	case ctx.Err() != nil:
		return fmt.Errorf("clone %s: %w", l.Target, ctx.Err())
	case strings.Contains(err.Error(), "unsupported scheme"):
		return fault.New(fault.Invalid, "%s is not an address git understands.", l.Target).
			WithHint("Use https://HOST/OWNER/REPOSITORY.git or git@HOST:OWNER/REPOSITORY.git").WithCause(err)
	}
	return fault.New(fault.Unavailable, "The git repository at %s could not be reached.", l.Target).
		WithHint("Check the address and that the host is up, then try again.").WithCause(err)
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
