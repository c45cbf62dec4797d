package index

import "strings"

// dictionary numbers texts, so that a value many documents have is kept once.
// A text that nobody uses any more gives its number back. Number 0 is no text.
type dictionary struct {
	ids    map[string]uint32
	texts  []string
	folded []uint32 // number of the text in lower case
	uses   []uint32
	free   []uint32
}

func newDictionary() dictionary {
	return dictionary{ids: map[string]uint32{}, texts: []string{""}, folded: []uint32{0}, uses: []uint32{0}}
}

// use returns the number of a text and counts one more use.
func (d *dictionary) use(s string) uint32 {
	if id, ok := d.ids[s]; ok {
		d.uses[id]++
		return id
	}
	s = strings.Clone(s) // it may be a piece of something large
	id := d.number()
	d.ids[s] = id
	d.texts[id], d.uses[id] = s, 1
	d.folded[id] = id
	if lower := strings.ToLower(s); lower != s {
		d.folded[id] = d.use(lower) // may move the slices: index again
	}
	return id
}

func (d *dictionary) number() uint32 {
	if n := len(d.free); n > 0 {
		id := d.free[n-1]
		d.free = d.free[:n-1]
		return id
	}
	d.texts = append(d.texts, "")
	d.folded = append(d.folded, 0)
	d.uses = append(d.uses, 0)
	return uint32(len(d.texts) - 1) //nolint:gosec // four billion texts do not fit in memory
}

// drop counts one use less.
func (d *dictionary) drop(id uint32) {
	if id == 0 {
		return
	}
	if d.uses[id]--; d.uses[id] > 0 {
		return
	}
	folded := d.folded[id]
	delete(d.ids, d.texts[id])
	d.texts[id], d.folded[id] = "", 0
	d.free = append(d.free, id)
	if folded != id {
		d.drop(folded)
	}
}

// lower returns a text in lower case.
func (d *dictionary) lower(id uint32) string { return d.texts[d.folded[id]] }
