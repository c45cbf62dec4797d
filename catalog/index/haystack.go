package index

import (
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// haystack is all values of a column in lower case, one behind another: looking
// for a piece of text in one long text is much faster than in many short ones.
type haystack struct {
	text   string
	starts []uint32 // where each value starts
	values []uint32
}

// maxHaystack keeps positions in a uint32; columns beyond it are looked through
// value by value.
const maxHaystack = 1 << 30

// haystack returns the column's, made now when it changed since. Readers may
// make it at the same time; each is right.
func (c *column) haystack(texts *dictionary) *haystack {
	if h := c.hay.Load(); h != nil {
		return h
	}
	size := 0
	for value := range c.postings {
		size += len(texts.lower(value))
	}
	if size > maxHaystack {
		return nil
	}
	h := &haystack{starts: make([]uint32, 0, len(c.postings)), values: make([]uint32, 0, len(c.postings))}
	var text strings.Builder
	text.Grow(size)
	for value := range c.postings {
		if value == 0 { // exists and has no text
			continue
		}
		h.starts = append(h.starts, uint32(text.Len())) //nolint:gosec // below maxHaystack
		h.values = append(h.values, value)
		text.WriteString(texts.lower(value))
	}
	h.text = text.String()
	c.hay.Store(h)
	return h
}

// end returns where value i ends.
func (h *haystack) end(i int) int {
	if i+1 < len(h.starts) {
		return int(h.starts[i+1])
	}
	return len(h.text)
}

// each calls fn with every value that contains a text, which is not empty.
func (h *haystack) each(text string, fn func(value uint32)) {
	for from := 0; ; {
		at := strings.Index(h.text[from:], text)
		if at < 0 {
			return
		}
		at += from
		i, found := slices.BinarySearch(h.starts, uint32(at)) //nolint:gosec // below maxHaystack
		if !found {
			i--
		} else {
			for i+1 < len(h.starts) && h.starts[i+1] == h.starts[i] {
				i++ // empty values start at the same place as the one behind them
			}
		}
		if at+len(text) > h.end(i) { // it reaches into the next value
			from = at + 1
			continue
		}
		fn(h.values[i])
		from = h.end(i)
	}
}

// contains returns the documents with a value of a key that contains a text,
// which is in lower case and not empty.
func (r *reading) contains(key, text string) *roaring.Bitmap {
	passes := func(value string) bool { return strings.Contains(value, text) }
	key = strings.ToLower(key)
	if key == keyID || strings.HasPrefix(key, relations) {
		return r.where(key, passes)
	}
	found := roaring.New()
	for _, column := range r.columns(key) {
		h := column.haystack(&r.x.texts)
		if h == nil {
			return r.where(key, passes)
		}
		h.each(text, func(value uint32) { column.postings[value].addTo(found) })
	}
	if passes("true") {
		r.items(key, found)
	}
	return found
}
