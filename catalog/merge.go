package catalog

import (
	"context"
	"fmt"
	"slices"
)

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
