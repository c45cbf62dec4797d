package catalog

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
)

// Register reads a location and takes in what it defines. Entities that are
// wrong are reported and do not hide those that are right. Registering a
// location again reads it again, from the address that is given now. A location that cannot be read at all, or that
// holds nothing, is refused and leaves nothing behind.
func (c *Catalog) Register(ctx context.Context, l Location) (Registration, error) {
	r, err := c.register(ctx, l)
	if errors.Is(err, errOtherAddress) {
		r, err = c.register(ctx, l)
	}
	return r, err
}

func (c *Catalog) register(ctx context.Context, l Location) (Registration, error) {
	l, err := l.normal("")
	if err != nil {
		return Registration{}, err
	}
	if err := readable(l); err != nil {
		return Registration{}, err
	}
	known, exists, err := c.registered(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	if exists && l.Settings != "" && l.Settings != known.Settings {
		known.Settings = l.Settings
		return c.discover(ctx, known)
	}
	if exists && known.Target != l.Target && known.ParentID == "" { // of what an organisation has, its own address counts
		return c.Retarget(ctx, known.ID, l)
	}
	if exists {
		return c.Refresh(ctx, known.ID)
	}
	if l.Type == LocationGitHubOrg {
		return c.registerOrganization(ctx, l)
	}
	found, tree, err := c.read(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	defer c.close(ctx, l, tree)
	if found.nothing() {
		return Registration{}, nothingThere(l)
	}
	if err := c.couldRead(ctx, l); err != nil {
		return Registration{}, err
	}
	if found.follows, err = c.forerunners(ctx, l); err != nil {
		return Registration{}, err
	}
	return c.takeIn(ctx, l.key(), tree, found)
}

// Refresh reads a registered location again. When it cannot be read its
// entities stay, and the reason is kept with the location.
func (c *Catalog) Refresh(ctx context.Context, locationID string) (Registration, error) {
	l, exists, err := c.store.LocationByID(ctx, locationID)
	if err != nil {
		return Registration{}, fmt.Errorf("read location %s: %w", locationID, err)
	}
	if !exists {
		return Registration{}, noLocation(locationID)
	}
	if l.Type == LocationPlatform {
		return Registration{Location: l}, nil // the platform wrote it and has nothing to read
	}
	return c.readAgain(ctx, l, true)
}

// Locations returns what is registered, oldest first.
func (c *Catalog) Locations(ctx context.Context) ([]Location, error) {
	locations, err := c.store.Locations(ctx)
	if err != nil {
		return nil, fmt.Errorf("read locations: %w", err)
	}
	return locations, nil
}

// read opens a location and reads all of it. Whoever gets the tree closes it.
func (c *Catalog) read(ctx context.Context, l Location) (reading, *Tree, error) {
	l.Version = ""
	tree, err := c.open(ctx, l)
	if err != nil {
		return reading{}, nil, err
	}
	found, err := read(ctx, l, tree, c.limits, c.parsers, nil)
	if err != nil {
		c.close(ctx, l, tree)
		return reading{}, nil, err
	}
	return found, tree, nil
}

// close closes what a location was read from.
func (c *Catalog) close(ctx context.Context, l Location, tree *Tree) {
	if tree.Close == nil {
		return
	}
	if err := tree.Close(); err != nil {
		c.log.WarnContext(ctx, "location left open", "location", l.String(), "error", err)
	}
}

// ErrNothingThere is the cause when a location could be read and holds no entity.
var ErrNothingThere = errors.New("the location holds no entity")

// nothing reports whether nobody wrote what was read for a catalog: it holds no
// entity, and nothing that is meant as one.
func (r reading) nothing() bool {
	return len(r.entities) == 0 && (len(r.problems) == 0 || !r.hopeful)
}

// meant finds the first lines of an entity in a file that need not be YAML.
var meant = regexp.MustCompile(`(?m)^[ \t{]*"?(apiVersion|kind|metadata)"?[ \t]*:`)

// hopeful reports whether somebody wrote a file for the catalog, however broken
// it is.
func hopeful(data []byte) bool { return meant.Match(data) }

func nothingThere(l Location) error {
	return fault.New(fault.Invalid, "%s holds no catalog entity.", l.Target).WithCause(ErrNothingThere).
		WithHint("Write one into catalog-info.yaml (apiVersion, kind, metadata.name, spec), " +
			"then: platform catalog register PATH_OR_URL")
}

// unreadable keeps with the location why it could not be read.
func (c *Catalog) unreadable(ctx context.Context, l Location, reason error) error {
	f := fault.From(reason)
	if f.Code == fault.Internal || ctx.Err() != nil {
		return reason
	}
	claimed := l.RefreshAt
	l.Errors = []Problem{Problem{Message: f.Message, Hint: f.Hint}.cleaned()}
	if l.Type != LocationGitHubOrg && !l.sent() {
		l.Version = "" // its problems are known again only when all of it was read
	}
	c.readBadly(&l, reason)
	err := c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil { // problems are numbered in the order of commits, too
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		now, exists, err := c.store.LocationByID(ctx, l.ID)
		if err != nil || !exists {
			return err // somebody removed it meanwhile
		}
		l.meanwhile(now, claimed)
		return c.store.SaveLocation(ctx, l)
	})
	if err != nil {
		return fmt.Errorf("save location %s: %w", l, err)
	}
	return reason
}

// accept brings the catalog in line with what was found, in one transaction.
func (c *Catalog) accept(ctx context.Context, l Location, tree *Tree, found reading) (Registration, error) {
	defer c.inTurn(ctx, found)()
	return c.acceptNow(ctx, l, tree, found)
}

// inTurn waits until a reading may be stored, and returns what lets the next one.
func (c *Catalog) inTurn(ctx context.Context, found reading) (giveBack func()) {
	if len(found.entities) < manyEntities {
		return func() {}
	}
	turn := c.storing.take(ctx)
	parser := c.parsers.take()
	return func() { parser(); turn() }
}

// acceptNow is accept for whoever has the turn, or is in a transaction already.
func (c *Catalog) acceptNow(ctx context.Context, l Location, tree *Tree, found reading) (Registration, error) {
	var r Registration
	var change changes
	err := c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil {
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		known, exists, err := c.asStored(ctx, l)
		if err != nil {
			return err
		}
		claimed := l.RefreshAt
		switch {
		case exists:
			l = known
		case l.ID != "": // somebody removed it while it was read
			return noLocation(l.ID)
		default:
			l.ID, l.CreatedAt, l.CreatedBy = newID(), c.now(), actorOf(ctx)
			if onSchedule(l.Type) {
				l.RefreshAt = l.CreatedAt
			}
		}
		if err := found.sent.follows(&l, known, tree.Commit); err != nil {
			return err
		}
		if err := c.settleKept(ctx, l, &found); err != nil {
			return err
		}
		r = Registration{Created: !exists}
		if change, err = c.merge(ctx, l, found); err != nil {
			return err
		}
		l.Errors = slices.Concat(found.problems, found.docs.problems, change.conflicts, found.untouched(known.Errors))
		if len(l.Errors) > c.limits.Problems {
			l.Errors = l.Errors[:c.limits.Problems]
		}
		c.readWell(&l)
		if found.elsewhere {
			seldomer(&l)
		}
		if found.until.After(l.LastRefreshed) && !l.RefreshAt.IsZero() {
			l.RefreshAt = found.until
		}
		if exists {
			l.meanwhile(known, claimed)
		}
		l.Commit = tree.Commit
		if err := c.remember(ctx, &l, found, change.conflicts); err != nil {
			return err
		}
		if err := c.store.SaveLocation(ctx, l); err != nil {
			return fmt.Errorf("save location %s: %w", l, err)
		}
		if err := c.keepPushed(ctx, l, found); err != nil {
			return err
		}
		if err := c.write(ctx, change, Author{Actor: actorOf(ctx), Commit: tree.Commit, At: c.now()}); err != nil {
			return err
		}
		return c.leave(ctx, change.from)
	})
	if err != nil {
		return Registration{}, err
	}
	c.namesRepository(l, change.save)
	change.describe(&r) // nobody who waits to write waits for this
	r.Location, r.Problems = l, l.Errors
	return r, nil
}

// untouched returns the problems of files that were not to be read.
func (r reading) untouched(before []Problem) []Problem {
	if !r.partial {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(before), func(p Problem) bool { return p.File == "" || r.seen[p.File] || r.left[p.File] })
}

// changes is the difference between what is stored and what should be.
type changes struct {
	save      []Entity // new or other than before
	created   map[Ref]bool
	moved     []Header // the same, written down elsewhere
	same      []Ref
	remove    []Header
	orphan    []Header
	renamed   map[Ref]Ref
	conflicts []Problem
	commits   commits             // that brought all this
	from      map[string]Location // whose place the location takes, by id
}

// merge compares what was found in l with what is stored.
func (c *Catalog) merge(ctx context.Context, l Location, found reading) (changes, error) {
	known, err := c.headers(ctx, found.entities)
	if err != nil {
		return changes{}, err
	}
	diff := changes{created: map[Ref]bool{}, commits: found.commits, save: make([]Entity, 0, max(0, len(found.entities)-len(known)))}
	if diff.from, err = c.predecessors(ctx, l, found, known); err != nil {
		return changes{}, err
	}
	now := c.now()
	defined := make(map[Ref]bool, len(found.entities))
	for _, e := range found.entities {
		ref := e.Ref()
		before, exists := known[ref]
		_, succeeded := diff.from[before.Source.LocationID]
		if exists && before.Source.LocationID != l.ID && !succeeded && !before.givesWay(l) {
			if !before.silent(l) {
				diff.conflicts = append(diff.conflicts, conflict(l, e, before.Source))
			}
			continue
		}
		defined[ref] = true
		e.Source.LocationID, e.UID, e.CreatedAt, e.UpdatedAt = l.ID, before.UID, now, now
		switch {
		case !exists:
			e.UID, e.Event = newID(), &Event{What: Added}
			diff.created[ref] = true
			diff.save = append(diff.save, e)
		case before.Etag != e.Etag || before.Source.LocationID != l.ID || before.orphan():
			e.Event = whatHappened(before, e)
			diff.save = append(diff.save, e)
		default:
			diff.same = append(diff.same, ref)
			if before.Source.Path != e.Source.Path || before.Source.Line != e.Source.Line {
				diff.moved = append(diff.moved, Header{UID: e.UID, Etag: e.Etag, Ref: ref, Source: e.Source})
			}
		}
	}
	here, err := c.store.HeadersAt(ctx, l.ID)
	if err != nil {
		return changes{}, fmt.Errorf("read the entities of %s: %w", l, err)
	}
	gone, err := c.inherited(ctx, l, found, diff.from, defined)
	if err != nil {
		return changes{}, err
	}
	for _, h := range here {
		switch {
		case defined[h.Ref] || h.orphan():
		case found.gone(h):
			gone = append(gone, h)
		default:
			diff.same = append(diff.same, h.Ref)
		}
	}
	if gone, err = c.rename(ctx, &diff, gone); err != nil {
		return changes{}, err
	}
	if c.orphans.deleted() {
		diff.remove = gone
	} else {
		diff.orphan = gone
	}
	return diff, nil
}

// gone reports whether an entity that was not found is really gone: its file
// was read without a problem, or there is no such file any more, or all that
// names files was read and no longer names it. What could not be read may still
// define it.
func (r reading) gone(h Header) bool {
	file := h.Source.Path
	switch {
	case r.cut || r.named(h.Ref):
		return false
	case r.seen[file]:
		return !r.unchanged[file] && !r.broken[file]
	case r.partial:
		return r.left[file]
	}
	return len(r.problems) == 0 || r.absent != nil && r.absent(file)
}

// named reports whether something is wrong with an entity of that name, wherever
// it is written now.
func (r reading) named(ref Ref) bool {
	name := ref.String()
	return slices.ContainsFunc(r.problems, func(p Problem) bool { return p.Ref == name })
}

// conflict tells owners of both what defines e beside other: at either entity
// it has to be clear where both are written.
func conflict(l Location, e Entity, other Source) Problem {
	p := Problem{
		File: e.Source.Path, Line: e.Source.Line, Ref: e.Ref().String(), Field: "metadata.name", Owner: e.target("owner"),
		Message: e.Ref().String() + " of " + l.String() + " is already defined by " + other.where() + ".",
		Hint:    "Rename one of them, or remove the other location.",
	}
	if hint, twice := l.twice(other); twice {
		p.Hint = hint
	} else if l.Type == LocationPush && other.Type == LocationPush && sameRepository(l.Target) == sameRepository(other.Target) {
		p.Hint = "Send only one branch of a repository. For this one to count, remove the other: platform catalog remove " +
			Location{Type: other.Type, Target: other.Target, Branch: other.Branch}.String()
	}
	return p.cleaned()
}

// headers returns the stored headers of entities by ref.
func (c *Catalog) headers(ctx context.Context, entities []Entity) (map[Ref]Header, error) {
	refs := make([]Ref, len(entities))
	for i, e := range entities {
		refs[i] = e.Ref()
	}
	known, err := c.store.HeadersByRef(ctx, refs)
	if err != nil {
		return nil, fmt.Errorf("read %d entities: %w", len(refs), err)
	}
	out := make(map[Ref]Header, len(known))
	for _, h := range known {
		out[h.Ref] = h
	}
	return out, nil
}

// write stores the difference. Nothing in it, nothing in the feed.
func (c *Catalog) write(ctx context.Context, diff changes, by Author) error {
	orphans, err := c.orphaned(ctx, diff.orphan)
	if err != nil {
		return err
	}
	diff.save = slices.Concat(diff.save, orphans)
	if err := c.tell(ctx, &diff); err != nil {
		return err
	}
	if err := c.claimable(ctx, slices.Concat(diff.orphan, diff.remove, diff.left())); err != nil {
		return err
	}
	if len(diff.remove) > 0 {
		seq, err := c.store.DeleteEntities(ctx, diff.remove, by)
		if err != nil {
			return fmt.Errorf("delete %d entities: %w", len(diff.remove), err)
		}
		c.model.wrote(seq)
	}
	if len(diff.save) > 0 {
		seq, err := c.store.SaveEntities(ctx, diff.save, by)
		if err != nil {
			return fmt.Errorf("save %d entities: %w", len(diff.save), err)
		}
		c.model.wrote(seq)
	}
	if len(diff.moved) > 0 {
		if err := c.store.MoveEntities(ctx, diff.moved); err != nil {
			return fmt.Errorf("move %d entities: %w", len(diff.moved), err)
		}
		for _, h := range diff.moved {
			c.model.cache.drop(h.UID)
		}
	}
	return nil
}

// describe tells in r what the difference is.
func (d changes) describe(r *Registration) {
	for _, e := range d.save {
		if ref := e.Ref(); d.created[ref] {
			r.Added = append(r.Added, ref)
		} else {
			r.Changed = append(r.Changed, ref)
		}
	}
	for _, h := range d.remove {
		r.Removed = append(r.Removed, h.Ref)
	}
	for _, h := range d.orphan {
		r.Orphaned = append(r.Orphaned, h.Ref)
	}
	r.Renamed = d.renamed
	r.Entities = slices.Concat(r.Added, r.Changed, d.same)
	for _, refs := range [][]Ref{r.Entities, r.Added, r.Changed, r.Removed, r.Orphaned} {
		sortRefs(refs)
	}
}

// newID returns an id that sorts by the time it was made.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
