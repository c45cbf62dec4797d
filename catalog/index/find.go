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
	limit, offset := min(q.Limit, result.Total), min(q.Offset, result.Total)
	if limit <= 0 {
		limit = result.Total
	}
	w := o.walk(x, matched, limit+offset+1)
	slots := w.take(at, q.Backward, offset, limit+1)
	more := len(slots) > limit
	slots = slots[:min(limit, len(slots))]
	behind := offset > 0 && len(w.take(at, q.Backward, 0, 1)) > 0 ||
		(q.From != nil || q.Backward) && len(w.take(at, !q.Backward, 0, 1)) > 0
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
