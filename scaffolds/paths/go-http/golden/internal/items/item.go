// Package items is what the service is about: what an item is, the rules it
// keeps, and what it needs from storage. It knows neither HTTP nor a database.
package items

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Limits of a page of items.
const (
	DefaultPage = 20
	MaxPage     = 100
)

// Errors that callers tell apart with errors.Is.
var (
	ErrNotFound  = errors.New("no such item")
	ErrExists    = errors.New("an item with this id exists")
	ErrBadCursor = errors.New("this cursor was not made by this service")
)

// Item is one thing the service keeps.
type Item struct {
	ID        uuid.UUID
	Name      string
	Quantity  int32
	CreatedAt time.Time
}

// Position says where an item stands among all items: they are listed by the
// time they were created, and by id within the same instant.
type Position struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

// Position returns where the item stands.
func (i Item) Position() Position { return Position{CreatedAt: i.CreatedAt, ID: i.ID} }

// Compare orders positions the way items are listed.
func (p Position) Compare(q Position) int {
	return cmp.Or(p.CreatedAt.Compare(q.CreatedAt), strings.Compare(p.ID.String(), q.ID.String()))
}

// Query says which items a list is of. A filter is one more field.
type Query struct {
	After Position // only those that stand after it
	Limit int      // at most so many
}

// Store keeps items. Implementations are safe for concurrent use; storetest
// says what else they owe.
type Store interface {
	// Insert adds an item; ErrExists when its id is taken.
	Insert(ctx context.Context, item Item) error
	// Get returns an item; ErrNotFound when there is none with this id.
	Get(ctx context.Context, id uuid.UUID) (Item, error)
	// List returns the items that a query asks for, in order.
	List(ctx context.Context, q Query) ([]Item, error)
}

// InvalidError says which field of an item breaks which rule.
type InvalidError struct{ Field, Rule string }

// Error reads like "quantity must be at least 0".
func (e *InvalidError) Error() string { return e.Field + " " + e.Rule }

// Page is a part of a list; Next is empty on the last one.
type Page struct {
	Items []Item
	Next  string
}

// Shelf is the use cases around items.
type Shelf struct {
	store Store
	now   func() time.Time
}

// NewShelf returns a shelf whose items are kept in store.
func NewShelf(store Store, now func() time.Time) *Shelf {
	return &Shelf{store: store, now: now}
}

// Create checks and stores a new item.
func (s *Shelf) Create(ctx context.Context, name string, quantity int32) (Item, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return Item{}, &InvalidError{Field: "name", Rule: "must not be blank"}
	}
	// Lists, logs and terminals take a name for one line, and databases take no NUL.
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return Item{}, &InvalidError{Field: "name", Rule: "must be text without control characters"}
	}
	if quantity < 0 {
		return Item{}, &InvalidError{Field: "quantity", Rule: "must be at least 0"}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Item{}, fmt.Errorf("draw an item id: %w", err)
	}
	// Microseconds, because that is what databases keep: an item reads the
	// same before and after it was stored.
	item := Item{ID: id, Name: name, Quantity: quantity, CreatedAt: s.now().UTC().Truncate(time.Microsecond)}
	if err := s.store.Insert(ctx, item); err != nil {
		return Item{}, fmt.Errorf("insert item %s: %w", id, err)
	}
	return item, nil
}

// Get returns one item, or ErrNotFound.
func (s *Shelf) Get(ctx context.Context, id uuid.UUID) (Item, error) {
	item, err := s.store.Get(ctx, id)
	if err != nil {
		return Item{}, fmt.Errorf("get item %s: %w", id, err)
	}
	return item, nil
}

// List returns a page of items. An empty cursor starts at the beginning; a
// limit of 0 means DefaultPage.
func (s *Shelf) List(ctx context.Context, cursor string, limit int) (Page, error) {
	after, err := parseCursor(cursor)
	if err != nil {
		return Page{}, err
	}
	limit = min(cmp.Or(limit, DefaultPage), MaxPage)

	// One more than asked for tells whether there is a next page.
	found, err := s.store.List(ctx, Query{After: after, Limit: limit + 1})
	if err != nil {
		return Page{}, fmt.Errorf("list items: %w", err)
	}
	if len(found) <= limit {
		return Page{Items: found}, nil
	}
	found = found[:limit]
	return Page{Items: found, Next: formatCursor(found[limit-1].Position())}, nil
}
