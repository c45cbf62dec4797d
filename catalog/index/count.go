package index

import (
	"cmp"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// Count says how many documents have a value, as it is written.
type Count struct {
	Value string
	Count int
}

// Number returns how many documents match.
func (x *Index) Number(where Condition) int {
	return x.Find(Query{Where: where, CountOnly: true}).Total
}

// Counts returns, for each key, the values of the documents that match and how
// many have each, most frequent first.
func (x *Index) Counts(q Query, keys []string) map[string][]Count {
	var out map[string][]Count
	x.read(func(r *reading) {
		out = make(map[string][]Count, len(keys))
		matched := r.match(q)
		for _, key := range keys {
			out[key] = r.counts(key, matched)
		}
	})
	return out
}

func (r *reading) counts(key string, matched *roaring.Bitmap) []Count {
	out := []Count{}
	add := func(value string, n int) {
		if n > 0 {
			out = append(out, Count{Value: value, Count: n})
		}
	}
	lower := strings.ToLower(key)
	if lower == keyID {
		each(matched, func(slot uint32) { add(r.x.entries[slot].id, 1) })
		return sorted(out)
	}
	if relation, ok := strings.CutPrefix(lower, relations); ok {
		if column := r.relation(relation); column != nil {
			for name, p := range column.postings {
				add(r.x.graph.nameList[name], r.count(p, matched))
			}
		}
		return sorted(out)
	}
	columns := r.columns(lower)
	for _, column := range columns {
		for value, n := range r.byValue(column, lower, matched) {
			if value != 0 {
				add(r.x.texts.texts[value], n)
			}
		}
	}
	items := roaring.New()
	if r.items(lower, items); !items.IsEmpty() {
		add("true", int(items.AndCardinality(matched))) //nolint:gosec // it counts slots
	}
	if len(columns) > 1 || !items.IsEmpty() {
		out = merged(out)
	}
	return sorted(out)
}

func (r *reading) count(p posting, matched *roaring.Bitmap) int {
	if matched == r.x.all {
		return p.count()
	}
	return p.common(matched)
}

// byValue goes over the values or over the documents, whichever are fewer.
func (r *reading) byValue(c *column, key string, matched *roaring.Bitmap) map[uint32]int {
	out := make(map[uint32]int, min(len(c.postings), 256))
	if matched != r.x.all && size(matched) < 4*len(c.postings) {
		var numbers []uint32
		for _, name := range [...]string{key, key + itemMark} {
			if n, known := r.x.keys[name]; known && r.x.columns.terms[n] == c {
				numbers = append(numbers, n)
			}
		}
		each(matched, func(slot uint32) {
			for _, number := range numbers {
				for _, pair := range r.x.entries[slot].values(number) {
					out[valueOf(pair)]++
				}
			}
		})
		return out
	}
	for value, p := range c.postings {
		if n := r.count(p, matched); n > 0 {
			out[value] = n
		}
	}
	return out
}

// merged adds up what is counted twice: as a value and as an item of a list.
func merged(counts []Count) []Count {
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Compare(a.Value, b.Value) })
	out := counts[:0]
	for _, c := range counts {
		if n := len(out); n > 0 && out[n-1].Value == c.Value {
			out[n-1].Count += c.Count
			continue
		}
		out = append(out, c)
	}
	return out
}

func sorted(counts []Count) []Count {
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return counts
}
