package catalog

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// docLister lists the documents of one entity.
type docLister struct {
	reader    *reader
	plan      docPlan
	decisions string // the folder of records of decisions, which are no pages; "" when there is none
	bytes     int64
	full      bool
}

// docsSeen is what was found while listing documents. Many entities may share a
// folder, and it is looked into once.
type docsSeen struct {
	sites   map[string]docsSite // by their folder
	folders map[string][]string
	files   map[string]docsFile
	names   map[string]map[string]bool // what folders hold
	orders  map[string]bool            // the files with the order of pages
}

// present reports whether there is something of that name. Most folders with
// entities have no docs: looking once what is in them is quicker than asking for
// each name.
func (r *reader) present(name string) bool {
	if name == "." {
		return true
	}
	if there, known := r.files.seen.present(name); known {
		return there
	}
	folder := path.Dir(name)
	if !r.present(folder) {
		return false
	}
	names, known := r.docs.names[folder]
	if !known {
		entries, err := fs.ReadDir(r.files.fs, folder)
		if err == nil {
			names = make(map[string]bool, len(entries))
		}
		for _, entry := range entries {
			names[entry.Name()] = true
		}
		r.docs.names[folder] = names
	}
	return names[path.Base(name)]
}

// docsFile is what is known of a document that was not read.
type docsFile struct {
	size      int64
	signature string
	problem   *Problem
}

func newDocsSeen() docsSeen {
	return docsSeen{sites: map[string]docsSite{}, folders: map[string][]string{}, files: map[string]docsFile{}, names: map[string]map[string]bool{}, orders: map[string]bool{}}
}

// techdocs lists the pages of a folder. As with Backstage, docs that are not
// written yet are no problem of the catalog.
func (l *docLister) techdocs(folder string) {
	seen := l.reader.docs.sites
	site, known := seen[folder]
	if !known {
		site = l.reader.site(folder, nil)
		seen[folder] = site
	}
	for _, wrong := range site.wrong {
		l.blame(wrong)
	}
	if site.readme {
		l.add(DocTechDocs, "README.md", path.Join(folder, "README.md"), "")
		return
	}
	for _, page := range site.pages {
		if l.decisions == "" || path.Dir(page.file) != path.Clean(l.decisions) {
			l.add(DocTechDocs, page.path, page.file, page.title)
		}
	}
}

// adrs lists the records of decisions.
func (l *docLister) adrs() {
	for _, name := range l.reader.markdown(l.decisions) {
		if !strings.Contains(name, "/") {
			l.add(DocADR, name, path.Join(l.decisions, name), "")
		}
	}
}

// markdown returns the Markdown files below a folder: the page that stands for
// the folder first, then by name.
func (r *reader) markdown(folder string) []string {
	found, known := r.docs.folders[folder]
	if !known {
		found = r.findMarkdown(folder)
		r.docs.folders[folder] = found
	}
	return found
}

func (r *reader) findMarkdown(folder string) []string {
	fsys := r.files.fs
	if !r.present(folder) {
		return nil
	}
	if info, err := fs.Stat(fsys, folder); err != nil || !info.IsDir() {
		return nil
	}
	var found []string
	_ = fs.WalkDir(fsys, folder, func(name string, entry fs.DirEntry, err error) error {
		if !r.files.walked.step() {
			return fs.SkipAll
		}
		switch {
		case err != nil:
			return nil //nolint:nilerr // a folder nobody may read does not hide the others
		case entry.IsDir() && name != folder && skipped(entry.Name()):
			return fs.SkipDir
		case !entry.IsDir() && isMarkdown(name):
			found = append(found, strings.TrimPrefix(strings.TrimPrefix(name, folder), "/"))
		}
		if len(found) > maxDocuments {
			return fs.SkipAll
		}
		return nil
	})
	rank := func(name string) string {
		base := strings.ToLower(path.Base(name))
		if stem := strings.TrimSuffix(base, path.Ext(base)); stem == "index" || stem == "readme" {
			return path.Join(path.Dir(name), "\x00"+base)
		}
		return name
	}
	slices.SortFunc(found, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	return found
}

// add takes a file in, within the bounds of an entity.
func (l *docLister) add(kind DocKind, name, file, title string) {
	r := l.reader
	if l.full {
		return
	}
	seen, known := r.docs.files[file]
	if !known {
		seen.size, seen.problem = r.files.size(file)
		seen.signature = r.sign(file, nil)
		r.docs.files[file] = seen
	}
	switch {
	case seen.problem != nil:
		l.complain(seen.problem.Message, seen.problem.Hint)
		return
	case seen.size > maxDocument:
		l.complain(file+" is larger than 1 MB and is left out.", "Split it into several pages.")
		return
	case len(l.plan.docs) >= maxDocuments:
		l.full = true
		l.complain("The entity has more than "+thousands(maxDocuments)+" documents. The rest is left out.", "Give parts of it entities of their own.")
		return
	case l.bytes+seen.size > maxDocumentBytes:
		l.full = true
		l.complain("The documents of the entity are larger than 20 MB. The rest is left out.", "Give parts of it entities of their own.")
		return
	case r.out.docs.total >= maxLocationDocuments:
		l.full = true
		if r.out.docs.total == maxLocationDocuments {
			l.complain("The location has more than "+thousands(maxLocationDocuments)+" documents. The rest is left out.", "Register its parts as locations of their own.")
		}
		r.out.docs.total++
		return
	}
	r.out.docs.total++
	l.bytes += seen.size
	doc := docFile{Doc: Doc{Kind: kind, Path: name, Title: printable(shortenedTo(title, maxTitle)), Size: seen.size}, file: file, signature: seen.signature}
	if r.past != nil {
		if before, known := r.past.files[file]; known && before.Notes.Document != nil && before.Signature == doc.signature {
			doc.Digest = before.Notes.Document.Digest
			if title == "" {
				doc.Title = before.Notes.Document.Title
			}
		}
	}
	l.plan.docs = append(l.plan.docs, doc)
}

// blame says what is wrong in a file of the documents' own.
func (l *docLister) blame(wrong Problem) {
	if wrong.File == "" {
		l.complain(wrong.Message, wrong.Hint)
		return
	}
	wrong.Ref = l.plan.at.Ref
	l.reader.out.docs.problem(wrong)
}

func (l *docLister) complain(message, hint string) {
	p := l.plan.at
	p.Message, p.Hint = message, hint
	l.reader.out.docs.problem(p)
}
