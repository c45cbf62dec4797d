// Package catalog knows what software there is: entities in Backstage's format,
// how they refer to each other, which files they come from, and what is wrong
// in those files. It reads files through Reader and keeps what it learned in
// Store; it knows nothing of databases, HTTP or git.
//
// Entities and an append-only feed of their changes are the truth; every
// process answers questions from an index in memory that it builds from the
// entities and keeps up from the feed.
package catalog

import (
	"context"
	"io/fs"
	"log/slog"
	"time"
)

// Unit runs fn in one transaction; a call inside another joins it.
type Unit interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Store keeps what the catalog knows.
type Store interface {
	EntityStore
	FeedStore
	LocationStore
	SourceStore
}

// EntityStore keeps entities. Those it returns are decoded.
type EntityStore interface {
	// EntitiesByUID returns the entities that exist, in any order.
	EntitiesByUID(ctx context.Context, uids []string) ([]Entity, error)
	// EntitiesByRef returns the entities that exist, in any order.
	EntitiesByRef(ctx context.Context, refs []Ref) ([]Entity, error)
	// HeadersAt returns the headers of a location's entities, in any order.
	HeadersAt(ctx context.Context, locationID string) ([]Header, error)
	// HeadersByRef returns the headers of the entities that exist, in any order.
	HeadersByRef(ctx context.Context, refs []Ref) ([]Header, error)
	// Bodies returns uid, etag and JSON of the entities that exist, in any order.
	Bodies(ctx context.Context, uids []string) ([]Body, error)
	// EachTerms calls fn with the terms of one version of every entity that has
	// them, in any order. What fn is given is valid until it returns.
	EachTerms(ctx context.Context, version int, fn func(terms []byte) error) error
	// WithoutTerms returns the uids of the entities that have no terms of the
	// version, in any order.
	WithoutTerms(ctx context.Context, version int) ([]string, error)
	// SaveEntities inserts and replaces by UID, their terms included, and appends
	// to the feed, in the order given. It returns the number of the last change.
	SaveEntities(ctx context.Context, entities []Entity, by Author) (int64, error)
	// MoveEntities stores where entities are written down now; not a change.
	MoveEntities(ctx context.Context, entities []Header) error
	// OrphansBefore returns the headers of entities that are orphans since before
	// a time, in any order.
	OrphansBefore(ctx context.Context, at time.Time) ([]Header, error)
	// DeleteEntities removes and appends to the feed. It returns the number of
	// the last change.
	DeleteEntities(ctx context.Context, entities []Header, by Author) (int64, error)
}

// FeedStore keeps the feed: every change to an entity in the order of commits.
type FeedStore interface {
	// LockFeed makes the transaction in ctx the only one that may append to the
	// feed until it ends. Writers take it before they draw a sequence number, so
	// a reader that saw number n has seen everything below n.
	LockFeed(ctx context.Context) error
	// LastChange returns the highest number in the feed, 0 when it is empty.
	LastChange(ctx context.Context) (int64, error)
	// ChangesAfter returns up to limit changes above seq in order, each with the
	// terms of its entity as it is now, all seen at one moment.
	ChangesAfter(ctx context.Context, seq int64, limit int) ([]Change, error)
	// History returns the last changes of the entities that ever had a name, also
	// those under other names, newest first.
	History(ctx context.Context, ref Ref, limit int) ([]Change, error)
}

// LocationStore keeps locations and their problems.
type LocationStore interface {
	// Locations returns all, oldest first, with their problems.
	Locations(ctx context.Context) ([]Location, error)
	// LocationByID returns one with its problems, false when there is none.
	LocationByID(ctx context.Context, id string) (Location, bool, error)
	// LocationByKey returns the one with l's type, target, branch and path.
	LocationByKey(ctx context.Context, l Location) (Location, bool, error)
	// LocationsNaming returns those whose target contains part, which is in lower
	// case, in any case; oldest first, without their problems.
	LocationsNaming(ctx context.Context, part string) ([]Location, error)
	// AllProblems returns the problems of all locations.
	AllProblems(ctx context.Context) ([]Problem, error)
	// ProblemsVersion returns a text that is another one after any problem came
	// or went.
	ProblemsVersion(ctx context.Context) (string, error)
	// ProblemsOf returns the problems of all locations that concern the entity
	// that comes from some place, see Problem.Concerns.
	ProblemsOf(ctx context.Context, ref Ref, from Source) ([]Problem, error)
	// SaveLocation inserts or replaces by ID, problems included.
	SaveLocation(ctx context.Context, l Location) error
	// DeleteLocation forgets a location and its problems.
	DeleteLocation(ctx context.Context, id string) error
}

// Header is an entity without its body.
type Header struct {
	UID, Etag  string
	Ref        Ref
	Source     Source
	OrphanedAt time.Time // as in Entity
	Event      *Event    // as in Entity
}

// Body is the JSON of an entity, as Entity.Body.
type Body struct {
	UID, Etag string
	JSON      []byte
}

// Reader opens what a location points at. Its errors are faults that say which
// location could not be read and why. When the location has a Version and its
// source still has it, the tree is Unchanged and holds nothing else.
type Reader interface {
	Open(ctx context.Context, l Location) (*Tree, error)
}

// Tree is the content of a location while it is read. FS never leads out of
// the location, whatever links it holds.
type Tree struct {
	FS    fs.FS
	Entry string // the file or folder to read; "." is all of it
	// Entries are the files to read instead, when there are any; other entities of
	// the location stay as they are.
	Entries []string
	Base    string // the folder FS is rooted at; empty when it is none on this machine
	Commit  string // empty when the location has no versions
	Branch  string // the branch that was read, when there are any
	Close   func() error
	// Commits returns by which commits files were changed since another one, the
	// newest first; nil when nobody knows. Nil when the location has no versions.
	Commits func(ctx context.Context, since string, files []string) map[string][]FileCommit

	Unchanged bool
	// Version returns by what the source will say that nothing changed; asked once
	// all is read. Nil when it cannot say so.
	Version func() string
	// Signature returns what changes whenever a file does, without reading it;
	// false when that cannot be told. Nil when it never can.
	Signature func(name string) (string, bool)
	// Fetch returns a file from another place on the web, when that is allowed and
	// it is not the version that is known; its errors are faults, caused by a
	// WaitError where the place wants to be left alone. Nil when there is none.
	// An unchanged tree may have it, too.
	Fetch func(ctx context.Context, address string, limit int64, known string) (Fetched, error)
}

// Catalog answers what there is and takes in what changes.
type Catalog struct {
	store   Store
	unit    Unit
	reader  Reader
	log     *slog.Logger
	limits  Limits
	orphans OrphanPolicy
	now     func() time.Time
	model   *model
	storing turn // who waits here for the feed's lock keeps no transaction open
	parsers parsers

	schedule      *schedule
	organizations Organizations // nil when no host is known
	contributor   Contributor   // nil when no host is known
}

// New returns a catalog on store. Its index is built when it is first needed.
func New(store Store, unit Unit, reader Reader, log *slog.Logger) *Catalog {
	return &Catalog{
		store: store, unit: unit, reader: reader, log: log,
		limits: DefaultLimits(), orphans: DefaultOrphans(), now: time.Now, model: newModel(store), storing: newTurn(), parsers: newParsers(), schedule: newSchedule(),
	}
}

// WithLimits returns a catalog that reads files within other limits and shares
// everything else with c.
func (c *Catalog) WithLimits(l Limits) *Catalog {
	other := *c
	other.limits = l
	return &other
}

// WithOrphans returns a catalog with another policy for orphans that shares
// everything else with c.
func (c *Catalog) WithOrphans(p OrphanPolicy) *Catalog {
	other := *c
	other.orphans = p
	return &other
}

// Follow keeps the index up with what other processes write until ctx ends. A
// server runs it; without it the index catches up when somebody asks.
func (c *Catalog) Follow(ctx context.Context) error { return c.model.follow(ctx, c.log) }

type actorKey struct{}

// WithActor returns a context whose changes are remembered as made by actor.
func WithActor(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// actorOf returns who acts in ctx; "platform" when nobody said.
func actorOf(ctx context.Context) string {
	if actor, ok := ctx.Value(actorKey{}).(string); ok && actor != "" {
		return actor
	}
	return "platform"
}
