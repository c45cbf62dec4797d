package index

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// By is a key to sort by: that of terms, or one of those below.
type By struct {
	Key        string
	Descending bool
}

// Keys to sort by that are not kept as terms. Documents that are equal in
// everything else are sorted by their id.
const (
	ByRef     = ":ref"
	ByUpdated = ":updated"
)

// Place is where a document stands, or stood, in an order: its values of the
// order's keys in lower case, nil where it has none, and its id.
type Place struct {
	Values []*string `json:"v"`
	ID     string    `json:"u"`
}

// ordering keeps all slots sorted. Documents without a value for a key stand
// behind all others, whichever way the key is sorted.
type ordering struct {
	keys  []sortKey
	slots []uint32
	rank  atomic.Pointer[[]uint32] // slot to position; nil: to be made again
	used  atomic.Int64
}

// sortKey is a key to sort by with the numbers under which it is kept.
type sortKey struct {
	name       string
	numbers    []uint32
	descending bool
}

// orderings are those that are made, by what they sort by.
type orderings struct {
	made  map[string]*ordering
	clock atomic.Int64
}

// maxOrderings bounds how many are kept; the one used least recently goes.
const maxOrderings = 24

func newOrderings() orderings { return orderings{made: map[string]*ordering{}} }

func (os *orderings) clear() { clear(os.made) }

// moved notes that positions have changed.
func (os *orderings) moved() {
	for _, o := range os.made {
		o.rank.Store(nil)
	}
}

func (os *orderings) insert(x *Index, slot uint32) {
	for _, o := range os.made {
		at, _ := o.search(x, x.entries[slot].id, func(k int) sortValue { return x.sortValue(slot, &o.keys[k]) })
		o.slots = slices.Insert(o.slots, at, slot)
	}
}

func (os *orderings) remove(x *Index, slot uint32) {
	for _, o := range os.made {
		at, found := o.search(x, x.entries[slot].id, func(k int) sortValue { return x.sortValue(slot, &o.keys[k]) })
		if found {
			o.slots = slices.Delete(o.slots, at, at+1)
		}
	}
}

func (os *orderings) build(x *Index, name string, by []By) {
	if os.made[name] != nil {
		return
	}
	for len(os.made) >= maxOrderings {
		oldest := ""
		for key, o := range os.made {
			if oldest == "" || o.used.Load() < os.made[oldest].used.Load() {
				oldest = key
			}
		}
		delete(os.made, oldest)
	}
	o := newOrdering(x, by)
	o.used.Store(os.clock.Add(1))
	os.made[name] = o
}

func newOrdering(x *Index, by []By) *ordering {
	o := &ordering{slots: x.all.ToArray()}
	for _, b := range by {
		k := sortKey{name: strings.ToLower(b.Key), descending: b.Descending}
		for _, name := range [...]string{k.name, k.name + itemMark} {
			if n, known := x.keys[name]; known {
				k.numbers = append(k.numbers, n)
			}
		}
		o.keys = append(o.keys, k)
	}
	// The first key decides nearly always; looking it up once is what counts.
	var first []sortValue
	if len(o.keys) > 0 {
		first = make([]sortValue, len(x.entries))
		for _, slot := range o.slots {
			first[slot] = x.sortValue(slot, &o.keys[0])
		}
	}
	slices.SortFunc(o.slots, func(a, b uint32) int {
		for i := range o.keys {
			k := &o.keys[i]
			var n int
			if i == 0 {
				n = first[a].compare(first[b], k.descending)
			} else {
				n = x.sortValue(a, k).compare(x.sortValue(b, k), k.descending)
			}
			if n != 0 {
				return n
			}
		}
		return cmp.Compare(x.entries[a].id, x.entries[b].id)
	})
	return o
}

// sortValue is what a document has for a key to sort by.
type sortValue struct {
	text   string
	exists bool
}

func (v sortValue) compare(w sortValue, descending bool) int {
	switch {
	case v.exists != w.exists:
		if v.exists {
			return -1
		}
		return 1
	case descending:
		return cmp.Compare(w.text, v.text)
	default:
		return cmp.Compare(v.text, w.text)
	}
}

// sortValue returns the smallest of the values that a document has.
func (x *Index) sortValue(slot uint32, k *sortKey) sortValue {
	e := &x.entries[slot]
	switch k.name {
	case ByRef:
		return sortValue{text: x.graph.nameList[e.ref], exists: true}
	case ByUpdated:
		return sortValue{text: sortableTime(e.updated), exists: true}
	case keyID:
		return sortValue{text: e.id, exists: true}
	}
	if relation, ok := strings.CutPrefix(k.name, relations); ok {
		return x.sortRelation(e, relation)
	}
	var least sortValue
	for _, number := range k.numbers {
		for _, pair := range e.values(number) {
			if valueOf(pair) == 0 {
				continue
			}
			if text := x.texts.lower(valueOf(pair)); !least.exists || text < least.text {
				least = sortValue{text: text, exists: true}
			}
		}
	}
	return least
}

func (x *Index) sortRelation(e *entry, relation string) sortValue {
	var least sortValue
	for _, edge := range x.graph.out[e.ref] {
		if !strings.EqualFold(x.graph.typeList[keyOf(edge)], relation) {
			continue
		}
		if target := x.graph.nameList[valueOf(edge)]; !least.exists || target < least.text {
			least = sortValue{text: target, exists: true}
		}
	}
	return least
}

// sortableTime writes a time so that later ones are larger texts.
func sortableTime(t int64) string {
	const digits = 19
	text := strconv.FormatInt(max(t, 0), 10)
	return strings.Repeat("0", digits-len(text)) + text
}

// search returns where a document with these values stands or would stand.
func (o *ordering) search(x *Index, id string, value func(key int) sortValue) (int, bool) {
	return slices.BinarySearchFunc(o.slots, id, func(slot uint32, id string) int {
		for i := range o.keys {
			k := &o.keys[i]
			if n := x.sortValue(slot, k).compare(value(i), k.descending); n != 0 {
				return n
			}
		}
		return cmp.Compare(x.entries[slot].id, id)
	})
}

// place returns where a document stands.
func (o *ordering) place(x *Index, slot uint32) *Place {
	p := &Place{ID: x.entries[slot].id, Values: make([]*string, len(o.keys))}
	for i := range o.keys {
		if v := x.sortValue(slot, &o.keys[i]); v.exists {
			p.Values[i] = &v.text
		}
	}
	return p
}

// ranks returns the position of each slot. Readers may make it at the same
// time; they make the same.
func (o *ordering) ranks(slots int) []uint32 {
	if rank := o.rank.Load(); rank != nil {
		return *rank
	}
	rank := make([]uint32, slots)
	for place, slot := range o.slots {
		rank[slot] = uint32(place)
	}
	o.rank.Store(&rank)
	return rank
}

// ordering returns the one that sorts by some keys.
func (r *reading) ordering(by []By) *ordering {
	var name strings.Builder
	name.WriteByte('/')
	for _, b := range by {
		name.WriteString(strconv.Quote(b.Key))
		if b.Descending {
			name.WriteByte('-')
		}
	}
	o := r.x.orders.made[name.String()]
	if o == nil {
		r.missing = append(r.missing, want{order: name.String(), by: by})
		return nil
	}
	o.used.Store(r.x.orders.clock.Add(1))
	return o
}
