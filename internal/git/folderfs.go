package git

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// folderFS is a folder on this machine. Finding a file below it takes a few
// system calls a level, so a file is looked up once to be read and signed.
type folderFS struct {
	fs.FS // of root

	root     *os.Root
	workTree bool // of git

	mu   sync.Mutex
	read map[string]string // signatures of what was read and not signed yet
}

var (
	_ fs.StatFS    = (*folderFS)(nil)
	_ fs.ReadDirFS = (*folderFS)(nil)
)

func newFolderFS(root *os.Root) *folderFS {
	info, err := root.Lstat(".git")
	return &folderFS{FS: root.FS(), root: root, workTree: err == nil && info != nil, read: map[string]string{}}
}

// Stat looks at a file.
func (f *folderFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(f.FS, name) }

// ReadDir lists a folder.
func (f *folderFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }

// OpenRegular opens a file to read it, and tells what it is. It does not wait
// for whoever writes into a pipe.
func (f *folderFS) OpenRegular(name string) (fs.File, fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if f.hidden(name) {
		return nil, nil, &fs.PathError{Op: "open", Path: name, Err: errLeadsOut}
	}
	file, err := f.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	f.mu.Lock()
	f.read[name] = pathSignature(info)
	f.mu.Unlock()
	return file, info, nil
}

// hidden reports whether a link leads into the folder of git itself, where
// tokens to log in with may be. By its own name nobody gets there.
func (f *folderFS) hidden(name string) bool {
	if !f.workTree {
		return false
	}
	resolved, err := filepath.EvalSymlinks(filepath.Join(f.root.Name(), filepath.FromSlash(name)))
	if err != nil {
		return false // opening it says why
	}
	inside, err := filepath.Rel(f.root.Name(), resolved)
	return err != nil || slices.Contains(strings.Split(inside, string(filepath.Separator)), ".git")
}

// signature tells whether a file changed, as it was when it was read, or now.
func (f *folderFS) signature(name string) (string, bool) {
	f.mu.Lock()
	signature, read := f.read[name]
	delete(f.read, name) // who asks again wants to know how it is then
	f.mu.Unlock()
	if !read {
		info, err := f.Stat(name)
		if err != nil {
			return "", false
		}
		signature = pathSignature(info)
	}
	return signature, signature != ""
}

// settled is how old a change to a file must be: clocks of file systems are
// coarse, and two changes may bear one time.
const settled = 2 * time.Second

// pathSignature tells by size, times and number whether a file changed, "" when
// that cannot be told.
func pathSignature(info fs.FileInfo) string {
	if time.Since(info.ModTime()) < settled {
		return ""
	}
	return strconv.FormatInt(info.Size(), 10) + " " + strconv.FormatInt(info.ModTime().UnixNano(), 10) + " " + identity(info)
}
