package proposal

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

const (
	maxFiles = 20_000
	maxDepth = 8
)

// MaxHead is how many bytes of a file are looked at.
const MaxHead = 64 << 10

// looker knows the files of a repository.
type looker struct {
	read   func(name string) string
	files  []string // sorted
	parent *looker  // that reads for it, when it knows only a folder
	folder string   // of the parent

	bound  int               // how many may be read; 0: all
	kept   map[string]string // what was read, where that is bounded
	missed map[string]bool   // what was not, for that reason
	runs   *string           // what deployment found, once it looked
}

// list returns the files of a repository, without those of others.
func list(fsys fs.FS) []string {
	var files []string
	_ = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // a folder nobody may read does not hide the others
		case entry.IsDir() && name != "." && (foreign(entry.Name()) || strings.Count(name, "/") >= maxDepth):
			return fs.SkipDir
		case entry.Type().IsRegular():
			files = append(files, name)
		}
		if len(files) >= maxFiles {
			return fs.SkipAll
		}
		return nil
	})
	slices.Sort(files)
	return files
}

// foreign are folders with files of others, and with samples.
func foreign(folder string) bool {
	switch folder {
	case "node_modules", "vendor", "third_party", "testdata", "fixtures", "dist", "build", "target", "examples":
		return true
	}
	return strings.HasPrefix(folder, ".") && folder != ".github" && folder != ".gitlab"
}

func (l *looker) has(name string) bool {
	_, found := slices.BinarySearch(l.files, name)
	return found
}

// named returns the first file whose name matches a pattern.
func (l *looker) named(patterns ...string) string {
	for _, pattern := range patterns {
		for _, name := range l.files {
			if ok, err := path.Match(pattern, path.Base(name)); err == nil && ok {
				return name
			}
		}
	}
	return ""
}

// below returns a looker that knows only a folder.
func (l *looker) below(folder string) *looker {
	sub := &looker{parent: l, folder: folder, bound: l.bound}
	for _, name := range l.files {
		if inside, ok := strings.CutPrefix(name, folder+"/"); ok {
			sub.files = append(sub.files, inside)
		}
	}
	return sub
}

// without returns a looker that does not see some folders.
func (l *looker) without(folders []string) *looker {
	if len(folders) == 0 {
		return l
	}
	rest := &looker{parent: l, bound: l.bound}
	for _, name := range l.files {
		if !slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(name, folder+"/") }) {
			rest.files = append(rest.files, name)
		}
	}
	return rest
}

// miss notes that a file may say more and was not read.
func (l *looker) miss(name string) {
	if l.parent != nil {
		l.parent.miss(path.Join(l.folder, name))
		return
	}
	l.missed[name] = true
}

// head returns the start of a file, "" when it cannot be read, or no more may be.
func (l *looker) head(name string) string {
	if l.parent != nil {
		return l.parent.head(path.Join(l.folder, name))
	}
	if l.bound == 0 {
		return l.read(name)
	}
	if known, ok := l.kept[name]; ok {
		return known
	}
	if len(l.kept) >= l.bound {
		l.miss(name)
		return ""
	}
	l.kept[name] = l.read(name)
	return l.kept[name]
}

// head returns the start of a file, "" when it cannot be read.
func head(fsys fs.FS, name string) string {
	f, err := fsys.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	start, err := io.ReadAll(io.LimitReader(f, MaxHead))
	if err != nil {
		return ""
	}
	return string(start)
}
