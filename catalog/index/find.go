package index

import (
	"cmp"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// Query narrows, orders and cuts. Filters narrow one after the other; the
// values of one are alternatives. Every word must be in a document's text.
type Query struct {
	Filters    []Filter
	Words      []string
	Order      string // "name", "updated", or a key
	Descending bool
	Limit      int
	Cursor     string
}

// Filter keeps the documents that have one of the values for the key.
type Filter struct {
	Key    string
	Values []string
}

// Result is one page.
type Result struct {
	Hits  []Summary
	Total int
	Next  string // cursor of the next page, "" on the last
}

// Count says how many documents have a value.
type Count struct {
	Value, Label string
	Count        int
}

// Find returns the page that follows q's cursor.
func (x *Index) Find(q Query) (Result, error) {
	start, err := parseCursor(q)
	if err != nil {
		return Result{}, err
	}
	x.prepare(q.Order)
	x.mu.RLock()
	defer x.mu.RUnlock()
	o := x.orders[q.Order]
	if o == nil {
		o = newOrdering(x, q.Order) // dropped by a bulk change a moment ago
	}
	matched := x.match(q.Filters, q.Words)
	slots, more := o.page(x, matched, q, start)
	result := Result{Total: size(matched), Hits: make([]Summary, len(slots))}
	for i, slot := range slots {
		result.Hits[i] = x.entries[slot].Summary
	}
	if more {
		result.Next = x.cursor(q, slots[len(slots)-1])
	}
	return result, nil
}

// Facets counts the values of each key among the documents that match q,
// most frequent first. A filter on a key does not narrow the counts of that key.
func (x *Index) Facets(q Query, keys []string) map[string][]Count {
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := make(map[string][]Count, len(keys))
	var matched *roaring.Bitmap
	for _, key := range keys {
		others := slices.DeleteFunc(slices.Clone(q.Filters), func(f Filter) bool { return f.Key == key })
		if len(others) != len(q.Filters) {
			out[key] = x.counts(key, x.match(others, q.Words))
			continue
		}
		if matched == nil {
			matched = x.match(q.Filters, q.Words)
		}
		out[key] = x.counts(key, matched)
	}
	return out
}

// counts goes over the values or over the documents, whichever are fewer.
func (x *Index) counts(key string, matched *roaring.Bitmap) []Count {
	values := x.keys[key]
	out := make([]Count, 0, min(len(values), 256))
	add := func(p *posting, n uint64) {
		if n > 0 {
			out = append(out, Count{Value: p.value, Label: p.label, Count: int(n)}) //nolint:gosec // fits: it counts slots
		}
	}
	switch n := matched.GetCardinality(); {
	case matched == x.all:
		for _, p := range values {
			add(p, p.slots.GetCardinality())
		}
	case n < uint64(len(values))*4:
		found := map[*posting]uint64{}
		each(matched, func(slot uint32) {
			for _, p := range x.entries[slot].postings {
				if p.key == key {
					found[p]++
				}
			}
		})
		for p, n := range found {
			add(p, n)
		}
	default:
		for _, p := range values {
			add(p, p.slots.AndCardinality(matched))
		}
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out
}

// match returns the slots that pass; x.all itself when nothing narrows. The
// bitmap belongs to the index: nobody may change it.
func (x *Index) match(filters []Filter, words []string) *roaring.Bitmap {
	matched := x.all
	for _, f := range filters {
		alternatives := x.alternatives(f)
		if matched == x.all {
			matched = alternatives
		} else {
			matched = roaring.And(matched, alternatives)
		}
	}
	if len(words) == 0 {
		return matched
	}
	found := make([]uint32, 0, 64)
	each(matched, func(slot uint32) {
		text := x.entries[slot].text
		for _, w := range words {
			if !strings.Contains(text, w) {
				return
			}
		}
		found = append(found, slot)
	})
	return roaring.BitmapOf(found...)
}

func (x *Index) alternatives(f Filter) *roaring.Bitmap {
	var sets []*roaring.Bitmap
	for _, v := range f.Values {
		if p := x.keys[f.Key][v]; p != nil {
			sets = append(sets, p.slots)
		}
	}
	switch len(sets) {
	case 0:
		return roaring.New()
	case 1:
		return sets[0]
	default:
		return roaring.FastOr(sets...)
	}
}

// size returns how many slots are in the set.
func size(set *roaring.Bitmap) int {
	return int(set.GetCardinality()) //nolint:gosec // there are fewer slots than an int holds
}

// each calls fn for every slot in the set.
func each(set *roaring.Bitmap, fn func(slot uint32)) {
	var buffer [256]uint32
	it := set.ManyIterator()
	for n := it.NextMany(buffer[:]); n > 0; n = it.NextMany(buffer[:]) {
		for _, slot := range buffer[:n] {
			fn(slot)
		}
	}
}

func compareEdges(a, b Edge) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Target, b.Target))
}
