package catalog

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// reading is what was found in a location.
type reading struct {
	entities []Entity // in the order of files, each ref once
	problems []Problem
	roots    []string               // files that it began with
	seen     map[string]bool        // files that were named or found
	broken   map[string]bool        // files with a problem
	included map[string]bool        // files that placeholders name, also in files with a problem
	hopeful  bool                   // some file looks like one of the catalog's, or could not be read
	cut      bool                   // a limit ended the reading early
	partial  bool                   // only some of the location's files were to be read
	absent   func(file string) bool // whether the source says that there is no such file; nil when it was not asked

	unchanged map[string]bool // files that are as they were, and whose entities are not among these
	records   []FileRecord    // what to remember of files that were read
	forget    []string        // files that are no longer to be remembered
	version   string
	elsewhere bool      // hosts were asked for files
	until     time.Time // when a host wants to be asked again that did not answer
	docs      documented
	commits   commits // that changed what was read
	sent      *sent   // by a pipeline; nil when nobody did

	left    map[string]bool // files that what was sent no longer needs
	branch  string          // whose files they are, as far as that is known
	follows []string        // locations that this one takes over from, by id
}

// reader goes through the files of one location.
type reader struct {
	location Location
	tree     *Tree
	files    *files
	limits   Limits
	past     *past // nil when all is read
	out      reading
	refs     map[Ref]Source
	entities int             // how many there are, in unchanged files too
	shaky    map[string]bool // files that are read again next time

	described []describedFile
	docs      docsSeen
}

// describedFile is a catalog file whose entities may have documents.
type describedFile struct {
	file   string
	places []docsPlace
}

// read reads the entities of a location: its catalog files first, then, level
// by level, the files that Location entities name. A file is read once however
// often it is named, so circles end by themselves. Files that are as they were
// are not read at all.
func read(ctx context.Context, l Location, tree *Tree, limits Limits, slots parsers, before *past) (reading, error) {
	found, whole, err := readChanged(ctx, l, tree, limits, slots, before)
	if err == nil && !whole {
		found, _, err = readChanged(ctx, l, tree, limits, slots, before.unsigned())
	}
	return found, err
}

// readChanged reads the files that changed. Whole is false when that is not
// enough to know what the location defines.
func readChanged(ctx context.Context, l Location, tree *Tree, limits Limits, slots parsers, before *past) (_ reading, whole bool, _ error) {
	r := &reader{
		location: l, tree: tree, files: newFiles(ctx, tree, limits), limits: limits, past: before,
		refs: map[Ref]Source{}, shaky: map[string]bool{}, docs: newDocsSeen(),
		out: reading{seen: map[string]bool{}, broken: map[string]bool{}, included: map[string]bool{}, unchanged: map[string]bool{}},
	}
	r.out.absent, r.out.branch, r.files.parsers = r.files.absent, tree.Branch, slots
	r.files.inside = r.inside
	r.rememberWeb()
	level := r.start()
	r.out.roots = level
	for depth := 0; len(level) > 0; depth++ {
		found, err := r.parseAll(ctx, level)
		if err != nil {
			return reading{}, false, err
		}
		r.fetchAhead(found, depth)
		var next []string
		r.expect(found)
		for _, f := range found {
			names, whole := r.follow(f, depth)
			if !whole { // what it names is no longer there: say where that is written
				f = r.parse(f.file)
				names, _ = r.follow(f, depth)
			}
			r.take(f)
			next = append(next, names...)
		}
		level = r.unseen(next)
	}
	if err := ctx.Err(); err != nil {
		return reading{}, false, err
	}
	if r.files.walked.left < 0 {
		r.cut(r.tree.Entry, "The location has more than %d files and folders.", limits.Walked)
	}
	r.finish()
	if err := r.document(ctx); err != nil {
		return reading{}, false, err
	}
	return r.out, !r.collides(), nil
}

// parsed is what one file holds.
type parsed struct {
	file     string
	entities []Entity
	problems []Problem
	included []string
	targets  map[string]int // the lines on which its Location entities name others
	lines    referenceLines // on which its entities refer to others
	hopeful  bool           // somebody wrote it, or may have written it, for the catalog
	same     *FileRecord    // it is as it was and was not read
}

// start returns the files to begin with.
func (r *reader) start() []string {
	if len(r.tree.Entries) > 0 {
		r.out.partial = true
		return r.unseen(r.tree.Entries)
	}
	entry := r.tree.Entry
	if entry == "" {
		entry = "."
	}
	if r.files.check(entry) == nil {
		return r.unseen([]string{entry}) // a file is read whatever it is called
	}
	if IsPattern(entry) && r.files.absent(entry) {
		return r.unseen(r.files.glob(entry, r.limits))
	}
	names, problem := r.files.find(entry, r.limits)
	if problem != nil {
		r.out.hopeful = true
		r.out.absent = nil // what is to be read is not there at all: that says nothing of single files
		r.problem(*problem)
		return nil
	}
	return r.unseen(names)
}

// unseen returns the names that come for the first time, as many as may be read.
func (r *reader) unseen(names []string) []string {
	var fresh []string
	for _, name := range names {
		if r.out.seen[name] {
			continue
		}
		if len(r.out.seen) >= r.limits.Files {
			r.cut(name, "The location has more than %d catalog files.", r.limits.Files)
			break
		}
		r.out.seen[name] = true
		fresh = append(fresh, name)
	}
	return fresh
}

// parseAll parses files side by side and returns them in order.
func (r *reader) parseAll(ctx context.Context, names []string) ([]parsed, error) {
	out := make([]parsed, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	if slices.ContainsFunc(names, isAddress) {
		group.SetLimit(webReaders) // most of the time is spent waiting
	}
	for i, name := range names {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if record, same := r.unchanged(name); same {
				out[i] = parsed{file: name, same: &record}
				return nil
			}
			out[i] = r.parse(name)
			return nil
		})
	}
	return out, group.Wait()
}

func (r *reader) parse(name string) parsed {
	data, problem := r.files.read(name, r.limits.File)
	if problem != nil {
		return parsed{file: name, problems: []Problem{*problem}, hopeful: true}
	}
	around := r.files.noting()
	around.place = func(file string) placement { return placementOf(file, r.location, r.tree) }
	around.targets, around.lines = map[string]int{}, referenceLines{}
	entities, problems := parseFile(name, data, around, r.limits)
	return parsed{file: name, entities: entities, problems: problems, included: around.included(), targets: around.targets, lines: around.lines, hopeful: hopeful(data)}
}

// expect makes room for what files hold: thousands of entities are moved once
// less.
func (r *reader) expect(found []parsed) {
	entities := 0
	for _, f := range found {
		entities += len(f.entities)
	}
	r.out.entities = slices.Grow(r.out.entities, min(entities, r.limits.Entities))
	r.out.records = slices.Grow(r.out.records, len(found))
	r.described = slices.Grow(r.described, len(found))
}

// take adds what a file holds. Of two definitions of one entity the first in
// the order of files counts.
func (r *reader) take(f parsed) {
	if f.same != nil {
		r.out.unchanged[f.file] = true
		r.entities += f.same.Notes.Entities
		r.described = append(r.described, describedFile{f.file, f.same.Notes.Documented})
		return
	}
	r.out.hopeful = r.out.hopeful || f.hopeful
	for _, name := range f.included {
		r.out.included[name] = true
	}
	record := r.record(f)
	r.out.records = append(r.out.records, record)
	r.described = append(r.described, describedFile{f.file, record.Notes.Documented})
	for _, p := range f.problems {
		r.problem(p)
		r.out.broken[f.file] = true
	}
	for _, e := range f.entities {
		if r.entities >= r.limits.Entities {
			r.cut(f.file, "The location has more than %d entities.", r.limits.Entities)
			return
		}
		ref := e.Ref()
		if first, twice := r.refs[ref]; twice {
			r.shaky[f.file], r.shaky[first.Path] = true, true
			r.problem(Problem{
				File: f.file, Line: e.Source.Line, Ref: ref.String(), Field: "metadata.name", Owner: e.target("owner"),
				Message: ref.String() + " is already defined in " + Problem{File: first.Path, Line: first.Line}.Where() + ".",
				Hint:    "Rename one of them, or delete it.",
			})
			continue
		}
		r.refs[ref] = e.Source
		e.Source = sourceIn(e.Source, r.location, r.tree)
		r.out.entities = append(r.out.entities, e)
		r.entities++
	}
}

// sourceIn adds to where in a location something is written which location it is.
func sourceIn(s Source, l Location, tree *Tree) Source {
	s.Type, s.Target, s.Branch = l.Type, l.Target, l.Branch
	if !isAddress(s.Path) {
		s.Commit = tree.Commit
	}
	return s
}

// placementOf says where a file of a location is.
func placementOf(file string, l Location, tree *Tree) placement {
	shown := l
	_, known := l.page("")
	if tree.Branch != "" && (!known || !strings.HasPrefix(l.Branch, tagPrefix)) { // pages of a tag are not those of a branch
		shown.Branch = tree.Branch
	}
	p := placement{origin: l.String()}
	if l.Type == LocationGit {
		p.origin = shown.where(tree.Base, l.Path)
	}
	if isAddress(file) {
		p.location = "url:" + file
		if page, ok := ParseGitPage(file); ok {
			p.source = "url:" + page.folder()
		}
		return p
	}
	p.location = shown.where(tree.Base, file)
	if page, ok := shown.page(file); ok {
		p.source = "url:" + page.folder()
	}
	return p
}

// folder returns the address of the page of a file's folder.
func (p GitPage) folder() string {
	return p.In(p.Path[:strings.LastIndexByte(p.Path, '/')+1]).Folder()
}

func (r *reader) problem(p Problem) {
	if len(r.out.problems) < r.limits.Problems {
		r.out.problems = append(r.out.problems, p.cleaned())
	}
}

// cut reports once that a limit ended the reading.
func (r *reader) cut(file, format string, limit int) {
	if r.out.cut {
		return
	}
	r.out.cut, r.out.hopeful = true, true
	r.out.problems = append(r.out.problems, Problem{
		File: file, Message: strings.Replace(format, "%d", thousands(limit), 1) + " The rest is not read.",
		Hint: "Register its parts as locations of their own.",
	})
}

// thousands writes 20000 as 20,000.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
