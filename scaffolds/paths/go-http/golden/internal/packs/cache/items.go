package cache

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/parts"
)

// itemStore implements items.Store: a cache before another store. Lists are not
// cached: each new item would make pages of them wrong.
type itemStore struct {
	next     items.Store
	server   *server
	settings Config
	patience time.Duration // with the store, for all who wait for the same read
	metrics  *metrics
	flights  singleflight.Group
	owed     *owed
}

var _ items.Store = (*itemStore)(nil)

// answer is what a read came to.
type answer struct {
	item    items.Item
	err     error
	outcome string
}

// Get implements items.Store. Who asks for an item while it is being read gets
// what that read comes to: whatever the cache does, the store is asked once.
func (s *itemStore) Get(ctx context.Context, id uuid.UUID) (items.Item, error) {
	// What the request wrote itself it must read; and what the cache could not
	// be told of it does not know.
	if parts.HasWritten(ctx) || s.owed.has(id) {
		s.metrics.reads.WithLabelValues(skipped).Inc()
		return s.next.Get(ctx, id)
	}
	leads := false
	flight := s.flights.DoChan(id.String(), func() (any, error) {
		leads = true
		return s.find(ctx, id), nil
	})
	select {
	case <-ctx.Done():
		return items.Item{}, context.Cause(ctx)
	case landed := <-flight:
		found, _ := landed.Val.(answer)
		s.metrics.reads.WithLabelValues(found.outcome).Inc()
		if !leads {
			s.metrics.shared.Inc()
		}
		return found.item, found.err
	}
}

// find looks in the cache and then in the store, for all who wait: that the
// first of them goes away is no reason to stop.
func (s *itemStore) find(ctx context.Context, id uuid.UUID) (found answer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.patience)
	defer cancel()
	defer func() {
		if v := recover(); v != nil { // Here it would end the process, not the request.
			found = answer{err: fmt.Errorf("panic: %v\n%s", v, debug.Stack()), outcome: missed}
		}
	}()
	value, err := s.server.get(ctx, keyOf(id))
	if value == absent {
		return answer{err: items.ErrNotFound, outcome: hit}
	}
	if item, ok := decode(value); ok {
		return answer{item: item, outcome: hit}
	}
	start := time.Now()
	found.item, found.err = s.next.Get(ctx, id)
	if err != nil {
		found.outcome = unavailable
		return found
	}
	found.outcome = missed
	// Who read for longer may have read before a write whose mark is gone by now.
	if time.Since(start) <= s.settings.SettleTime/2 {
		s.keep(ctx, id, found)
	}
	return found
}

// keep makes a copy. It need not succeed, and does not while the item is marked
// as written.
func (s *itemStore) keep(ctx context.Context, id uuid.UUID, found answer) {
	switch {
	case found.err == nil:
		if value, err := encode(found.item); err == nil {
			_ = s.server.put(ctx, keyOf(id), value, s.settings.ttl())
		}
	case errors.Is(found.err, items.ErrNotFound) && s.settings.AbsentTTL > 0:
		_ = s.server.put(ctx, keyOf(id), absent, s.settings.AbsentTTL)
	}
}

// Insert implements items.Store.
func (s *itemStore) Insert(ctx context.Context, item items.Item) error {
	parts.Wrote(ctx)
	err := s.next.Insert(ctx, item)
	// Also when it failed: it may have been written and nobody was told.
	s.forget(ctx, item.ID)
	return err
}

// forget makes every instance forget what it knows of an item. Whatever changes
// an item calls it afterwards.
func (s *itemStore) forget(ctx context.Context, id uuid.UUID) {
	if err := s.server.mark(ctx, keyOf(id), written, s.settings.SettleTime); err != nil {
		s.owed.add(id)
	}
	s.flights.Forget(id.String()) // Who asks from now on does not join an older read.
}

// List implements items.Store.
func (s *itemStore) List(ctx context.Context, q items.Query) ([]items.Item, error) {
	return s.next.List(ctx, q)
}

// lookEvery is how soon it is noticed that the cache is back.
const lookEvery = time.Second

// watch looks at the cache again and again, and makes good what it could not
// be told.
func (s *itemStore) watch(ctx context.Context) {
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		if s.server.look(ctx) == nil {
			s.owed.pay(func(id uuid.UUID) error {
				return s.server.mark(ctx, keyOf(id), written, s.settings.SettleTime)
			})
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

func keyOf(id uuid.UUID) string { return "item:" + id.String() }
