// Package memory keeps items in the process's memory. They are gone when it
// stops, so it is for trying things out and for tests.
package memory

import (
	"context"
	"slices"
	"sync"

	"github.com/google/uuid"

	"example.com/golden/service/internal/items"
)

// Store implements items.Store.
type Store struct {
	mu      sync.RWMutex
	byID    map[uuid.UUID]items.Item
	ordered []items.Position
}

var _ items.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{byID: map[uuid.UUID]items.Item{}}
}

// Insert implements items.Store.
func (s *Store) Insert(_ context.Context, item items.Item) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.byID[item.ID]; taken {
		return items.ErrExists
	}
	s.byID[item.ID] = item
	at, _ := slices.BinarySearchFunc(s.ordered, item.Position(), items.Position.Compare)
	s.ordered = slices.Insert(s.ordered, at, item.Position())
	return nil
}

// Get implements items.Store.
func (s *Store) Get(_ context.Context, id uuid.UUID) (items.Item, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	item, ok := s.byID[id]
	if !ok {
		return items.Item{}, items.ErrNotFound
	}
	return item, nil
}

// List implements items.Store.
func (s *Store) List(_ context.Context, q items.Query) ([]items.Item, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	from, found := slices.BinarySearchFunc(s.ordered, q.After, items.Position.Compare)
	if found {
		from++
	}
	to := min(from+q.Limit, len(s.ordered))
	page := make([]items.Item, 0, to-from)
	for _, position := range s.ordered[from:to] {
		page = append(page, s.byID[position.ID])
	}
	return page, nil
}
