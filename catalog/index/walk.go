package index

import (
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// walker goes along an ordering from one document that matches to the next:
// step by step where a few steps do, over the marked positions of all that match
// where there are many between them or many to pass by.
type walker struct {
	o       *ordering
	matched *roaring.Bitmap
	marks   []uint64 // one bit for every position; nil: step by step
}

const (
	wordBits = 64
	// stepCost is how much more it costs to ask whether a slot matches than to
	// mark a position.
	stepCost = 8
)

// walk prepares for going past limit documents.
func (o *ordering) walk(x *Index, matched *roaring.Bitmap, limit int) walker {
	w := walker{o: o, matched: matched}
	n := size(matched)
	words := (len(o.slots) + wordBits - 1) / wordBits
	if n == len(o.slots) || n > 0 && stepCost*limit*(len(o.slots)/n) < n+words {
		return w
	}
	rank := o.ranks(len(x.entries))
	w.marks = make([]uint64, words)
	each(matched, func(slot uint32) { w.marks[rank[slot]/wordBits] |= 1 << (rank[slot] % wordBits) })
	return w
}

// take returns up to limit slots from a position on, or from just before it
// backward, after passing skip of them by.
func (w walker) take(at int, backward bool, skip, limit int) []uint32 {
	out := make([]uint32, 0, min(limit, size(w.matched)))
	next := w.forward
	if backward {
		next, at = w.backward, at-1
	}
	for {
		at, skip = next(at, skip)
		if at < 0 || len(out) >= limit {
			return out
		}
		out = append(out, w.o.slots[at])
		if at++; backward {
			at -= 2
		}
	}
}

// forward returns the first position of a document that matches from at on,
// after passing skip of them by, and how many are left to be passed; -1 when
// there is none.
func (w walker) forward(at, skip int) (position, left int) {
	if w.marks == nil {
		for ; at < len(w.o.slots); at++ {
			if !w.matched.Contains(w.o.slots[at]) {
				continue
			}
			if skip--; skip < 0 {
				return at, 0
			}
		}
		return -1, skip
	}
	if at >= len(w.o.slots) {
		return -1, skip
	}
	word := w.marks[at/wordBits] >> (at % wordBits) << (at % wordBits)
	for i := at / wordBits; ; word = w.marks[i] {
		n := bits.OnesCount64(word)
		if n > skip {
			for ; skip > 0; skip-- {
				word &= word - 1
			}
			return i*wordBits + bits.TrailingZeros64(word), 0
		}
		skip -= n
		if i++; i == len(w.marks) {
			return -1, skip
		}
	}
}

// backward is forward the other way round.
func (w walker) backward(at, skip int) (position, left int) {
	if w.marks == nil {
		for ; at >= 0; at-- {
			if !w.matched.Contains(w.o.slots[at]) {
				continue
			}
			if skip--; skip < 0 {
				return at, 0
			}
		}
		return -1, skip
	}
	if at < 0 {
		return -1, skip
	}
	above := wordBits - 1 - at%wordBits
	word := w.marks[at/wordBits] << above >> above
	for i := at / wordBits; ; word = w.marks[i] {
		n := bits.OnesCount64(word)
		if n > skip {
			for ; skip > 0; skip-- {
				word &^= 1 << (bits.Len64(word) - 1)
			}
			return i*wordBits + bits.Len64(word) - 1, 0
		}
		skip -= n
		if i--; i < 0 {
			return -1, skip
		}
	}
}
