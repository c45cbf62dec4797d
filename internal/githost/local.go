// Package githost keeps repositories on git hosts: bare ones in the data
// directory, which it also serves over HTTP, and GitHub. It creates, finds and
// removes them and says where to push; it does not speak git itself.
package githost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

// LocalName is the name of the host in the data directory.
const LocalName = "local"

// Local keeps bare repositories in a folder.
type Local struct {
	dir       string
	publicURL string
	name      *regexp.Regexp
}

// NewLocal returns the host whose repositories are in dir. publicURL is where
// the portal is reached; repositories are served there below /git/.
func NewLocal(dir, publicURL string) *Local {
	return &Local{dir: dir, publicURL: strings.TrimSuffix(publicURL, "/"), name: regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$`)}
}

var _ pipelines.Host = (*Local)(nil)

// Name returns "local".
func (*Local) Name() string { return LocalName }

// Find returns the repository of that name, if there is one.
func (l *Local) Find(_ context.Context, name string) (pipelines.Repository, bool, error) {
	path, err := l.path(name)
	if err != nil {
		return pipelines.Repository{}, false, err
	}
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, statErr := os.Lstat(path); errors.Is(statErr, fs.ErrNotExist) {
			return pipelines.Repository{}, false, nil
		}
		// It may have come between the two looks. One that somebody put there by
		// hand has no key.
		if key, err = readKey(path); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err != nil {
		return pipelines.Repository{}, false, fmt.Errorf("look for repository %s: %w", name, err)
	}
	return l.repository(name, path, key), true, nil
}

// Made returns the repository that was made with the same key.
func (l *Local) Made(ctx context.Context, n pipelines.NewRepository) (pipelines.Repository, bool, error) {
	found, ok, err := l.Find(ctx, n.Name)
	return found, ok && found.ID == n.Key, err
}

// Create makes an empty bare repository. It is put together beside its place and
// renamed into it, so it is there as a whole or not at all; and a rename onto
// one that exists fails, so two that want the name cannot both have it.
func (l *Local) Create(ctx context.Context, n pipelines.NewRepository) (pipelines.Repository, error) {
	path, err := l.path(n.Name)
	if err != nil {
		return pipelines.Repository{}, err
	}
	if found, ok, err := l.existing(ctx, n); ok || err != nil {
		return found, err
	}
	// Of its own each: two processes may go on with one run for a moment.
	drafts := filepath.Join(l.dir, ".new-"+strings.ReplaceAll(n.Key, "/", "-"))
	if err := os.MkdirAll(l.dir, 0o750); err != nil {
		return pipelines.Repository{}, fmt.Errorf("make repository %s: %w", n.Name, err)
	}
	draft, err := os.MkdirTemp(l.dir, filepath.Base(drafts)+"+")
	if err != nil {
		return pipelines.Repository{}, fmt.Errorf("make repository %s: %w", n.Name, err)
	}
	if err = writeBare(draft, n); err == nil {
		err = os.Rename(draft, path)
	}
	found, ok, existErr := l.existing(ctx, n)
	if ok || existErr != nil {
		removeDrafts(drafts)
		return found, errors.Join(existErr, os.RemoveAll(draft))
	}
	return pipelines.Repository{}, fmt.Errorf("make repository %s: %w", n.Name, err)
}

// removeDrafts removes what killed processes put together with one key, which
// nobody needs once a repository is in its place. One that is not dead yet may
// be in the way: it removes its own.
func removeDrafts(drafts string) {
	left, _ := filepath.Glob(drafts + "+*")      // the pattern is ours
	for _, draft := range append(left, drafts) { // as programs before this one called it
		_ = os.RemoveAll(draft)
	}
}

// existing returns the repository made with the same key, and refuses another.
func (l *Local) existing(ctx context.Context, n pipelines.NewRepository) (pipelines.Repository, bool, error) {
	found, ok, err := l.Find(ctx, n.Name)
	if err != nil || !ok {
		return found, false, err
	}
	if found.ID != n.Key {
		return found, false, fault.New(fault.Conflict, "There is a repository called %q already, in %s.", n.Name, found.LocalPath).
			WithHint("Choose another name.")
	}
	return found, true, nil
}

// Delete removes a repository made with the same key.
func (l *Local) Delete(ctx context.Context, r pipelines.Repository) error {
	path, err := l.path(r.Name)
	if err != nil {
		return err
	}
	// Out of the way first: a removal that is cut short leaves no half repository.
	gone := filepath.Join(l.dir, ".gone-"+strings.ReplaceAll(r.ID, "/", "-"))
	if found, ok, err := l.Find(ctx, r.Name); err != nil {
		return err
	} else if ok && found.ID == r.ID && r.ID != "" {
		if err := errors.Join(os.RemoveAll(gone), os.Rename(path, gone)); err != nil {
			return fmt.Errorf("remove repository %s: %w", r.Name, err)
		}
	}
	if err := os.RemoveAll(gone); err != nil {
		return fmt.Errorf("remove repository %s: %w", r.Name, err)
	}
	return nil
}

// Remote returns the folder of the repository: whoever may run the server may
// write there. Where somebody has put hooks, which programs of git run, it is
// pushed to with git.
func (*Local) Remote(_ context.Context, r pipelines.Repository) (pipelines.Remote, error) {
	remote := pipelines.Remote{URL: r.LocalPath}
	hooks, err := os.ReadDir(filepath.Join(r.LocalPath, "hooks"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return remote, fmt.Errorf("look for hooks of %s: %w", r.Name, err)
	}
	if len(hooks) == 0 {
		remote.Folder = r.LocalPath
	}
	return remote, nil
}

// Folder returns where the repository is that has this clone address. The address
// may be one under which the portal was reached before: on this machine the path
// tells.
func (l *Local) Folder(address string) (string, bool) {
	rest, ours := strings.CutPrefix(address, l.publicURL+"/git/")
	if !ours {
		u, err := url.Parse(address)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !isLoopback(u.Hostname()) {
			return "", false
		}
		if rest, ours = strings.CutPrefix(u.Path, "/git/"); !ours {
			return "", false
		}
	}
	name, found := strings.CutSuffix(rest, ".git")
	if !found {
		return "", false
	}
	path, err := l.path(name)
	if err != nil {
		return "", false
	}
	info, err := os.Stat(path)
	return path, err == nil && info.IsDir()
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// path returns where the repository of that name is. The name is confined to
// one harmless path element.
func (l *Local) path(name string) (string, error) {
	if !l.name.MatchString(name) || strings.HasSuffix(name, ".git") {
		return "", fault.New(fault.Invalid, "%q cannot be the name of a repository.", name).
			WithHint("Use letters, digits, dashes and dots, for example: orders")
	}
	return filepath.Join(l.dir, name+".git"), nil
}

func (l *Local) repository(name, path, key string) pipelines.Repository {
	return pipelines.Repository{
		Host: LocalName, Name: name, ID: key, LocalPath: path,
		CloneURL: l.publicURL + "/git/" + name + ".git",
		WebURL:   l.publicURL + "/catalog/component/default/" + url.PathEscape(name),
	}
}

// keyFile holds the key with which a repository was made.
const keyFile = "platform-key"

func readKey(path string) (string, error) {
	data, err := os.ReadFile(filepath.Join(path, keyFile)) // #nosec G304 -- the name was checked
	return strings.TrimSpace(string(data)), err
}

// writeBare writes what git takes for an empty bare repository.
func writeBare(dir string, n pipelines.NewRepository) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	for _, folder := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags", "hooks"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(folder)), 0o750); err != nil {
			return err
		}
	}
	files := map[string]string{
		"HEAD":        "ref: refs/heads/" + pipelines.MainBranch + "\n",
		"config":      "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n",
		"description": firstLine(n.Description, n.Name) + "\n",
		keyFile:       n.Key + "\n",
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func firstLine(s, otherwise string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if line == "" {
		return otherwise
	}
	return line
}
