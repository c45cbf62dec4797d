package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// howRead is part of every signature and version. It is raised when the same
// file is to give other entities than before, so that all files are read again.
const howRead = "4:"

// versionIn returns the version of a source from what is stored of it, and
// whether it was read then as it would be now.
func versionIn(stored string) (version string, current bool) {
	how, version, found := strings.Cut(stored, ":")
	if _, err := strconv.Atoi(how); err != nil || !found {
		return stored, false
	}
	return version, how+":" == howRead
}

// past is what is known of a location when it is read again.
type past struct {
	at     []Header
	files  map[string]FileRecord
	counts map[string]int // how many entities are stored, by file
	holder map[Ref]string // the file of an entity
	web    *web           // what was asked elsewhere while it is read again; nil at first
}

// past returns what is known of a location.
func (c *Catalog) past(ctx context.Context, l Location) (*past, error) {
	records, err := c.store.LocationFiles(ctx, l.ID)
	if err != nil {
		return nil, fmt.Errorf("read what the files of %s were like: %w", l, err)
	}
	p := &past{files: make(map[string]FileRecord, len(records)), counts: map[string]int{}, holder: map[Ref]string{}}
	if p.at, err = c.store.HeadersAt(ctx, l.ID); err != nil {
		return nil, fmt.Errorf("read the entities of %s: %w", l, err)
	}
	p.at = slices.DeleteFunc(p.at, Header.orphan) // no file has them
	for _, record := range records {
		p.files[record.Path] = record
	}
	for _, h := range p.at {
		p.counts[h.Source.Path]++
		p.holder[h.Ref] = h.Source.Path
	}
	return p, nil
}

// unsigned returns p without signatures: every file counts as changed.
func (p *past) unsigned() *past {
	other := *p
	other.files = make(map[string]FileRecord, len(p.files))
	for name, record := range p.files {
		record.Signature = ""
		other.files[name] = record
	}
	return &other
}

// readAgain reads a known location and takes in what changed. Whole says that
// its source is opened even when it says that nothing changed there.
func (c *Catalog) readAgain(ctx context.Context, l Location, whole bool) (Registration, error) {
	if l.Type == LocationGitHubOrg {
		return c.discover(ctx, l)
	}
	before, err := c.past(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	asked := l
	version, current := versionIn(l.Version)
	if asked.Version = version; (whole || !current) && !l.sent() {
		asked.Version = ""
	}
	tree, err := c.openAgain(ctx, asked, before)
	if l.Type == LocationGit {
		if err := c.checked(ctx, l.Target, "ingestion", err); err != nil {
			return Registration{}, err
		}
	}
	if err != nil {
		return Registration{}, c.unreadable(ctx, l, err)
	}
	defer c.close(ctx, l, tree)
	if tree.Unchanged {
		return c.unchanged(ctx, l, before)
	}
	found, err := read(ctx, l, tree, c.limits, c.parsers, before)
	if err != nil {
		return Registration{}, err
	}
	if !found.same(before) || len(l.Errors) > 0 {
		found.commits = commitsOf(ctx, tree, l.Commit, found, before.at)
		return c.takeIn(ctx, l, tree, found)
	}
	wrong, err := c.saveDocuments(ctx, l, tree, found)
	if err != nil {
		return Registration{}, err
	}
	l.Version, l.Commit = found.version, tree.Commit
	r, err := c.unchanged(ctx, l, before)
	if err != nil {
		return Registration{}, err
	}
	err = c.blame(ctx, &r, wrong)
	return r, err
}

// takeIn brings the catalog in line with what was found, documents included.
func (c *Catalog) takeIn(ctx context.Context, l Location, tree *Tree, found reading) (Registration, error) {
	r, err := c.accept(ctx, l, tree, found)
	if err != nil {
		return Registration{}, err
	}
	return c.withDocuments(ctx, r, tree, found)
}

// withDocuments stores the documents of what was taken in.
func (c *Catalog) withDocuments(ctx context.Context, r Registration, tree *Tree, found reading) (Registration, error) {
	wrong, err := c.saveDocuments(ctx, r.Location, tree, found)
	if err != nil {
		return Registration{}, err
	}
	err = c.blame(ctx, &r, wrong)
	return r, err
}

// blame adds to what reading a location brought what its documents brought.
func (c *Catalog) blame(ctx context.Context, r *Registration, wrong []Problem) error {
	if err := c.addProblems(ctx, &r.Location, wrong); err != nil {
		return err
	}
	r.Problems = r.Location.Errors
	return nil
}

// unchanged notes that a location was read and is as it was.
func (c *Catalog) unchanged(ctx context.Context, l Location, before *past) (Registration, error) {
	claimed := l.RefreshAt
	c.readWell(&l)
	if before.web.any() {
		seldomer(&l)
	}
	if err := c.store.SaveSchedule(ctx, l, claimed); err != nil {
		return Registration{}, fmt.Errorf("save location %s: %w", l, err)
	}
	r := Registration{Location: l, Problems: l.Errors}
	for _, h := range before.at {
		r.Entities = append(r.Entities, h.Ref)
	}
	sortRefs(r.Entities)
	return r, nil
}

// same reports whether every file is as it was, and none is gone.
func (r reading) same(before *past) bool {
	if len(r.entities)+len(r.problems)+len(r.records)+len(r.forget)+len(r.docs.problems) > 0 || r.cut {
		return false
	}
	for _, h := range before.at {
		if !r.unchanged[h.Source.Path] {
			return false
		}
	}
	return true
}

// remember stores what the files of l were like. A file whose entity belongs to
// another location is not remembered: it is read again to take its entity over
// when the other gives it up.
func (c *Catalog) remember(ctx context.Context, l *Location, found reading, conflicts []Problem) error {
	save, forget := found.records, found.forget
	l.Version = found.version
	if len(conflicts) > 0 {
		if !l.sent() { // its version says which push is the newer one
			l.Version = ""
		}
		contested := map[string]bool{}
		for _, p := range conflicts {
			contested[p.File] = true
		}
		save = slices.DeleteFunc(slices.Clone(save), func(f FileRecord) bool { return contested[f.Path] })
		for file := range contested {
			forget = append(forget, file)
		}
	}
	if len(save)+len(forget) == 0 {
		return nil
	}
	if err := c.store.SaveLocationFiles(ctx, l.ID, save, forget); err != nil {
		return fmt.Errorf("save what the files of %s were like: %w", l, err)
	}
	return nil
}

// sign returns the signature of a file and those it includes, "" when one of
// them has none.
func (r *reader) sign(name string, included []string) string {
	if r.tree.Signature == nil {
		return ""
	}
	sum := sha256.New()
	// Entities say where they are from.
	fmt.Fprintf(sum, "%s%s\n%s\n%s\n", howRead, r.location, r.tree.Branch, placementOf(name, r.location, r.tree).location)
	for _, one := range append([]string{name}, included...) {
		signature, ok := "", false
		switch {
		case !isAddress(one):
			signature, ok = r.tree.Signature(one)
		case r.files.web != nil:
			signature, ok = r.files.web.versionOf(one)
		}
		if !ok {
			return ""
		}
		fmt.Fprintf(sum, "%s\n%s\n", one, signature)
	}
	return hex.EncodeToString(sum.Sum(nil)[:20])
}

// unchanged returns what is known of a file that is as it was. Its entities must
// all be there: one that somebody took out comes back when its file is read.
func (r *reader) unchanged(name string) (FileRecord, bool) {
	if r.past == nil {
		return FileRecord{}, false
	}
	record, known := r.past.files[name]
	if !known || record.Notes.Document != nil || r.past.counts[name] < record.Notes.Entities {
		return FileRecord{}, false
	}
	return record, record.Signature != "" && record.Signature == r.sign(name, record.Notes.Included)
}

// finish works out what to remember of the files.
func (r *reader) finish() {
	r.out.elsewhere = r.files.web.any()
	if r.out.cut {
		r.out.records = nil
	}
	r.out.records = slices.DeleteFunc(r.out.records, func(f FileRecord) bool {
		return f.Signature == "" || r.shaky[f.Path] || r.out.broken[f.Path]
	})
	if !r.out.cut && r.tree.Version != nil && r.remembersElsewhere() {
		if version := r.tree.Version(); version != "" {
			r.out.version = howRead + version
		}
	}
	if r.past == nil {
		return
	}
	kept := map[string]bool{}
	for _, f := range r.out.records {
		kept[f.Path] = true
	}
	for name, record := range r.past.files {
		if !kept[name] && record.Notes.Document == nil && (r.out.cut || !r.out.unchanged[name]) {
			r.out.forget = append(r.out.forget, name)
		}
	}
	slices.Sort(r.out.forget)
}

// collides reports whether a file that was read defines an entity of one that
// was not. Which of them counts is decided by their order, so both are needed.
func (r *reader) collides() bool {
	if r.past == nil {
		return false
	}
	return slices.ContainsFunc(r.out.entities, func(e Entity) bool {
		file, held := r.past.holder[e.Ref()]
		return held && file != e.Source.Path && r.out.unchanged[file]
	})
}
