// Package storetest is what every implementation of items.Store owes, as
// tests: the one in memory and the one on a database pass the same.
package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/golden/service/internal/items"
)

// Run tests the stores that open returns; each must be empty and its own.
func Run(t *testing.T, open func(t *testing.T) items.Store) {
	t.Helper()

	t.Run("what was inserted can be read", func(t *testing.T) {
		t.Parallel()
		store, want := open(t), item(1)
		insert(t, store, want)
		got, err := store.Get(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stored and read differ (-want +got):\n%s", diff)
		}
	})

	t.Run("an unknown id is not found", func(t *testing.T) {
		t.Parallel()
		if _, err := open(t).Get(t.Context(), uuid.New()); !errors.Is(err, items.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})

	t.Run("an id is taken once", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		insert(t, store, item(1))
		if err := store.Insert(t.Context(), item(1)); !errors.Is(err, items.ErrExists) {
			t.Errorf("got %v, want ErrExists", err)
		}
	})

	t.Run("a list is in order, starts after the position, and ends at the limit", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		for _, n := range []int{3, 1, 5, 2, 4} {
			insert(t, store, item(n))
		}
		got, err := store.List(t.Context(), items.Query{After: item(2).Position(), Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]items.Item{item(3), item(4)}, got); diff != "" {
			t.Errorf("page differs (-want +got):\n%s", diff)
		}
	})

	t.Run("items of the same instant are ordered by id", func(t *testing.T) {
		t.Parallel()
		store, first, second := open(t), item(1), item(2)
		second.CreatedAt = first.CreatedAt
		insert(t, store, second)
		insert(t, store, first)
		got, err := store.List(t.Context(), items.Query{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]items.Item{first, second}, got); diff != "" {
			t.Errorf("page differs (-want +got):\n%s", diff)
		}
	})

	t.Run("a list may start anywhere that a cursor can say, and a name be anything that the shelf takes", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		shelf := items.NewShelf(store, time.Now)
		const name = "Té\u2028🫖 \\0 '; --"
		kept, err := shelf.Create(t.Context(), name, 1)
		if err != nil || kept.Name != name {
			t.Fatalf("kept %+v, %v", kept, err)
		}
		for at, want := range map[time.Time]int{time.UnixMicro(0).UTC(): 1, items.LastInstant: 0} {
			got, err := store.List(t.Context(), items.Query{After: items.Position{CreatedAt: at}, Limit: 10})
			if err != nil || len(got) != want {
				t.Errorf("after %s: %d items, %v, want %d", at, len(got), err, want)
			}
		}
	})

	t.Run("many writers and readers do not lose an item", func(t *testing.T) {
		t.Parallel()
		store := open(t)
		var group sync.WaitGroup
		for n := range 50 {
			group.Go(func() {
				if err := store.Insert(t.Context(), item(n)); err != nil {
					t.Errorf("insert: %v", err)
				}
				if _, err := store.List(t.Context(), items.Query{Limit: 10}); err != nil {
					t.Errorf("list: %v", err)
				}
			})
		}
		group.Wait()
		got, err := store.List(t.Context(), items.Query{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 50 {
			t.Errorf("%d items were kept, want 50", len(got))
		}
	})
}

func insert(t *testing.T, store items.Store, item items.Item) {
	t.Helper()
	if err := store.Insert(t.Context(), item); err != nil {
		t.Fatalf("insert: %v", err)
	}
}

// The nth item: always the same, and created n seconds after the first.
func item(n int) items.Item {
	id := uuid.MustParse(fmt.Sprintf("00000000-0000-7000-8000-%012d", n))
	start := time.Date(2026, time.January, 2, 15, 4, 5, 0, time.UTC)
	return items.Item{ID: id, Name: fmt.Sprintf("item %d", n), Quantity: int32(n), CreatedAt: start.Add(time.Duration(n) * time.Second)}
}
