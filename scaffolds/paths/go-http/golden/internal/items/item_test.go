package items_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/items/memory"
)

func newShelf() *items.Shelf {
	now := time.Date(2026, time.January, 2, 15, 4, 5, 123456789, time.UTC)
	return items.NewShelf(memory.New(), func() time.Time { return now })
}

func TestShelf_Create(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		item      string
		quantity  int32
		wantField string
	}{
		{name: "a good item", item: "Blue teapot", quantity: 3},
		{name: "none in stock", item: "Blue teapot", quantity: 0},
		{name: "a blank name", item: "  \t", quantity: 1, wantField: "name"},
		{name: "a name with a NUL", item: "Blue\x00teapot", quantity: 1, wantField: "name"},
		{name: "a name of two lines", item: "Blue\nteapot", quantity: 1, wantField: "name"},
		{name: "a name that is no text", item: "Blue \xff", quantity: 1, wantField: "name"},
		{name: "less than nothing", item: "Blue teapot", quantity: -1, wantField: "quantity"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			shelf := newShelf()
			made, err := shelf.Create(t.Context(), test.item, test.quantity)
			if test.wantField != "" {
				var invalid *items.InvalidError
				if !errors.As(err, &invalid) || invalid.Field != test.wantField {
					t.Fatalf("got %v, want a complaint about %s", err, test.wantField)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			kept, err := shelf.Get(t.Context(), made.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(made, kept); diff != "" {
				t.Errorf("returned and stored differ (-returned +stored):\n%s", diff)
			}
		})
	}
}

func TestShelf_Get_unknown(t *testing.T) {
	t.Parallel()
	if _, err := newShelf().Get(t.Context(), uuid.New()); !errors.Is(err, items.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// Reads all pages while more items arrive: no item that was there is missed
// or seen twice.
func TestShelf_List_pages(t *testing.T) {
	t.Parallel()
	shelf := newShelf()
	var want []string
	add := func(n int) {
		name := fmt.Sprintf("item %d", n)
		if _, err := shelf.Create(t.Context(), name, 1); err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	for n := range 5 {
		add(n)
	}

	var got []string
	for cursor, more := "", true; more; {
		page, err := shelf.List(t.Context(), cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > 2 {
			t.Fatalf("a page has %d items, want at most 2", len(page.Items))
		}
		for _, item := range page.Items {
			got = append(got, item.Name)
		}
		if len(want) < 7 {
			add(len(want))
		}
		cursor, more = page.Next, page.Next != ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the pages together differ (-want +got):\n%s", diff)
	}
}

func TestShelf_List_limits(t *testing.T) {
	t.Parallel()
	shelf := newShelf()
	for n := range items.MaxPage + 1 {
		if _, err := shelf.Create(t.Context(), fmt.Sprintf("item %d", n), 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name        string
		limit, want int
	}{
		{name: "none given", limit: 0, want: items.DefaultPage},
		{name: "as asked", limit: 7, want: 7},
		{name: "too many", limit: 1000, want: items.MaxPage},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			page, err := shelf.List(t.Context(), "", test.limit)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items) != test.want {
				t.Errorf("got %d items, want %d", len(page.Items), test.want)
			}
		})
	}
}

func TestShelf_List_badCursor(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"!", "bm8", "MTcgbm8", "MTc"} {
		if _, err := newShelf().List(t.Context(), cursor, 1); !errors.Is(err, items.ErrBadCursor) {
			t.Errorf("cursor %q: got %v, want ErrBadCursor", cursor, err)
		}
	}
}
