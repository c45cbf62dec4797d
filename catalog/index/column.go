package index

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
)

// column holds the documents of each value of one key: the key of terms, or a
// type of relation, whose values are names.
type column struct {
	postings map[uint32]posting
	// folded leads from a text in lower case to those in another case.
	folded map[uint32][]uint32
	// some are the documents that have any value.
	some *roaring.Bitmap
	used atomic.Int64
	// hay is what pieces of texts are looked for in; nil since a value came or went.
	hay atomic.Pointer[haystack]
}

// posting is the documents of one value: one, without a set of its own, or several.
type posting struct {
	slot uint32
	set  *roaring.Bitmap
}

func (p posting) count() int {
	if p.set == nil {
		return 1
	}
	return size(p.set)
}

func (p posting) addTo(set *roaring.Bitmap) {
	if p.set == nil {
		set.Add(p.slot)
	} else {
		set.Or(p.set)
	}
}

// common returns how many of a posting's documents are in a set.
func (p posting) common(set *roaring.Bitmap) int {
	if p.set != nil {
		return int(p.set.AndCardinality(set)) //nolint:gosec // there are fewer slots than an int holds
	}
	if set.Contains(p.slot) {
		return 1
	}
	return 0
}

func newColumn() *column {
	return &column{postings: map[uint32]posting{}, folded: map[uint32][]uint32{}, some: roaring.New()}
}

// add notes that a document has a value; folded is the value in lower case.
func (c *column) add(slot, value, folded uint32) {
	c.some.Add(slot)
	p, known := c.postings[value]
	switch {
	case !known:
		c.hay.Store(nil)
		c.postings[value] = posting{slot: slot}
		if folded != value {
			c.folded[folded] = append(c.folded[folded], value)
		}
	case p.set != nil:
		p.set.Add(slot)
	case p.slot != slot:
		c.postings[value] = posting{set: roaring.BitmapOf(p.slot, slot)}
	}
}

func (c *column) remove(slot, value, folded uint32) {
	c.some.Remove(slot)
	p, known := c.postings[value]
	if !known {
		return
	}
	if p.set != nil {
		p.set.Remove(slot)
		if !p.set.IsEmpty() {
			return
		}
	} else if p.slot != slot {
		return
	}
	c.hay.Store(nil)
	delete(c.postings, value)
	if folded != value {
		c.folded[folded] = slices.DeleteFunc(c.folded[folded], func(v uint32) bool { return v == value })
		if len(c.folded[folded]) == 0 {
			delete(c.folded, folded)
		}
	}
}

// with adds the documents that have a text, in any case, to a set.
func (c *column) with(folded uint32, set *roaring.Bitmap) {
	if p, ok := c.postings[folded]; ok {
		p.addTo(set)
	}
	for _, value := range c.folded[folded] {
		c.postings[value].addTo(set)
	}
}

// columns are those that are made, by key, and by lower-cased type of relation.
type columns struct {
	terms     map[uint32]*column
	relations map[string]*column
	clock     atomic.Int64
}

// maxColumns bounds how many columns are kept; the one used least recently goes.
const maxColumns = 96

func newColumns() columns {
	return columns{terms: map[uint32]*column{}, relations: map[string]*column{}}
}

func (cs *columns) clear() {
	clear(cs.terms)
	clear(cs.relations)
}

// related forgets what was made of edges that have changed.
func (cs *columns) related() { clear(cs.relations) }

func (cs *columns) add(slot uint32, pairs []uint64, texts *dictionary) {
	if len(cs.terms) == 0 {
		return
	}
	for _, pair := range pairs {
		if c := cs.terms[keyOf(pair)]; c != nil {
			c.add(slot, valueOf(pair), texts.folded[valueOf(pair)])
		}
	}
}

func (cs *columns) remove(slot uint32, pairs []uint64, texts *dictionary) {
	if len(cs.terms) == 0 {
		return
	}
	for _, pair := range pairs {
		if c := cs.terms[keyOf(pair)]; c != nil {
			c.remove(slot, valueOf(pair), texts.folded[valueOf(pair)])
		}
	}
}

// makeRoom lets columns used least recently go when there are too many.
func (cs *columns) makeRoom() {
	for len(cs.terms) >= maxColumns {
		oldest, when := uint32(0), int64(math.MaxInt64)
		for key, c := range cs.terms {
			if used := c.used.Load(); used < when {
				oldest, when = key, used
			}
		}
		delete(cs.terms, oldest)
	}
}

// reading is one question, asked under the index's lock for readers. A column
// or ordering that is missing makes it fail, and it is asked again when those
// are made.
type reading struct {
	x       *Index
	missing []want
}

// want is something that must be made first.
type want struct {
	key      uint32
	relation string
	order    string
	by       []By
}

// read answers a question. What it needs and nobody has made yet is made first.
func (x *Index) read(ask func(r *reading)) {
	for round := 0; ; round++ {
		r := reading{x: x}
		x.mu.RLock()
		ask(&r)
		x.mu.RUnlock()
		if len(r.missing) == 0 {
			return
		}
		x.mu.Lock()
		for _, w := range r.missing {
			if round == 0 { // a question may need more than is kept
				x.columns.makeRoom()
			}
			x.build(w)
		}
		// Asked again at once, so that no change can come between.
		r = reading{x: x}
		ask(&r)
		x.mu.Unlock()
		if len(r.missing) == 0 {
			return
		}
	}
}

func (x *Index) build(w want) {
	switch {
	case w.order != "":
		x.orders.build(x, w.order, w.by)
	case w.relation != "":
		if x.columns.relations[w.relation] == nil {
			x.columns.relations[w.relation] = x.relationColumn(w.relation)
		}
	case x.columns.terms[w.key] == nil:
		x.columns.terms[w.key] = x.termColumn(w.key)
	}
}

func (x *Index) termColumn(key uint32) *column {
	c := newColumn()
	c.used.Store(x.columns.clock.Add(1))
	for slot := range x.entries {
		for _, pair := range x.entries[slot].values(key) {
			c.add(uint32(slot), valueOf(pair), x.texts.folded[valueOf(pair)])
		}
	}
	return c
}

func (x *Index) relationColumn(relation string) *column {
	c := newColumn()
	var types []uint32
	for n, name := range x.graph.typeList {
		if strings.ToLower(name) == relation {
			types = append(types, uint32(n))
		}
	}
	for name, slot := range x.byName {
		for _, edge := range x.graph.out[name] {
			if slices.Contains(types, keyOf(edge)) {
				c.add(slot, valueOf(edge), valueOf(edge))
			}
		}
	}
	return c
}

// term returns the column of a key, nil when no document has the key. A key
// of items is asked for with the mark.
func (r *reading) term(name string) *column {
	key, known := r.x.keys[name]
	if !known {
		return nil
	}
	c := r.x.columns.terms[key]
	if c == nil {
		r.missing = append(r.missing, want{key: key})
		return nil
	}
	c.used.Store(r.x.columns.clock.Add(1))
	return c
}

// relation returns the column of a type of relation, in lower case.
func (r *reading) relation(name string) *column {
	known := slices.ContainsFunc(r.x.graph.typeList, func(t string) bool { return strings.EqualFold(t, name) })
	if !known {
		return nil
	}
	c := r.x.columns.relations[name]
	if c == nil {
		r.missing = append(r.missing, want{relation: name})
	}
	return c
}
