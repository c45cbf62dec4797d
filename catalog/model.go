package catalog

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/catalog/index"
)

const (
	// pollEvery bounds how long a change of another process stays unseen.
	pollEvery = 500 * time.Millisecond
	// waitForOwn bounds how long a write of this process is looked for that is
	// not in the feed: its transaction may be long, or was rolled back.
	waitForOwn = 30 * time.Second
	// patience bounds how long an index that is slightly old is waited for.
	patience = time.Second
	// feedBatch is how many changes are read at once.
	feedBatch = 2000
	// buildBatch is how many documents of another version are put into a new index at once.
	buildBatch = 4000
	// termsBatch is how many documents are put into a new index while the next are read.
	termsBatch = 500
)

// model is the read model of one process: the index, how far in the feed it
// is, and the entities read lately.
type model struct {
	store Store
	docs  *index.Index
	cache *entityCache
	bytes *byteCache

	statuses statuses

	turn    chan struct{} // holds one token while somebody catches up
	built   atomic.Bool   // docs holds everything up to seq
	seq     atomic.Int64  // last change in docs
	checked atomic.Int64  // when the feed was last read, unix nanoseconds
	own     atomic.Int64  // last change this process wrote
	ownAt   atomic.Int64  // when, unix nanoseconds
}

func newModel(store Store) *model {
	return &model{store: store, docs: index.New(), cache: newEntityCache(entityCacheSize), bytes: newByteCache(byteCacheSize), turn: make(chan struct{}, 1)}
}

// wrote tells the model that this process drew seq; the transaction may not
// have ended yet.
func (m *model) wrote(seq int64) {
	for {
		old := m.own.Load()
		if seq <= old {
			return
		}
		if m.own.CompareAndSwap(old, seq) {
			m.ownAt.Store(time.Now().UnixNano())
			return
		}
	}
}

// index returns the index, caught up: it holds what this process wrote and
// everything that is older than pollEvery.
func (m *model) index(ctx context.Context) (*index.Index, error) {
	if m.fresh() {
		return m.docs, nil
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		select {
		case m.turn <- struct{}{}:
			defer func() { <-m.turn }()
			if m.fresh() {
				return m.docs, nil // somebody else did it while we waited
			}
			return m.docs, m.catchUp(ctx)
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the catalog's index: %w", ctx.Err())
		case <-late.C:
			// Whoever has the turn may wait for a connection that callers in
			// transactions hold while they wait here.
			if m.built.Load() {
				return m.docs, nil
			}
		}
	}
}

func (m *model) fresh() bool {
	if !m.built.Load() {
		return false
	}
	now := time.Now().UnixNano()
	if own := m.own.Load(); own > m.seq.Load() && now-m.ownAt.Load() < int64(waitForOwn) {
		return false
	}
	return now-m.checked.Load() < int64(pollEvery)
}

// catchUp builds the index when there is none and applies what came since. It
// must not see what a transaction in ctx has not committed: that may be rolled
// back, and the index could not forget it.
func (m *model) catchUp(ctx context.Context) error {
	ctx = withoutTx(ctx)
	now := time.Now().UnixNano()
	if !m.built.Load() {
		if err := m.build(ctx); err != nil {
			return err
		}
	}
	for {
		changes, err := m.store.ChangesAfter(ctx, m.seq.Load(), feedBatch)
		if err != nil {
			return fmt.Errorf("read the catalog's feed: %w", err)
		}
		if err := m.apply(ctx, changes); err != nil {
			return err
		}
		if len(changes) < feedBatch {
			if err := m.statuses.refresh(ctx, m.store); err != nil {
				return err
			}
			m.checked.Store(now)
			return nil
		}
	}
}

// build reads the terms of all entities. Changes made meanwhile are above the
// number read first and are applied again afterwards.
func (m *model) build(ctx context.Context) error {
	seq, err := m.store.LastChange(ctx)
	if err != nil {
		return fmt.Errorf("read the catalog's feed: %w", err)
	}
	if err := m.readTerms(ctx); err != nil {
		return fmt.Errorf("build the catalog's index: %w", err)
	}
	older, err := m.store.WithoutTerms(ctx, TermsVersion)
	if err != nil {
		return fmt.Errorf("build the catalog's index: %w", err)
	}
	for part := range slices.Chunk(older, buildBatch) {
		docs, err := m.decoded(ctx, part)
		if err != nil {
			return err
		}
		m.docs.Apply(docs, nil)
	}
	m.seq.Store(seq)
	m.built.Store(true)
	return nil
}

// termsPart is the terms of some entities, one after the other in one text: a
// text each would be memory that is touched for a moment only.
type termsPart struct {
	text strings.Builder
	ends []int
}

func newTermsPart() *termsPart {
	const each = 1200 // bytes that terms usually have
	p := &termsPart{ends: make([]int, 0, termsBatch)}
	p.text.Grow(termsBatch * each)
	return p
}

func (p *termsPart) add(terms []byte) {
	p.text.Write(terms)
	p.ends = append(p.ends, p.text.Len())
}

// docs decodes the part.
func (p *termsPart) docs(decoder *termDecoder) ([]index.Doc, error) {
	docs, text, from := make([]index.Doc, len(p.ends)), p.text.String(), 0
	for i, end := range p.ends {
		var err error
		if docs[i], err = decoder.doc(text[from:end]); err != nil {
			return nil, err
		}
		from = end
	}
	return docs, nil
}

// readTerms puts what entities have terms of into the index, some while the
// next are read.
func (m *model) readTerms(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	parts := make(chan *termsPart, 2)
	group.Go(func() error {
		defer close(parts)
		part := newTermsPart()
		send := func() error {
			select {
			case parts <- part:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := m.store.EachTerms(ctx, TermsVersion, func(terms []byte) error {
			if part.add(terms); len(part.ends) < termsBatch {
				return nil
			}
			if err := send(); err != nil {
				return err
			}
			part = newTermsPart()
			return nil
		})
		if err != nil {
			return err
		}
		return send()
	})
	group.Go(func() error {
		decoder := newTermDecoder()
		for part := range parts {
			decoder.reuse()
			docs, err := part.docs(decoder)
			if err != nil {
				return err
			}
			m.docs.Apply(docs, nil)
		}
		return nil
	})
	return group.Wait()
}

// decoded reads entities that another version of the platform wrote.
func (m *model) decoded(ctx context.Context, uids []string) ([]index.Doc, error) {
	if len(uids) == 0 {
		return nil, nil
	}
	entities, err := m.store.EntitiesByUID(ctx, uids)
	if err != nil {
		return nil, fmt.Errorf("read %d entities: %w", len(uids), err)
	}
	docs := make([]index.Doc, len(entities))
	for i, e := range entities {
		docs[i] = docOf(e)
	}
	return docs, nil
}

func (m *model) apply(ctx context.Context, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	last := make(map[string]int, len(changes))
	for i, change := range changes {
		last[change.UID] = i
	}
	decoder := newTermDecoder()
	var puts []index.Doc
	var deletes, older []string
	for i, change := range changes {
		switch {
		case last[change.UID] != i: // a later one says the same, newer
		case !change.Exists:
			deletes = append(deletes, change.UID)
		case change.Terms == nil:
			older = append(older, change.UID)
		default:
			d, err := decoder.doc(string(change.Terms))
			if err != nil {
				return fmt.Errorf("read change %d of the catalog's feed: %w", change.Seq, err)
			}
			puts = append(puts, d)
		}
	}
	docs, err := m.decoded(ctx, older)
	if err != nil {
		return err
	}
	m.docs.Apply(append(puts, docs...), deletes)
	m.seq.Store(changes[len(changes)-1].Seq)
	return nil
}

// follow catches up again and again, so that no reader has to wait for it.
func (m *model) follow(ctx context.Context, log *slog.Logger) error {
	ticker := time.NewTicker(pollEvery / 2)
	defer ticker.Stop()
	for {
		select {
		case m.turn <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		err := m.catchUp(ctx)
		<-m.turn
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "catalog index is behind", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// load returns the entities of hits in their order. One that went away between
// the index's answer and now is left out.
func (m *model) load(ctx context.Context, hits []index.Summary) ([]Entity, error) {
	found := make(map[string]Entity, len(hits))
	var missing []string
	for _, hit := range hits {
		if e, ok := m.cache.get(hit.ID, hit.Etag); ok {
			found[hit.ID] = e
			continue
		}
		missing = append(missing, hit.ID)
	}
	if len(missing) > 0 {
		read, err := m.store.EntitiesByUID(ctx, missing)
		if err != nil {
			return nil, fmt.Errorf("read %d entities: %w", len(missing), err)
		}
		for _, e := range read {
			m.cache.put(e)
			found[e.UID] = e
		}
	}
	items := make([]Entity, 0, len(hits))
	for _, hit := range hits {
		if e, ok := found[hit.ID]; ok {
			items = append(items, e)
		}
	}
	return items, nil
}

// withoutTx hides the transaction of a context and keeps its deadline.
func withoutTx(ctx context.Context) context.Context { return outside{ctx} }

type outside struct{ context.Context }

// Value returns nothing.
func (outside) Value(any) any { return nil }

// target returns the canonical form of what a field of spec refers to.
func (e Entity) target(field string) string {
	for _, r := range references(e.Kind) {
		if r.field != field || r.list {
			continue
		}
		ref, err := ParseRef(e.SpecString(field), RefDefaults{Kind: r.defaultKind, Namespace: e.Metadata.Namespace})
		if err == nil {
			return ref.String()
		}
	}
	return ""
}
