// Package catalogtest helps to test what uses a catalog: a store in memory, a
// reader of folders in memory, and the suite that every store must pass.
package catalogtest

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// Fake is a catalog.Store and catalog.Unit in memory. A transaction works on a
// copy that others see when it ends well.
type Fake struct {
	writer    sync.Mutex
	committed atomic.Pointer[state]
}

var (
	_ catalog.Store = (*Fake)(nil)
	_ catalog.Unit  = (*Fake)(nil)
)

type state struct {
	entities  map[string]catalog.Entity // by uid
	byRef     map[catalog.Ref]string
	feed      []catalog.Change
	locations []catalog.Location
	sources   sources
	saves     int // of locations
	locked    bool
}

// NewFake returns an empty store.
func NewFake() *Fake {
	f := &Fake{}
	f.committed.Store(&state{entities: map[string]catalog.Entity{}, byRef: map[catalog.Ref]string{}, sources: newSources()})
	return f
}

// New returns a catalog on an empty fake that reads folders from files, by the
// targets of locations.
func New(files map[string]fs.FS) *catalog.Catalog {
	fake := NewFake()
	return catalog.New(fake, fake, Reader(files), slog.New(slog.DiscardHandler))
}

type txKey struct{ f *Fake }

var (
	errNoTx     = errors.New("this needs a transaction")
	errNoLock   = errors.New("the feed is written without its lock")
	errTakenRef = errors.New("two entities have one ref")
)

// InTx runs fn on a copy and keeps it when fn returns nil.
func (f *Fake) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if ctx.Value(txKey{f}) != nil {
		return fn(ctx)
	}
	f.writer.Lock()
	defer f.writer.Unlock()
	before := f.committed.Load()
	tx := &state{
		entities: maps.Clone(before.entities), byRef: maps.Clone(before.byRef),
		feed: slices.Clone(before.feed), locations: slices.Clone(before.locations),
		sources: before.sources.clone(), saves: before.saves,
	}
	if err := fn(context.WithValue(ctx, txKey{f}, tx)); err != nil {
		return err
	}
	tx.locked = false
	f.committed.Store(tx)
	return nil
}

func (f *Fake) read(ctx context.Context) *state {
	if tx, ok := ctx.Value(txKey{f}).(*state); ok {
		return tx
	}
	return f.committed.Load()
}

func (f *Fake) write(ctx context.Context) (*state, error) {
	tx, ok := ctx.Value(txKey{f}).(*state)
	if !ok {
		return nil, errNoTx
	}
	return tx, nil
}

// EntitiesByUID returns the entities that exist.
func (f *Fake) EntitiesByUID(ctx context.Context, uids []string) ([]catalog.Entity, error) {
	s := f.read(ctx)
	var out []catalog.Entity
	for _, uid := range uids {
		if e, ok := s.entities[uid]; ok {
			out = append(out, s.sourced(e))
		}
	}
	return out, nil
}

// EntitiesByRef returns the entities that exist.
func (f *Fake) EntitiesByRef(ctx context.Context, refs []catalog.Ref) ([]catalog.Entity, error) {
	s := f.read(ctx)
	var uids []string
	for _, ref := range refs {
		if uid, ok := s.byRef[ref]; ok {
			uids = append(uids, uid)
		}
	}
	return f.EntitiesByUID(ctx, uids)
}

// HeadersAt returns the headers of a location's entities.
func (f *Fake) HeadersAt(ctx context.Context, locationID string) ([]catalog.Header, error) {
	s := f.read(ctx)
	var out []catalog.Header
	for _, e := range s.entities {
		if e.Source.LocationID == locationID {
			out = append(out, s.header(e))
		}
	}
	return out, nil
}

// HeadersByRef returns the headers of the entities that exist.
func (f *Fake) HeadersByRef(ctx context.Context, refs []catalog.Ref) ([]catalog.Header, error) {
	s := f.read(ctx)
	var out []catalog.Header
	for _, ref := range refs {
		if uid, ok := s.byRef[ref]; ok {
			out = append(out, s.header(s.entities[uid]))
		}
	}
	return out, nil
}

// Bodies returns uid, etag and JSON of the entities that exist.
func (f *Fake) Bodies(ctx context.Context, uids []string) ([]catalog.Body, error) {
	s := f.read(ctx)
	var out []catalog.Body
	for _, uid := range uids {
		if e, ok := s.entities[uid]; ok {
			out = append(out, catalog.Body{UID: uid, Etag: e.Etag, JSON: e.Body})
		}
	}
	return out, nil
}

// EachTerms calls fn with the terms of every entity; there is one version.
func (f *Fake) EachTerms(ctx context.Context, version int, fn func(terms []byte) error) error {
	if version != catalog.TermsVersion {
		return nil
	}
	for _, e := range f.read(ctx).entities {
		if err := fn(e.Terms()); err != nil {
			return err
		}
	}
	return nil
}

// WithoutTerms returns every entity for a version that nobody writes.
func (f *Fake) WithoutTerms(ctx context.Context, version int) ([]string, error) {
	if version == catalog.TermsVersion {
		return nil, nil
	}
	return slices.Collect(maps.Keys(f.read(ctx).entities)), nil
}

// SaveEntities inserts and replaces by UID and appends to the feed.
func (f *Fake) SaveEntities(ctx context.Context, entities []catalog.Entity, by catalog.Author) (int64, error) {
	s, err := f.write(ctx)
	if err != nil {
		return 0, err
	}
	for _, e := range entities {
		if uid, taken := s.byRef[e.Ref()]; taken && uid != e.UID {
			return 0, errTakenRef
		}
		if before, exists := s.entities[e.UID]; exists {
			e.CreatedAt = before.CreatedAt
			delete(s.byRef, before.Ref())
		}
		e.Source.Commit = by.Commit
		event := e.Event
		e.Event = nil
		s.entities[e.UID], s.byRef[e.Ref()] = e, e.UID
		if err := s.append(catalog.Change{
			Operation: catalog.OperationPut, UID: e.UID, Ref: e.Ref(), Etag: e.Etag,
			LocationID: e.Source.LocationID, Author: by, Event: eventOf(event),
		}); err != nil {
			return 0, err
		}
	}
	return s.last(), nil
}

// eventOf returns an event, the zero one when nobody said what happened.
func eventOf(e *catalog.Event) catalog.Event {
	if e == nil {
		return catalog.Event{}
	}
	return *e
}

// OrphansBefore returns the headers of old orphans.
func (f *Fake) OrphansBefore(ctx context.Context, at time.Time) ([]catalog.Header, error) {
	s := f.read(ctx)
	var out []catalog.Header
	for _, e := range s.entities {
		if !e.OrphanedAt.IsZero() && e.OrphanedAt.Before(at) {
			out = append(out, s.header(e))
		}
	}
	return out, nil
}

// MoveEntities stores where entities are written down now.
func (f *Fake) MoveEntities(ctx context.Context, headers []catalog.Header) error {
	s, err := f.write(ctx)
	if err != nil {
		return err
	}
	for _, h := range headers {
		if e, ok := s.entities[h.UID]; ok {
			e.Source.Path, e.Source.Line = h.Source.Path, h.Source.Line
			s.entities[h.UID] = e
		}
	}
	return nil
}

// DeleteEntities removes and appends to the feed.
func (f *Fake) DeleteEntities(ctx context.Context, headers []catalog.Header, by catalog.Author) (int64, error) {
	s, err := f.write(ctx)
	if err != nil {
		return 0, err
	}
	for _, h := range headers {
		e, ok := s.entities[h.UID]
		if !ok {
			continue
		}
		delete(s.entities, h.UID)
		delete(s.byRef, e.Ref())
		if err := s.append(catalog.Change{
			Operation: catalog.OperationDelete, UID: e.UID, Ref: e.Ref(), Etag: e.Etag,
			LocationID: e.Source.LocationID, Author: by, Event: eventOf(h.Event),
		}); err != nil {
			return 0, err
		}
	}
	return s.last(), nil
}

// LockFeed notes that the feed may be written: there is one writer at a time anyway.
func (f *Fake) LockFeed(ctx context.Context) error {
	s, err := f.write(ctx)
	if err != nil {
		return err
	}
	s.locked = true
	return nil
}

// LastChange returns the highest number in the feed.
func (f *Fake) LastChange(ctx context.Context) (int64, error) { return f.read(ctx).last(), nil }

// ChangesAfter returns changes with their entities as they are now.
func (f *Fake) ChangesAfter(ctx context.Context, seq int64, limit int) ([]catalog.Change, error) {
	s := f.read(ctx)
	var out []catalog.Change
	for _, change := range s.feed[min(int(seq), len(s.feed)):] {
		if len(out) == limit {
			break
		}
		if e, ok := s.entities[change.UID]; ok {
			change.Exists, change.Terms = true, e.Terms()
		}
		out = append(out, change)
	}
	return out, nil
}

// History returns the last changes of the entities that ever had a name.
func (f *Fake) History(ctx context.Context, ref catalog.Ref, limit int) ([]catalog.Change, error) {
	s := f.read(ctx)
	named := map[string]bool{}
	for _, change := range s.feed {
		if change.Ref == ref {
			named[change.UID] = true
		}
	}
	var out []catalog.Change
	for _, change := range slices.Backward(s.feed) {
		if named[change.UID] && len(out) < limit {
			out = append(out, change)
		}
	}
	return out, nil
}

// Locations returns all, oldest first.
func (f *Fake) Locations(ctx context.Context) ([]catalog.Location, error) {
	return slices.Clone(f.read(ctx).locations), nil
}

// LocationByID returns one.
func (f *Fake) LocationByID(ctx context.Context, id string) (catalog.Location, bool, error) {
	return f.read(ctx).location(func(l catalog.Location) bool { return l.ID == id })
}

// LocationByKey returns the one that points at the same place.
func (f *Fake) LocationByKey(ctx context.Context, l catalog.Location) (catalog.Location, bool, error) {
	return f.read(ctx).location(func(k catalog.Location) bool {
		return k.Type == l.Type && k.Target == l.Target && k.Branch == l.Branch && k.Path == l.Path
	})
}

// LocationsNaming returns those whose target contains part.
func (f *Fake) LocationsNaming(ctx context.Context, part string) ([]catalog.Location, error) {
	var out []catalog.Location
	for _, l := range f.read(ctx).locations {
		if strings.Contains(strings.ToLower(l.Target), part) {
			l.Errors = nil
			out = append(out, l)
		}
	}
	return out, nil
}

// AllProblems returns the problems of all locations.
func (f *Fake) AllProblems(ctx context.Context) ([]catalog.Problem, error) {
	var out []catalog.Problem
	for _, l := range f.read(ctx).locations {
		for _, p := range l.Errors {
			p.LocationID = l.ID
			out = append(out, p)
		}
	}
	return out, nil
}

// ProblemsVersion counts the times that locations were saved.
func (f *Fake) ProblemsVersion(ctx context.Context) (string, error) {
	return strconv.Itoa(f.read(ctx).saves), nil
}

// ProblemsOf returns the problems of all locations that concern the entity.
func (f *Fake) ProblemsOf(ctx context.Context, ref catalog.Ref, from catalog.Source) ([]catalog.Problem, error) {
	var out []catalog.Problem
	for _, l := range f.read(ctx).locations {
		for _, p := range l.Errors {
			if p.LocationID = l.ID; p.Concerns(ref, from) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// SaveLocation inserts or replaces by ID.
func (f *Fake) SaveLocation(ctx context.Context, l catalog.Location) error {
	s, err := f.write(ctx)
	if err != nil {
		return err
	}
	s.saves++
	l.Errors = slices.Clone(l.Errors)
	for i := range l.Errors {
		l.Errors[i].LocationID = l.ID
	}
	i := slices.IndexFunc(s.locations, func(k catalog.Location) bool { return k.ID == l.ID })
	if i < 0 {
		s.locations = append(s.locations, l)
		return nil
	}
	s.locations[i] = l
	return nil
}

// DeleteLocation forgets a location.
func (f *Fake) DeleteLocation(ctx context.Context, id string) error {
	s, err := f.write(ctx)
	if err != nil {
		return err
	}
	delete(s.sources.files, id)
	delete(s.sources.pushed, id)
	s.saves++
	s.locations = slices.DeleteFunc(s.locations, func(l catalog.Location) bool { return l.ID == id })
	return nil
}

func (s *state) append(change catalog.Change) error {
	if !s.locked {
		return errNoLock
	}
	change.Seq = s.last() + 1
	s.feed = append(s.feed, change)
	return nil
}

func (s *state) last() int64 { return int64(len(s.feed)) }

func (s *state) location(match func(catalog.Location) bool) (catalog.Location, bool, error) {
	i := slices.IndexFunc(s.locations, match)
	if i < 0 {
		return catalog.Location{}, false, nil
	}
	return s.locations[i], true, nil
}

// sourced fills in what the location says.
func (s *state) sourced(e catalog.Entity) catalog.Entity {
	l, _, _ := s.location(func(l catalog.Location) bool { return l.ID == e.Source.LocationID })
	e.Source.Type, e.Source.Target, e.Source.Branch = l.Type, l.Target, l.Branch
	e.Relations, e.Status = nil, catalog.Status{}
	return e
}

func (s *state) header(e catalog.Entity) catalog.Header {
	return catalog.Header{UID: e.UID, Etag: e.Etag, Ref: e.Ref(), Source: s.sourced(e).Source, OrphanedAt: e.OrphanedAt}
}

// Reader reads locations from folders in memory, by target. A target below one
// of them is a file or folder in it.
type Reader map[string]fs.FS

// Open returns the folder of a location.
func (r Reader) Open(_ context.Context, l catalog.Location) (*catalog.Tree, error) {
	if fsys, ok := r[l.Target]; ok {
		return &catalog.Tree{FS: fsys, Entry: ".", Base: l.Target, Signature: signature(fsys)}, nil
	}
	for base, fsys := range r {
		name, below := strings.CutPrefix(l.Target, base+"/")
		if !below {
			continue
		}
		if _, err := fs.Stat(fsys, name); err == nil {
			sub, err := fs.Sub(fsys, path.Dir(name))
			if err != nil {
				return nil, err
			}
			return &catalog.Tree{FS: sub, Entry: path.Base(name), Base: path.Dir(l.Target), Signature: signature(sub)}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no file or folder %s.", l.Target).
		WithHint("Check how it is written: platform catalog register PATH_OR_URL")
}

// signature tells files apart by what is in them.
func signature(fsys fs.FS) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		data, err := fs.ReadFile(fsys, name)
		return string(data), err == nil
	}
}
