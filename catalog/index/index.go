// Package index answers questions about many entities from memory: which match
// these filters, how many have each value, what comes next in this order, who
// is related to whom, what is called almost like this. It knows documents with
// keys, values and edges; it does not know what an entity is or where documents
// come from.
package index

import (
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

// Doc is what the index keeps of one entity. Filters, Words and refs are
// compared as they are, so the caller lower-cases them.
type Doc struct {
	ID    string // never reused for another document
	Ref   string // unique among the documents that exist
	Etag  string
	Kind  string // to show
	Name  string // to show and, lower-cased, to sort by
	Title string // to show
	Text  string // what words are looked for in
	// Updated orders documents by time.
	Updated int64
	Values  []Value
	Edges   []Edge
}

// Value is one value that a document has for a key. Label is how to show it.
type Value struct{ Key, Value, Label string }

// Edge is one relation, from Source to Target. A document may bring edges whose
// source is another one; several may bring the same.
type Edge struct{ Source, Type, Target string }

// Summary is a document as others show it.
type Summary struct{ ID, Ref, Etag, Kind, Name, Title string }

// Index holds documents. It is safe for concurrent use.
type Index struct {
	mu      sync.RWMutex
	entries []entry // by slot
	free    []uint32
	all     *roaring.Bitmap
	byID    map[string]uint32
	byRef   map[string]uint32
	keys    map[string]map[string]*posting
	orders  map[string]*ordering
	graph   graph
}

// entry is a document in its slot.
type entry struct {
	Summary
	sortName string
	text     string
	updated  int64
	postings []*posting
	edges    []emitted
}

// posting is one value of one key with the slots that have it.
type posting struct {
	key, value, label string
	slots             *roaring.Bitmap
}

// New returns an empty index.
func New() *Index {
	return &Index{
		all:  roaring.New(),
		byID: map[string]uint32{}, byRef: map[string]uint32{},
		keys: map[string]map[string]*posting{}, orders: map[string]*ordering{},
		graph: newGraph(),
	}
}

// Apply puts and deletes documents by ID, at once for every reader.
func (x *Index) Apply(puts []Doc, deletes []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(puts) > 1000 && len(puts) > len(x.byID)/10 {
		clear(x.orders) // sorting once is cheaper than inserting each
	}
	for _, id := range deletes {
		x.remove(id)
	}
	for _, d := range puts {
		x.remove(d.ID)
		if slot, taken := x.byRef[d.Ref]; taken {
			x.remove(x.entries[slot].ID)
		}
	}
	touched := map[uint32]bool{}
	for _, d := range puts {
		x.add(d, touched)
	}
	x.graph.settle(touched)
	for _, o := range x.orders {
		o.rank.Store(nil)
	}
}

// Len returns how many documents there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byID)
}

// Lookup returns the document called ref.
func (x *Index) Lookup(ref string) (Summary, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	slot, ok := x.byRef[ref]
	if !ok {
		return Summary{}, false
	}
	return x.entries[slot].Summary, true
}

// Count returns how many documents have the value.
func (x *Index) Count(key, value string) int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if p := x.keys[key][value]; p != nil {
		return size(p.slots)
	}
	return 0
}

// Edges returns the relations of ref, each once, ordered by type and target.
// It has them also when no document is called ref.
func (x *Index) Edges(ref string) []Edge {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.graph.edges(ref)
}

func (x *Index) add(d Doc, touched map[uint32]bool) {
	if _, twice := x.byID[d.ID]; twice {
		x.remove(d.ID) // the same document twice in one call: the last one counts
	}
	slot := x.slot()
	e := entry{
		Summary:  Summary{ID: d.ID, Ref: d.Ref, Etag: d.Etag, Kind: d.Kind, Name: d.Name, Title: d.Title},
		sortName: strings.ToLower(d.Name) + "\x00" + d.Ref,
		text:     d.Text, updated: d.Updated,
	}
	for _, v := range d.Values {
		p := x.posting(v)
		if p.slots.CheckedAdd(slot) {
			e.postings = append(e.postings, p)
		}
	}
	e.edges = x.graph.add(d.Edges, touched)
	x.entries[slot] = e
	x.byID[d.ID], x.byRef[d.Ref] = slot, slot
	x.all.Add(slot)
	for _, o := range x.orders {
		o.insert(x, slot)
	}
}

// remove takes the document out; before its entry changes, because orders find
// it by what they sort by.
func (x *Index) remove(id string) {
	slot, ok := x.byID[id]
	if !ok {
		return
	}
	for _, o := range x.orders {
		o.remove(x, slot)
	}
	e := &x.entries[slot]
	for _, p := range e.postings {
		p.slots.Remove(slot)
		if p.slots.IsEmpty() {
			delete(x.keys[p.key], p.value)
		}
	}
	x.graph.remove(e.edges)
	delete(x.byID, id)
	if x.byRef[e.Ref] == slot {
		delete(x.byRef, e.Ref)
	}
	x.all.Remove(slot)
	*e = entry{}
	x.free = append(x.free, slot)
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

func (x *Index) posting(v Value) *posting {
	values := x.keys[v.Key]
	if values == nil {
		values = map[string]*posting{}
		x.keys[v.Key] = values
	}
	p := values[v.Value]
	if p == nil {
		label := v.Label
		if label == "" {
			label = v.Value
		}
		p = &posting{key: v.Key, value: v.Value, label: label, slots: roaring.New()}
		values[v.Value] = p
	}
	return p
}

// value returns the first value of key that e has, "" when it has none.
func (e *entry) value(key string) string {
	i := slices.IndexFunc(e.postings, func(p *posting) bool { return p.key == key })
	if i < 0 {
		return ""
	}
	return e.postings[i].value
}
