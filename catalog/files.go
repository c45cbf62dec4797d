package catalog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// files reads the files of a location within limits. What it is given confines
// itself; files only keeps to regular files that are not too large.
type files struct {
	fs     fs.FS
	web    *web      // files elsewhere; nil when there are none
	used   *[]string // files that placeholders name, when they are noted
	walked *walked
	seen   *seenFiles
	// parsers bound how many documents are parsed at a time; nil does not.
	parsers parsers
	// inside returns the path in the location that an address means, if it does.
	inside func(address string) (name string, ok bool)
	// place says where a file is, for the entities in it; nil when they are not placed.
	place func(file string) placement
	// targets are the lines on which a file's Location entities name others; nil
	// when nobody wants to know.
	targets map[string]int
	// lines are where entities of a file refer to others, and to their documents;
	// nil when nobody wants to know.
	lines referenceLines
}

// walked counts what was passed by while looking for files: a few objects of
// git can pretend to be more folders than there are atoms.
type walked struct {
	ctx  context.Context // fs.WalkDir has no other way to end with the reading
	left int
}

// step reports whether looking for files goes on.
func (w *walked) step() bool {
	w.left--
	return w.left >= 0 && w.ctx.Err() == nil
}

func newFiles(ctx context.Context, tree *Tree, l Limits) *files {
	f := &files{fs: tree.FS, walked: &walked{ctx: ctx, left: l.Walked}, seen: &seenFiles{}}
	if tree.Fetch != nil {
		f.web = newWeb(ctx, tree, l)
	}
	return f
}

// noting returns the same files, and notes which of them placeholders name.
func (f *files) noting() *files {
	other := *f
	other.used = new([]string)
	return &other
}

// included returns which files were named, each once.
func (f *files) included() []string {
	slices.Sort(*f.used)
	return slices.Compact(*f.used)
}

// include reads a file that a placeholder names.
func (f *files) include(name string, limit int64) ([]byte, *Problem) {
	if f.used != nil {
		*f.used = append(*f.used, name)
	}
	return f.read(name, limit)
}

// read returns a file's content, or why there is none.
func (f *files) read(name string, limit int64) ([]byte, *Problem) {
	if isAddress(name) {
		return f.web.read(name, limit)
	}
	file, size, problem := f.open(name, limit)
	if problem != nil {
		return nil, problem
	}
	defer file.Close()
	data, err := readAll(io.LimitReader(file, limit+1), size)
	if err != nil {
		return nil, readProblem(name, err)
	}
	if int64(len(data)) > limit {
		return nil, tooLarge(name, limit)
	}
	return data, nil
}

// regularFS is a file system that can open a file and tell what it is at once,
// without waiting and without reading it.
type regularFS interface {
	OpenRegular(name string) (fs.File, fs.FileInfo, error)
}

// open opens a regular file that is not too large.
func (f *files) open(name string, limit int64) (fs.File, int64, *Problem) {
	if regular, ok := f.fs.(regularFS); ok {
		file, info, err := regular.OpenRegular(name)
		if err != nil {
			return nil, 0, readProblem(name, err)
		}
		problem := sizeProblem(name, info, limit)
		if problem != nil {
			_ = file.Close()
		}
		return file, info.Size(), problem
	}
	// Looking before opening: opening a pipe would wait for somebody to write, and
	// some file systems read the whole file.
	info, err := fs.Stat(f.fs, name)
	if err != nil {
		return nil, 0, readProblem(name, err)
	}
	if problem := sizeProblem(name, info, limit); problem != nil {
		return nil, 0, problem
	}
	file, err := f.fs.Open(name)
	if err != nil {
		return nil, 0, readProblem(name, err)
	}
	return file, info.Size(), nil
}

// sizeProblem returns why a file is none to read, nil when it is one.
func sizeProblem(name string, info fs.FileInfo, limit int64) *Problem {
	switch {
	case !info.Mode().IsRegular():
		return &Problem{File: name, Message: name + " is not a regular file.", Hint: "Name a file, not a folder or device."}
	case info.Size() > limit:
		return tooLarge(name, limit)
	}
	return nil
}

// readAll reads r, of which about size bytes are expected.
func readAll(r io.Reader, size int64) ([]byte, error) {
	content := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead)) // room enough to notice the end
	_, err := content.ReadFrom(r)
	return content.Bytes(), err
}

// check returns why name cannot be a file to read, nil when it can.
func (f *files) check(name string) *Problem {
	if isAddress(name) {
		return f.web.check(name)
	}
	_, problem := f.size(name)
	return problem
}

// absent reports whether the source says that it has no such file. What lies
// elsewhere, and what cannot be looked at, may still be there.
func (f *files) absent(name string) bool {
	if isAddress(name) {
		return false
	}
	_, err := fs.Stat(f.fs, name)
	return errors.Is(err, fs.ErrNotExist)
}

// size returns the length of a file inside the location, or why it is none.
func (f *files) size(name string) (int64, *Problem) {
	info, err := fs.Stat(f.fs, name)
	if err != nil {
		return 0, readProblem(name, err)
	}
	if problem := sizeProblem(name, info, info.Size()); problem != nil {
		return 0, problem
	}
	return info.Size(), nil
}

func tooLarge(name string, limit int64) *Problem {
	size := strconv.FormatInt(limit>>20, 10) + " MB"
	if limit < 1<<20 {
		size = strconv.FormatInt(limit, 10) + " bytes"
	}
	return &Problem{File: name, Message: name + " is larger than " + size + ".", Hint: "Split it into several files."}
}

// isCatalogFile reports whether a file is called what catalog files are called.
func isCatalogFile(name string) bool {
	switch path.Base(name) {
	case "catalog-info.yaml", "catalog-info.yml":
		return true
	}
	return false
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// find returns the catalog files of a folder, sorted. A catalog-info.yaml at
// its top speaks for the whole folder and names further files itself. Without
// one, those further down count; and when there is none at all, every YAML file
// that starts like an entity.
func (f *files) find(folder string, l Limits) ([]string, *Problem) {
	for _, name := range []string{"catalog-info.yaml", "catalog-info.yml"} {
		if _, err := fs.Stat(f.fs, path.Join(folder, name)); err == nil {
			return []string{path.Join(folder, name)}, nil
		}
	}
	var named, others []string
	seen := newSeenFiles()
	err := fs.WalkDir(f.fs, folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case !f.walked.step():
			seen.cut = true
			return fs.SkipAll
		case err != nil && name == folder:
			return err
		case err != nil:
			seen.unread(name)
			return nil //nolint:nilerr // a folder nobody may read does not hide the others
		}
		pass := entry.IsDir() && name != folder && skipped(entry.Name())
		seen.add(name, entry, pass)
		switch {
		case pass:
			return fs.SkipDir
		case isCatalogFile(name):
			named = append(named, name)
		case isYAML(name) && len(others) <= l.Files:
			others = append(others, name)
		}
		if len(named) > l.Files { // one more than is read, so that the limit is noticed
			seen.cut = true
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return nil, readProblem(folder, err)
	}
	if !seen.cut {
		*f.seen = seen
	}
	if len(named) == 0 {
		named = slices.DeleteFunc(others, func(name string) bool { return !f.looksLikeEntities(name) })
	}
	slices.Sort(named)
	return named, nil
}

// skipped are folders in which other people's catalog files lie.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

// looksLikeEntities reads the start of a file.
func (f *files) looksLikeEntities(name string) bool {
	info, err := fs.Stat(f.fs, name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	file, err := f.fs.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, 64<<10))
	if err != nil {
		return false
	}
	for line := range bytes.Lines(head) {
		version, found := bytes.CutPrefix(line, []byte("apiVersion:"))
		version = bytes.Trim(version, " \t\r\n\"'")
		if found && (bytes.HasPrefix(version, []byte("backstage.io/")) ||
			bytes.HasPrefix(version, []byte("scaffolder.backstage.io/"))) {
			return true
		}
	}
	return false
}
