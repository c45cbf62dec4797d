package index

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns up to limit documents whose key has value (any document when
// value is empty) and whose name is written almost like name, nearest first.
func (x *Index) Nearest(key, value, name string, limit int) []Summary {
	type candidate struct {
		Summary
		distance int
	}
	name = strings.ToLower(name)
	allowed := max(2, len(name)/3)
	var found []candidate
	x.read(func(r *reading) {
		matched := x.all
		if value != "" {
			matched = Has{Key: key, Values: []string{value}}.match(r)
		}
		var d distances
		found = found[:0]
		each(matched, func(slot uint32) {
			if n, near := d.nearness(name, x.texts.lower(x.entries[slot].name), allowed); near {
				found = append(found, candidate{Summary: x.summary(slot), distance: n})
			}
		})
	})
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.Ref, b.Ref))
	})
	out := make([]Summary, min(limit, len(found)))
	for i := range out {
		out[i] = found[i].Summary
	}
	return out
}

// distances counts edits; it keeps its rows between words.
type distances struct{ before, previous, current []int }

// nearness returns how many edits turn a into b, and whether that is few. A
// name that holds the other one is near however long the rest is.
func (d *distances) nearness(a, b string, allowed int) (int, bool) {
	if len(a) >= 3 && (strings.Contains(b, a) || len(b) >= 3 && strings.Contains(a, b)) {
		return min(allowed, max(len(a), len(b))-min(len(a), len(b))), true
	}
	if len(a)-len(b) > allowed || len(b)-len(a) > allowed || a == "" {
		return 0, false
	}
	n := d.between(a, b)
	return n, n <= allowed && n < max(len(a), len(b))
}

// between counts insertions, deletions, replacements and swaps of neighbours.
func (d *distances) between(a, b string) int {
	d.before, d.previous, d.current = grow(d.before, len(b)+1), grow(d.previous, len(b)+1), grow(d.current, len(b)+1)
	for j := range d.previous {
		d.previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		d.current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			n := min(d.previous[j]+1, d.current[j-1]+1, d.previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				n = min(n, d.before[j-2]+1)
			}
			d.current[j] = n
		}
		d.before, d.previous, d.current = d.previous, d.current, d.before
	}
	return d.previous[len(b)]
}

func grow(row []int, n int) []int {
	if cap(row) < n {
		return make([]int, n, 2*n)
	}
	return row[:n]
}
