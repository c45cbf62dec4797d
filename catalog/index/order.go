package index

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
)

var errCursor = errors.New("cursor is not one of this query")

// lastValue sorts documents without the value behind all others.
const lastValue = "\U0010ffff"

// ordering keeps all slots sorted by one thing. It is made when first asked
// for and from then on kept up.
type ordering struct {
	by    string
	slots []uint32
	rank  atomic.Pointer[[]uint32] // slot to position; nil: to be made again
}

// position is a place in an ordering, also when nobody stands there any more.
type position struct {
	Order      string `json:"o"`
	Descending bool   `json:"d,omitempty"`
	Value      string `json:"v,omitempty"`
	Time       int64  `json:"t,omitempty"`
	Name       string `json:"n"`
}

// prepare makes the ordering by a key if there is none.
func (x *Index) prepare(by string) {
	x.mu.RLock()
	o := x.orders[by]
	x.mu.RUnlock()
	if o != nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.orders[by] == nil {
		x.orders[by] = newOrdering(x, by)
	}
}

func newOrdering(x *Index, by string) *ordering {
	o := &ordering{by: by, slots: x.all.ToArray()}
	places := make([]position, len(x.entries))
	for _, slot := range o.slots {
		places[slot] = o.place(x, slot)
	}
	slices.SortFunc(o.slots, func(a, b uint32) int { return places[a].compare(places[b]) })
	return o
}

func (o *ordering) place(x *Index, slot uint32) position {
	e := &x.entries[slot]
	p := position{Name: e.sortName}
	switch o.by {
	case "name":
	case "updated":
		p.Time = e.updated
	default:
		if p.Value = e.value(o.by); p.Value == "" {
			p.Value = lastValue
		}
	}
	return p
}

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.Value, q.Value), cmp.Compare(p.Time, q.Time), cmp.Compare(p.Name, q.Name))
}

// search returns where p stands or would stand.
func (o *ordering) search(x *Index, p position) (int, bool) {
	return slices.BinarySearchFunc(o.slots, p, func(slot uint32, p position) int {
		return o.place(x, slot).compare(p)
	})
}

func (o *ordering) insert(x *Index, slot uint32) {
	at, _ := o.search(x, o.place(x, slot))
	o.slots = slices.Insert(o.slots, at, slot)
}

func (o *ordering) remove(x *Index, slot uint32) {
	if at, found := o.search(x, o.place(x, slot)); found {
		o.slots = slices.Delete(o.slots, at, at+1)
	}
}

// page returns the next slots of matched after start, and whether more follow.
func (o *ordering) page(x *Index, matched *roaring.Bitmap, q Query, start *position) (page []uint32, more bool) {
	from, to := o.window(x, q, start) // positions still to come
	n := size(matched)
	if n > 0 && q.Limit*len(o.slots) < n*n {
		page = o.walk(matched, from, to, q.Descending, q.Limit+1)
	} else {
		page = o.pick(x, matched, from, to, q.Descending, q.Limit+1)
	}
	if len(page) > q.Limit {
		return page[:q.Limit], true
	}
	return page, false
}

// window returns the half-open range of positions that follow start.
func (o *ordering) window(x *Index, q Query, start *position) (from, to int) {
	from, to = 0, len(o.slots)
	if start == nil {
		return from, to
	}
	at, found := o.search(x, *start)
	if q.Descending {
		return 0, at
	}
	if found {
		at++
	}
	return at, to
}

// walk goes along the ordering: right when many match.
func (o *ordering) walk(matched *roaring.Bitmap, from, to int, descending bool, limit int) []uint32 {
	page := make([]uint32, 0, limit)
	for i := range to - from {
		slot := o.slots[from+i]
		if descending {
			slot = o.slots[to-1-i]
		}
		if !matched.Contains(slot) {
			continue
		}
		if page = append(page, slot); len(page) == limit {
			break
		}
	}
	return page
}

// pick sorts what matches: right when few do.
func (o *ordering) pick(x *Index, matched *roaring.Bitmap, from, to int, descending bool, limit int) []uint32 {
	rank := o.ranks(len(x.entries))
	places := make([]int, 0, matched.GetCardinality())
	each(matched, func(slot uint32) {
		if place := int(rank[slot]); place >= from && place < to {
			places = append(places, place)
		}
	})
	slices.Sort(places)
	if descending {
		slices.Reverse(places)
	}
	page := make([]uint32, min(limit, len(places)))
	for i := range page {
		page[i] = o.slots[places[i]]
	}
	return page
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

// cursor writes down the place of slot in q's order.
func (x *Index) cursor(q Query, slot uint32) string {
	p := (&ordering{by: q.Order}).place(x, slot)
	p.Order, p.Descending = q.Order, q.Descending
	text, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseCursor(q Query) (*position, error) {
	if q.Cursor == "" {
		return nil, nil //nolint:nilnil // no cursor is the first page, not an error
	}
	text, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return nil, errors.Join(errCursor, err)
	}
	var p position
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, errors.Join(errCursor, err)
	}
	if p.Order != q.Order || p.Descending != q.Descending {
		return nil, errCursor
	}
	return &p, nil
}
