package backup

import (
	"archive/zip"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// passes is how often objects are looked at while git moves them about.
const passes = 3

var errMoved = errors.New("git moved files")

// addRepositories copies bare repositories that somebody may be pushing to.
// What points at objects is copied before the objects: a push in between then
// adds objects nobody points at, not pointers to nothing.
func (a *archive) addRepositories(ctx context.Context, data string) error {
	if _, err := os.Stat(filepath.Join(data, repositories)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	root := os.DirFS(data)
	var objects []string
	err := fs.WalkDir(root, repositories, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "objects" && isRepository(root, path.Dir(name)) {
			objects = append(objects, name)
			if err := a.addFolder(name); err != nil {
				return err
			}
			return fs.SkipDir
		}
		return a.addEntry(ctx, data, name, d, err)
	})
	if err != nil && !errors.Is(err, errMoved) {
		return err
	}
	for _, dir := range objects {
		if err := a.addObjects(ctx, data, dir); err != nil {
			return err
		}
	}
	return nil
}

func isRepository(root fs.FS, dir string) bool {
	_, err := fs.Stat(root, path.Join(dir, "HEAD"))
	return err == nil
}

// addObjects copies objects. Git packs loose ones and then removes them; what
// went away is in a pack that is new, so it looks again.
func (a *archive) addObjects(ctx context.Context, data, dir string) error {
	var moved error
	for range passes {
		moved = nil
		err := fs.WalkDir(os.DirFS(data), dir, func(name string, d fs.DirEntry, err error) error {
			err = a.addEntry(ctx, data, name, d, err)
			if errors.Is(err, errMoved) {
				moved = err
				return nil
			}
			return err
		})
		if err != nil || moved == nil {
			return err
		}
	}
	return fault.New(fault.Unavailable, "Git is rearranging %s.", filepath.Join(data, dir)).
		WithHint("Try again in a moment.").WithCause(moved)
}

// addEntry copies one file or folder of a repository.
func (a *archive) addEntry(ctx context.Context, data, name string, d fs.DirEntry, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return errMoved
	case err != nil:
		return err
	case passing(d.Name()):
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	case d.IsDir():
		return a.addFolder(name)
	case !d.Type().IsRegular():
		return fault.New(fault.Unsupported, "%s is neither a file nor a folder, so it cannot be backed up.", filepath.Join(data, name)).
			WithHint("Move it out of the repositories.")
	case a.written[name]:
		return nil
	}
	method := zip.Deflate
	if strings.Contains(name, "/objects/") {
		method = zip.Store // compressed already
	}
	err = a.addFile(filepath.Join(data, filepath.FromSlash(name)), name, method)
	if errors.Is(err, fs.ErrNotExist) {
		return errMoved
	}
	return err
}

// passing reports whether a name is of something that git is still writing.
func passing(name string) bool {
	return strings.HasSuffix(name, ".lock") || strings.HasPrefix(name, "tmp_") || strings.HasPrefix(name, ".tmp-")
}
