// Package index answers questions about many entities from memory: which match
// a condition, how many have each value, what comes next in this order, who is
// related to whom, what is called almost like this. It knows documents with
// keys, values and edges; it does not know what an entity is or where documents
// come from.
//
// Every document keeps all its keys and values as a sorted list of numbers.
// What a question needs on top, the documents of each value of a key or all
// documents in some order, is made when it is first asked for and kept up from
// then on.
package index

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

// Doc is what the index keeps of one entity. Keys, Text and refs are compared
// as they are, so the caller lower-cases them.
type Doc struct {
	ID    string // never reused for another document
	Ref   string // unique among the documents that exist
	Etag  string
	Kind  string // to show
	Name  string // to show
	Title string // to show
	Text  string // what words are looked for in
	// Updated orders documents by time.
	Updated int64
	Terms   []Term
	Edges   []Edge
}

// Term is one value that a document has for a key. Values are compared without
// regard to case. Null is a value that exists and equals nothing. An Item came
// out of a list: for it the key followed by a dot and the item has the value
// true as well.
type Term struct {
	Key, Value string
	Item, Null bool
}

// Edge is one relation, from Source to Target. A document may bring edges whose
// source is another one; several may bring the same.
type Edge struct{ Source, Type, Target string }

// Summary is a document as others show it. Stamp changes with its edges.
type Summary struct {
	ID, Ref, Etag, Kind, Name, Title string
	Stamp                            uint32
}

// Index holds documents. It is safe for concurrent use.
type Index struct {
	mu      sync.RWMutex
	entries []entry // by slot
	free    []uint32
	all     *roaring.Bitmap
	byID    map[string]uint32
	byName  map[uint32]uint32 // slot by the number of its ref
	keys    map[string]uint32
	texts   dictionary
	graph   graph
	columns columns
	orders  orderings
}

// entry is a document in its slot.
type entry struct {
	id, etag, text    string
	ref               uint32 // name in the graph
	kind, name, title uint32 // texts
	updated           int64
	pairs             []uint64 // key above value, sorted
	edges             []emitted
}

// itemMark ends the keys under which items of lists are kept.
const itemMark = "\x00"

// bulk is how many documents at once make it cheaper to build columns and
// orderings anew than to keep them up.
const bulk = 1000

// New returns an empty index.
func New() *Index {
	return &Index{
		all:  roaring.New(),
		byID: map[string]uint32{}, byName: map[uint32]uint32{}, keys: map[string]uint32{},
		texts: newDictionary(), graph: newGraph(), columns: newColumns(), orders: newOrderings(),
	}
}

// Apply puts and deletes documents by ID, at once for every reader.
func (x *Index) Apply(puts []Doc, deletes []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if n := len(puts) + len(deletes); n > bulk && n > len(x.byID)/10 {
		x.columns.clear()
		x.orders.clear()
	}
	related := false
	for _, id := range deletes {
		if slot, ok := x.remove(id); ok {
			x.free = append(x.free, slot)
			related = true
		}
	}
	slots, before := make([]uint32, len(puts)), make([]edges, len(puts))
	for i := range puts {
		slots[i], before[i] = x.makeWay(&puts[i])
	}
	touched := map[uint32]bool{}
	for i := range puts {
		after := x.add(&puts[i], slots[i], touched)
		related = related || !before[i].equal(after)
	}
	if related {
		x.columns.related()
	}
	x.graph.settle(touched)
	x.orders.moved()
}

// edges are what a document brings to the graph, and under which name.
type edges struct {
	name    uint32
	brought []emitted
}

func (e edges) equal(other edges) bool {
	return e.name == other.name && slices.Equal(e.brought, other.brought)
}

// makeWay takes out the document that another replaces, and returns the slot
// that the new one gets and the edges of the old one.
func (x *Index) makeWay(d *Doc) (uint32, edges) {
	before := edges{name: math.MaxUint32}
	slot, replaces := x.byID[d.ID]
	if replaces {
		before = edges{name: x.entries[slot].ref, brought: x.entries[slot].edges}
		x.remove(d.ID)
	}
	if other, taken := x.slotOf(d.Ref); taken {
		x.remove(x.entries[other].id)
		if replaces {
			x.free = append(x.free, other)
		} else {
			slot, replaces = other, true
		}
	}
	if !replaces {
		slot = x.slot()
	}
	return slot, before
}

// Len returns how many documents there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byID)
}

// Texts returns how many different texts are kept.
func (x *Index) Texts() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.texts.ids)
}

// Lookup returns the document called ref.
func (x *Index) Lookup(ref string) (Summary, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	slot, ok := x.slotOf(ref)
	if !ok {
		return Summary{}, false
	}
	return x.summary(slot), true
}

// LookupID returns the document with the id.
func (x *Index) LookupID(id string) (Summary, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	slot, ok := x.byID[id]
	if !ok {
		return Summary{}, false
	}
	return x.summary(slot), true
}

// Edges returns the relations of ref, each once, ordered by type and target.
// It has them also when no document is called ref.
func (x *Index) Edges(ref string) []Edge {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.graph.edges(ref)
}

func (x *Index) slotOf(ref string) (uint32, bool) {
	name, known := x.graph.names[ref]
	if !known {
		return 0, false
	}
	slot, ok := x.byName[name]
	return slot, ok
}

func (x *Index) summary(slot uint32) Summary {
	e := &x.entries[slot]
	return Summary{
		ID: e.id, Ref: x.graph.nameList[e.ref], Etag: e.etag, Stamp: x.graph.stamps[e.ref],
		Kind: x.texts.texts[e.kind], Name: x.texts.texts[e.name], Title: x.texts.texts[e.title],
	}
}

func (x *Index) add(d *Doc, slot uint32, touched map[uint32]bool) edges {
	if earlier, twice := x.byID[d.ID]; twice { // the same document twice in one call: the last one counts
		x.remove(d.ID)
		x.free = append(x.free, earlier)
	}
	e := entry{
		id: d.ID, etag: d.Etag, text: d.Text, updated: d.Updated, ref: x.graph.name(d.Ref),
		kind: x.texts.use(d.Kind), name: x.texts.use(d.Name), title: x.texts.use(d.Title),
		pairs: make([]uint64, 0, len(d.Terms)),
	}
	for _, t := range d.Terms {
		key := uint64(x.key(t)) << 32
		if t.Null {
			e.pairs = append(e.pairs, key)
		} else {
			e.pairs = append(e.pairs, key|uint64(x.texts.use(t.Value)))
		}
	}
	slices.Sort(e.pairs)
	for i := 1; i < len(e.pairs); i++ {
		if e.pairs[i] == e.pairs[i-1] {
			x.texts.drop(valueOf(e.pairs[i])) // Compact leaves one of them
		}
	}
	e.pairs = slices.Compact(e.pairs)
	e.edges = x.graph.add(d.Edges, touched)
	x.entries[slot] = e
	x.byID[d.ID], x.byName[e.ref] = slot, slot
	x.all.Add(slot)
	x.columns.add(slot, e.pairs, &x.texts)
	x.orders.insert(x, slot)
	return edges{name: e.ref, brought: e.edges}
}

// remove takes the document out and returns its slot, which somebody must take
// or free; before its entry changes, because orders find it by what they sort by.
func (x *Index) remove(id string) (slot uint32, ok bool) {
	slot, ok = x.byID[id]
	if !ok {
		return 0, false
	}
	x.orders.remove(x, slot)
	e := &x.entries[slot]
	x.columns.remove(slot, e.pairs, &x.texts)
	for _, pair := range e.pairs {
		x.texts.drop(valueOf(pair))
	}
	for _, text := range []uint32{e.kind, e.name, e.title} {
		x.texts.drop(text)
	}
	x.graph.remove(e.edges)
	delete(x.byID, id)
	if x.byName[e.ref] == slot {
		delete(x.byName, e.ref)
	}
	x.all.Remove(slot)
	*e = entry{}
	return slot, true
}

// slot returns the number of a free slot.
func (x *Index) slot() uint32 {
	if n := len(x.free); n > 0 {
		slot := x.free[n-1]
		x.free = x.free[:n-1]
		return slot
	}
	x.entries = append(x.entries, entry{})
	return uint32(len(x.entries) - 1) //nolint:gosec // four billion entities do not fit in memory
}

// key numbers the key of a term. Keys are few and never forgotten.
func (x *Index) key(t Term) uint32 {
	name := t.Key
	if t.Item {
		name += itemMark
	}
	n, ok := x.keys[name]
	if !ok {
		n = uint32(len(x.keys)) //nolint:gosec // there are far fewer keys
		x.keys[strings.Clone(name)] = n
	}
	return n
}

// values returns the pairs of one key of a document.
func (e *entry) values(key uint32) []uint64 {
	from, _ := slices.BinarySearch(e.pairs, uint64(key)<<32)
	to := from
	for to < len(e.pairs) && keyOf(e.pairs[to]) == key {
		to++
	}
	return e.pairs[from:to]
}

func keyOf(pair uint64) uint32   { return uint32(pair >> 32) }
func valueOf(pair uint64) uint32 { return uint32(pair) } //nolint:gosec // the lower half is meant

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
