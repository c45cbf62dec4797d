package catalog

import (
	"io/fs"
	"path"
	"strings"
)

// seenFiles is what was passed on the way to catalog files, as far as documents
// are about it: looking for those needs no folder to be read twice.
type seenFiles struct {
	names   map[string]bool // folders, documents, and what may be either
	folders map[string]bool // whose content is in names
	cut     bool            // not all was passed
}

func newSeenFiles() seenFiles {
	return seenFiles{names: map[string]bool{}, folders: map[string]bool{}}
}

// add notes what was passed. The content of a folder that is passed by is not known.
func (s *seenFiles) add(name string, entry fs.DirEntry, passedBy bool) {
	if entry.IsDir() && !passedBy {
		s.folders[name] = true
	}
	if mayBeDocs(name) || !entry.Type().IsRegular() {
		s.names[name] = true
	}
}

// unread notes that a folder could not be read.
func (s *seenFiles) unread(folder string) { delete(s.folders, folder) }

// present reports whether there is something of that name; not known when
// nobody passed there.
func (s *seenFiles) present(name string) (there, known bool) {
	there = s.names[name]
	return there, there || mayBeDocs(name) && s.folders[path.Dir(name)]
}

// mayBeDocs reports whether a name is one of those that are noted of files, too.
// A name without an ending is that of a folder, or of nothing that matters here.
func mayBeDocs(name string) bool {
	return isMarkdown(name) || isYAML(name) || !strings.Contains(path.Base(name), ".")
}
