package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Author is who had a change made, and out of which commit it was read.
type Author struct {
	Actor  string
	Commit string
	At     time.Time
}

// Operation is what happened to an entity in the feed.
type Operation string

// The operations in the feed.
const (
	OperationPut    Operation = "put"
	OperationDelete Operation = "delete"
)

// Change is one line of the feed.
type Change struct {
	Seq        int64
	Operation  Operation
	UID        string
	Ref        Ref
	Etag       string
	LocationID string
	Author     Author
	// Event is what happened. Only PreviousRef is known of it in ChangesAfter.
	Event
	// Exists says that the entity is there now, and Terms is what the index keeps
	// of it, nil when nobody of TermsVersion wrote it. History leaves both out.
	Exists bool
	Terms  []byte
}

// What is what a change did to an entity, in a word.
type What string

// What a change can do to an entity.
const (
	Added    What = "added"
	Edited   What = "changed"
	Renamed  What = "renamed"
	Moved    What = "moved"    // it is written down elsewhere; it may say something else there, too
	Orphaned What = "orphaned" // no file defines it any more
	Restored What = "restored" // a file defines it again
	Deleted  What = "deleted"
)

// Event is what a change did to an entity.
type Event struct {
	What What
	// PreviousRef is the name that the entity had until this change, zero when
	// it kept its name.
	PreviousRef Ref
	// From is where it was written down until this change; only when it moved.
	From string
	// Fields are those that have another value than before.
	Fields []FieldChange
	// Commits are those that brought the change, the newest first: several when
	// the location was not read in between. None when nobody knows which did.
	Commits []Commit
}

// Commit is a commit of a repository.
type Commit struct {
	ID      string    `json:"id"`
	Author  string    `json:"author"` // name of the one who wrote it
	Email   string    `json:"email,omitempty"`
	At      time.Time `json:"at"`      // when it was committed
	Subject string    `json:"subject"` // first line of its message
}

// Known reports whether c is a commit.
func (c Commit) Known() bool { return c.ID != "" }

// Authors returns who wrote the commits that brought the change, each once.
func (c Change) Authors() []string {
	var names []string
	for _, commit := range c.Commits {
		if commit.Author != "" && !slices.Contains(names, commit.Author) {
			names = append(names, commit.Author)
		}
	}
	return names
}

// Who returns who made the change, as well as it is known: the authors of the
// commits, else whoever had it read.
func (c Change) Who() string {
	if names := c.Authors(); len(names) > 0 {
		return strings.Join(names, ", ")
	}
	return c.Author.Actor
}

// CommitID returns the newest commit that made the change, else the one that was read
// then; empty when there is none.
func (c Change) CommitID() string {
	if len(c.Commits) > 0 {
		return c.Commits[0].ID
	}
	return c.Author.Commit
}

// History returns the last changes of an entity, newest first: what, when, who
// and from which commit. It goes on under the names that the entity had before,
// and knows entities that are gone or have another name by now, too.
func (c *Catalog) History(ctx context.Context, ref Ref, limit int) ([]Change, error) {
	if limit <= 0 || limit > MaxLimit {
		limit = DefaultLimit
	}
	ref = NewRef(ref.Kind, ref.Namespace, ref.Name)
	changes, err := c.store.History(ctx, ref, limit)
	if err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", ref, err)
	}
	tellWhat(changes, len(changes) == limit)
	named := map[string]bool{} // uids that had the name by then
	return slices.DeleteFunc(changes, func(change Change) bool {
		if change.Ref == ref || change.PreviousRef == ref {
			named[change.UID] = true
		}
		return !named[change.UID]
	}), nil
}

// tellWhat says of changes, newest first, that were written before the feed said
// so, what they did. Cut says that there may be older ones.
func tellWhat(changes []Change, cut bool) {
	for i := range changes {
		change := &changes[i]
		if change.What != "" {
			continue
		}
		before := slices.IndexFunc(changes[i+1:], func(older Change) bool { return older.UID == change.UID })
		switch {
		case change.Operation == OperationDelete:
			change.What = Deleted
		case change.PreviousRef != Ref{}:
			change.What = Renamed
		case before < 0 && !cut:
			change.What = Added
		case before >= 0 && changes[i+1+before].LocationID != change.LocationID:
			change.What = Moved
		default:
			change.What = Edited
		}
	}
}

// whatHappened returns what becomes of an entity that was known before.
func whatHappened(before Header, now Entity) *Event {
	switch {
	case before.orphan() && before.Source.LocationID == now.Source.LocationID:
		return &Event{What: Restored}
	case before.Source.LocationID != now.Source.LocationID:
		return &Event{What: Moved, From: before.Source.where()}
	case before.Source.Path != now.Source.Path:
		return &Event{What: Moved, From: before.Source.Path}
	}
	return &Event{What: Edited}
}

// where says where an entity is written, whatever the location.
func (s Source) where() string {
	where := Location{Type: s.Type, Target: s.Target, Branch: s.Branch}.String()
	if at := (Problem{File: s.Path, Line: s.Line}).Where(); at != "" {
		where += " (" + at + ")"
	}
	return where
}

// tell completes the events of what is about to be written: which fields are
// other ones, and by which commit.
func (c *Catalog) tell(ctx context.Context, diff *changes) error {
	for i := range diff.save {
		e := &diff.save[i]
		e.Event.Commits = diff.commits.of(e.Ref(), e.Event.PreviousRef, e.Source, e.Raw)
	}
	for i := range diff.remove {
		h := &diff.remove[i]
		h.Event = &Event{What: Deleted, Commits: diff.commits.of(h.Ref, Ref{}, h.Source, nil)}
	}
	return c.compare(ctx, diff.save)
}

// comparedAtOnce is how many entities are read at once to be compared.
const comparedAtOnce = 200

// compare adds to entities in which fields they differ from what is stored.
func (c *Catalog) compare(ctx context.Context, entities []Entity) error {
	var known []*Entity
	for i := range entities {
		if entities[i].Event.What != Added {
			known = append(known, &entities[i])
		}
	}
	for part := range slices.Chunk(known, comparedAtOnce) {
		uids := make([]string, len(part))
		for i, e := range part {
			uids[i] = e.UID
		}
		bodies, err := c.store.Bodies(ctx, uids)
		if err != nil {
			return fmt.Errorf("read %d entities that change: %w", len(uids), err)
		}
		before := make(map[string][]byte, len(bodies))
		for _, body := range bodies {
			before[body.UID] = body.JSON
		}
		for _, e := range part {
			if e.Event.Fields, err = differences(before[e.UID], e.Body, c.limits); err != nil {
				return fmt.Errorf("compare %s: %w", e.Ref(), err)
			}
			if e.Event.What == Renamed { // that says it
				e.Event.Fields = slices.DeleteFunc(e.Event.Fields, func(f FieldChange) bool { return f.Path == "metadata.name" })
			}
		}
	}
	return nil
}
