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

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// maxWebFiles bounds how many files are asked for in one location on the web.
const maxWebFiles = 500

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
	w := &webFS{reader: r, root: u, entry: entry, ctx: ctx, known: map[string]string{}, files: map[string]*webFile{}}
	if l.Version != "" && json.Unmarshal([]byte(l.Version), &w.known) != nil {
		w.known = map[string]string{}
	}
	if len(w.known) > 0 && w.unchanged() {
		return &catalog.Tree{Unchanged: true}, nil
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
	files map[string]*webFile
}

var _ fs.StatFS = (*webFS)(nil)

// address returns where a file is. Only the file that was registered has a query.
func (w *webFS) address(name string) string {
	if name == w.entry {
		return w.root.String()
	}
	return (&url.URL{Scheme: w.root.Scheme, Host: w.root.Host, Path: "/" + name}).String()
}

// unchanged reports whether the host still has every file of the last reading.
func (w *webFS) unchanged() bool {
	same := true
	for name, version := range w.known {
		file, err := w.reader.get(w.ctx, w.address(name), maxBlob, version, nil)
		if err != nil || file.version != version {
			same = false
		}
		if err == nil && !file.unchanged {
			w.files[name] = &file
		}
	}
	return same
}

// content returns a file.
func (w *webFS) content(name string) (*webFile, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if file := w.files[name]; file != nil {
		return file, nil
	}
	if len(w.files) >= maxWebFiles {
		return nil, errTooManyFiles
	}
	file, err := w.reader.get(w.ctx, w.address(name), maxBlob, "", nil)
	if err != nil {
		return nil, err
	}
	w.files[name] = &file
	return &file, nil
}

// version tells the versions of all files that were got.
func (w *webFS) version() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	versions := make(map[string]string, len(w.files))
	for name, file := range w.files {
		versions[name] = file.version
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
