package index

import (
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// Query narrows, orders and cuts.
type Query struct {
	Where Condition // nil is everything
	// Words must all be in a document's text.
	Words []string
	// Text must be part of a value of one of TextKeys; "" is in everything.
	Text     string
	TextKeys []string
	Order    []By
	Offset   int
	Limit    int // 0 is all of them
	// From is a place in the order: what follows it is returned, or, with
	// Backward, what stands before it. Nil is the start.
	From      *Place
	Backward  bool
	CountOnly bool
}

// Result is one page, always in the order asked for.
type Result struct {
	Hits  []Summary
	Total int
	// First and Last are the places of the first and last hit; nil without hits.
	First, Last *Place
	// Before and After say whether there are documents on that side.
	Before, After bool
}

// Find returns a page of the documents that match.
func (x *Index) Find(q Query) Result {
	var result Result
	x.read(func(r *reading) {
		matched := r.match(q)
		result = Result{Total: size(matched)}
		if q.CountOnly {
			return
		}
		if o := r.ordering(q.Order); o != nil && len(r.missing) == 0 {
			o.page(x, matched, q, &result)
		}
	})
	return result
}

// match returns the documents that pass; the set belongs to the index.
func (r *reading) match(q Query) *roaring.Bitmap {
	matched := r.x.all
	if q.Where != nil {
		matched = q.Where.match(r)
	}
	if q.Text != "" {
		text := strings.ToLower(q.Text)
		found := roaring.New()
		for _, key := range q.TextKeys {
			found.Or(r.contains(key, text))
		}
		matched = roaring.And(matched, found)
	}
	if len(q.Words) == 0 {
		return matched
	}
	found := make([]uint32, 0, 64)
	each(matched, func(slot uint32) {
		text := r.x.entries[slot].text
		for _, w := range q.Words {
			if !strings.Contains(text, w) {
				return
			}
		}
		found = append(found, slot)
	})
	return roaring.BitmapOf(found...)
}

// page fills in the part of the result that q asks for.
func (o *ordering) page(x *Index, matched *roaring.Bitmap, q Query, result *Result) {
	at := 0 // the position to go from: the first that may be taken, or one behind it
	if q.From != nil {
		at = o.after(x, q.From, q.Backward)
	} else if q.Backward {
		at = len(o.slots)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = result.Total
	}
	w := o.walk(x, matched, limit+q.Offset+1)
	slots := w.take(at, q.Backward, q.Offset+limit+1)
	more := len(slots) > q.Offset+limit
	skipped := len(slots) > 0 && q.Offset > 0
	slots = slots[min(q.Offset, len(slots)):min(q.Offset+limit, len(slots))]
	behind := skipped || (q.From != nil || q.Backward) && len(w.take(at, !q.Backward, 1)) > 0
	result.Before, result.After = behind, more
	if q.Backward {
		slices.Reverse(slots)
		result.Before, result.After = more, behind
	}
	result.Hits = make([]Summary, len(slots))
	for i, slot := range slots {
		result.Hits[i] = x.summary(slot)
	}
	if len(slots) > 0 {
		result.First, result.Last = o.place(x, slots[0]), o.place(x, slots[len(slots)-1])
	}
}

// after returns the position behind a place, or, backward, the one of the place.
func (o *ordering) after(x *Index, p *Place, backward bool) int {
	at, found := o.search(x, p.ID, func(key int) sortValue {
		if key >= len(p.Values) || p.Values[key] == nil {
			return sortValue{}
		}
		return sortValue{text: *p.Values[key], exists: true}
	})
	if found && !backward {
		at++
	}
	return at
}

// walker goes along an ordering from one document that matches to the next:
// step by step where many match, over their sorted positions where few do.
type walker struct {
	o       *ordering
	matched *roaring.Bitmap
	places  []uint32 // sorted; nil where many match
}

func (o *ordering) walk(x *Index, matched *roaring.Bitmap, limit int) walker {
	w := walker{o: o, matched: matched}
	n := size(matched)
	if n > 0 && (n == len(o.slots) || limit*len(o.slots) < n*n) {
		return w
	}
	rank := o.ranks(len(x.entries))
	w.places = make([]uint32, 0, n)
	each(matched, func(slot uint32) { w.places = append(w.places, rank[slot]) })
	slices.Sort(w.places)
	return w
}

// take returns up to limit slots from a position on, or from just before it
// backward.
func (w walker) take(at int, backward bool, limit int) []uint32 {
	var out []uint32
	if w.places != nil {
		i, _ := slices.BinarySearch(w.places, uint32(at)) //nolint:gosec // a position among slots
		if backward {
			for i--; i >= 0 && len(out) < limit; i-- {
				out = append(out, w.o.slots[w.places[i]])
			}
			return out
		}
		for ; i < len(w.places) && len(out) < limit; i++ {
			out = append(out, w.o.slots[w.places[i]])
		}
		return out
	}
	step := 1
	if backward {
		step, at = -1, at-1
	}
	for ; at >= 0 && at < len(w.o.slots) && len(out) < limit; at += step {
		if slot := w.o.slots[at]; w.matched.Contains(slot) {
			out = append(out, slot)
		}
	}
	return out
}
