package git

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// CatalogReaderOptions say how repositories are reached. The zero value reads
// what is public.
type CatalogReaderOptions struct {
	// Local returns the folder of a repository that this machine serves itself,
	// so that it is read directly.
	Local func(address string) (folder string, ok bool)
	// Login returns the name and token for an address; both empty for none.
	Login func(address string) (username, password string)
	// Token returns the token to read a file at an address that a file of the
	// location at another address names, "" where it has no business. An empty
	// location lies on this machine. Nil when there is none.
	Token func(location, address string) string
	// API returns under which address the API of a file's host hands it out, "" when
	// it is not known. Nil when there is none.
	API func(page catalog.GitPage) string
	// MaxBytes bounds what a clone may take on disk; 0 means 256 MB.
	MaxBytes int64
	// Timeout bounds how long a clone may take; 0 means two minutes.
	Timeout time.Duration
	// Guard says which addresses may be reached; nil means public ones.
	Guard *Guard
	// ReadHosts are the hosts whose files any location may name by address, such
	// as raw.githubusercontent.com or *.acme.io. Its own host a location may
	// always name.
	ReadHosts []string
}

// CatalogReader reads the catalog's locations: files and folders of this
// machine, repositories, and files on the web. Whatever links they hold, nothing
// outside of a location is read, save what its files name by an address that is
// allowed.
type CatalogReader struct {
	options   CatalogReaderOptions
	web       http.RoundTripper
	webClient *http.Client // for git
	hosts     *webHosts
}

var _ catalog.Reader = (*CatalogReader)(nil)

// NewCatalogReader returns a reader.
func NewCatalogReader(o CatalogReaderOptions) *CatalogReader {
	if o.MaxBytes == 0 {
		o.MaxBytes = 256 << 20
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.Guard == nil {
		o.Guard = &Guard{}
	}
	web := o.Guard.transport()
	return &CatalogReader{options: o, web: web, webClient: &http.Client{Transport: web}, hosts: &webHosts{}}
}

// Open opens a location. Whoever gets the tree closes it.
func (r *CatalogReader) Open(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	switch l.Type {
	case catalog.LocationFile:
		return r.openPath(l.Target)
	case catalog.LocationGit:
		return r.openRepository(ctx, l)
	case catalog.LocationURL:
		return r.openURL(ctx, l)
	default:
		return nil, fault.New(fault.Invalid, "A location of type %q cannot be read.", string(l.Type)).
			WithHint("Use file for a file or folder, git for a repository, url for a file on the web.")
	}
}

// openPath opens the folder around a file or folder that its files may lie in.
func (r *CatalogReader) openPath(target string) (*catalog.Tree, error) {
	// A link that a person names is meant; only those inside are not trusted.
	resolved, err := filepath.EvalSymlinks(target)
	if err != nil {
		return nil, pathFault(target, err)
	}
	info, err := os.Stat(resolved)
	if err != nil {
		return nil, pathFault(target, err)
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "%s is neither a file nor a folder.", target).
			WithHint("Name a catalog file, or the folder it is in.")
	}
	folder := catalog.Boundary(resolved, info.IsDir())
	entry, err := filepath.Rel(folder, resolved)
	if err != nil {
		return nil, fmt.Errorf("find %s in %s: %w", resolved, folder, err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, pathFault(target, err)
	}
	opened, err := root.Open(entry)
	if err != nil {
		return nil, errors.Join(pathFault(target, err), root.Close())
	}
	if err := opened.Close(); err != nil {
		return nil, errors.Join(fmt.Errorf("close %s: %w", target, err), root.Close())
	}
	files := newFolderFS(root)
	return &catalog.Tree{
		FS: files, Entry: filepath.ToSlash(entry), Base: folder, Close: root.Close,
		Signature: files.signature, Fetch: r.fetcher(""),
	}, nil
}

func pathFault(target string, err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fault.New(fault.NotFound, "There is no file or folder %s.", target).
			WithHint("Check how it is written: platform catalog register PATH_OR_URL").WithCause(err)
	case errors.Is(err, os.ErrPermission):
		return fault.New(fault.Forbidden, "The platform is not allowed to read %s.", target).
			WithHint("Make it readable: chmod -R a+rX %s", target).WithCause(err)
	default:
		return fault.New(fault.Invalid, "%s cannot be read.", target).
			WithHint("Name a catalog file, or the folder it is in.").WithCause(err)
	}
}

// openRepository opens the newest commit of a branch.
func (r *CatalogReader) openRepository(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	storer, done, err := r.storage(ctx, l)
	if errors.Is(err, errSame) {
		return &catalog.Tree{Unchanged: true, Fetch: r.fetcher(l.Target)}, nil
	}
	if err != nil {
		return nil, err
	}
	tree, err := treeOf(storer, l)
	if errors.Is(err, errSame) {
		return &catalog.Tree{Unchanged: true, Fetch: r.fetcher(l.Target)}, done()
	}
	if err != nil {
		return nil, errors.Join(err, done())
	}
	tree.Close, tree.Fetch = done, r.fetcher(l.Target)
	tree.Commits = r.changesOf(l, storer, plumbing.NewHash(tree.Commit))
	return tree, nil
}

// treeOf returns the files of the branch that l names, or of the default one.
func treeOf(storer storage.Storer, l catalog.Location) (*catalog.Tree, error) {
	repository, err := gogit.Open(storer, nil)
	if err != nil {
		return nil, fmt.Errorf("open repository %s: %w", l.Target, err)
	}
	id, branch, err := tip(repository, l)
	if err != nil {
		return nil, branchFault(l, err)
	}
	version := versionOf(id, branch)
	if l.Version == version {
		return nil, errSame
	}
	commit, err := repository.CommitObject(id)
	if err != nil {
		return nil, fmt.Errorf("read commit %s of %s: %w", id, l.Target, err)
	}
	root, err := commit.Tree()
	if err != nil {
		return nil, fmt.Errorf("read the files of %s: %w", l.Target, err)
	}
	entry := l.Path
	if entry == "" {
		entry = "."
	}
	files := newTreeFS(storer, root)
	if _, err := files.Stat(entry); err != nil && !catalog.IsPattern(entry) {
		return nil, fault.New(fault.NotFound, "There is no file or folder %s in %s.", l.Path, l.Target).
			WithHint("Check the path and the branch (%s).", branch).WithCause(err)
	}
	return &catalog.Tree{
		FS: files, Entry: entry, Commit: id.String(), Branch: branch,
		Version: func() string { return version }, Signature: files.signature,
	}, nil
}

// versionOf is by what a repository is known to be as it was: entities say from
// which branch they are, so its name counts, too.
func versionOf(id plumbing.Hash, branch string) string { return id.String() + " " + branch }

// localFolder returns the folder of a repository on this machine.
func (r *CatalogReader) localFolder(target string) (string, bool) {
	if r.options.Local != nil {
		if folder, ok := r.options.Local(target); ok {
			return folder, true
		}
	}
	if folder, ok := strings.CutPrefix(target, "file://"); ok {
		return folder, true
	}
	return target, filepath.IsAbs(target)
}

// auth returns what to log in with at an address.
func (r *CatalogReader) auth(address string) transport.AuthMethod {
	u, err := url.Parse(address)
	if r.options.Login == nil || err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	username, password := r.options.Login(address)
	if password == "" {
		return nil
	}
	return &githttp.BasicAuth{Username: username, Password: password}
}
