package git

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// maxWebFiles bounds how many files are asked for in one location on the web.
const maxWebFiles = 5000

var errTooManyFiles = errors.New("the location has too many files")

// openURL opens a file on the web. Files that it names by relative paths are
// got from the same host.
func (r *CatalogReader) openURL(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	u, err := url.Parse(l.Target)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s is not an address.", l.Target).WithHint("Write it like https://HOST/PATH").WithCause(err)
	}
	entry := strings.TrimPrefix(path.Clean("/"+u.Path), "/")
	if entry == "" || !fs.ValidPath(entry) {
		return nil, fault.New(fault.Invalid, "%s names no file.", l.Target).WithHint("Name a catalog file, such as https://HOST/catalog-info.yaml")
	}
	w := &webFS{reader: r, root: u, entry: entry, ctx: ctx, known: map[string]string{}, files: map[string]*gotFile{}}
	w.left.Store(r.options.MaxBytes)
	if l.Version != "" && json.Unmarshal([]byte(l.Version), &w.known) != nil {
		w.known = map[string]string{}
	}
	if len(w.known) > 0 && w.unchanged() {
		return &catalog.Tree{Unchanged: true, Fetch: r.fetcher(l.Target)}, nil
	}
	if _, err := w.content(entry); err != nil {
		return nil, err
	}
	return &catalog.Tree{FS: w, Entry: entry, Version: w.version, Signature: w.signature, Fetch: r.fetcher(l.Target)}, nil
}

// webFS is files of one host, got when they are opened.
type webFS struct {
	reader *CatalogReader
	root   *url.URL
	entry  string
	ctx    context.Context // fs.FS has no other way to end with the reading

	mu    sync.Mutex
	known map[string]string // versions of the last reading, by path
	files map[string]*gotFile
	left  atomic.Int64 // bytes
}

var _ fs.StatFS = (*webFS)(nil)

// address returns where a file is. Only the file that was registered has a query.
func (w *webFS) address(name string) string {
	if name == w.entry {
		return w.root.String()
	}
	return (&url.URL{Scheme: w.root.Scheme, Host: w.root.Host, Path: "/" + name}).String()
}

// ask asks for a file; known is the version that somebody has.
func (w *webFS) ask(name, known string) (webFile, error) {
	address := w.address(name)
	return w.reader.get(w.ctx, webRequest{
		address: address, shown: address, limit: maxBlob, known: known, accept: acceptFile, token: w.reader.tokenFor(w.root.String()),
	})
}

// unchanged reports whether the host still has every file of the last reading.
func (w *webFS) unchanged() bool {
	var other atomic.Bool
	group := errgroup.Group{}
	group.SetLimit(webPlaces)
	for name, version := range w.known {
		group.Go(func() error {
			asked := version
			if version == noFile {
				asked = ""
			}
			file, err := w.ask(name, asked)
			if err != nil && (version != noFile || !fault.Is(err, fault.NotFound)) || err == nil && file.version != version {
				other.Store(true)
			}
			if err == nil && len(file.data) > 0 {
				w.mu.Lock()
				w.files[name] = &gotFile{got: sync.OnceValues(func() (*webFile, error) { return &file, nil })}
				w.mu.Unlock()
			}
			return nil
		})
	}
	_ = group.Wait() // none of them fails
	return !other.Load()
}

// noFile is the version of what is not there.
const noFile = "none"

// gotFile is a file that is got once.
type gotFile struct{ got func() (*webFile, error) }

// content returns a file.
func (w *webFS) content(name string) (*webFile, error) {
	w.mu.Lock()
	file := w.files[name]
	if file == nil && len(w.files) >= maxWebFiles {
		w.mu.Unlock()
		return nil, errTooManyFiles
	}
	if file == nil {
		file = &gotFile{got: sync.OnceValues(func() (*webFile, error) {
			got, err := w.ask(name, "")
			if err != nil {
				return nil, err
			}
			if w.left.Add(-int64(len(got.data))) < 0 {
				return nil, errTooLarge
			}
			return &got, nil
		})}
		w.files[name] = file
	}
	w.mu.Unlock()
	return file.got()
}

// version tells the versions of all files that were got.
func (w *webFS) version() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	versions := make(map[string]string, len(w.files))
	for name, file := range w.files {
		got, err := file.got()
		switch {
		case err == nil:
			versions[name] = got.version
		case fault.Is(err, fault.NotFound):
			versions[name] = noFile
		default:
			return "" // it may be had next time
		}
	}
	text, err := json.Marshal(versions)
	if err != nil {
		return ""
	}
	return string(text)
}

func (w *webFS) signature(name string) (string, bool) {
	file, err := w.content(name)
	if err != nil {
		return "", false
	}
	return file.version, true
}

// Open gets a file.
func (w *webFS) Open(name string) (fs.File, error) {
	file, err := w.find("open", name)
	if err != nil {
		return nil, err
	}
	return &treeFile{info: &treeInfo{name: path.Base(name), size: int64(len(file.data))}, Reader: bytes.NewReader(file.data)}, nil
}

// Stat describes a file.
func (w *webFS) Stat(name string) (fs.FileInfo, error) {
	file, err := w.find("stat", name)
	if err != nil {
		return nil, err
	}
	return &treeInfo{name: path.Base(name), size: int64(len(file.data))}, nil
}

func (w *webFS) find(op, name string) (*webFile, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	file, err := w.content(name)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return file, nil
}
