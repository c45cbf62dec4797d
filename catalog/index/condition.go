package index

import (
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// Condition narrows a search.
type Condition interface {
	// match returns the documents that pass. The set belongs to the index:
	// nobody may change it.
	match(r *reading) *roaring.Bitmap
}

type (
	// AllOf holds where every condition does; an empty one always holds.
	AllOf []Condition
	// AnyOf holds where one of the conditions does; an empty one never holds.
	AnyOf []Condition
	// Not holds where the condition does not.
	Not struct{ Condition Condition }
	// Has holds where the document has one of the values for the key.
	Has struct {
		Key    string
		Values []string
	}
	// Exists holds where the document has the key.
	Exists struct{ Key string }
	// HasPrefix holds where a value of the key starts with the prefix.
	HasPrefix struct{ Key, Prefix string }
)

// The keys that are not kept as terms.
const (
	keyID     = "metadata.uid"
	relations = "relations."
)

func (c AllOf) match(r *reading) *roaring.Bitmap {
	all := r.x.all
	matched := all
	for _, condition := range c {
		found := condition.match(r)
		switch {
		case matched == all:
			matched = found
		case found != all:
			matched = roaring.And(matched, found)
		}
		if matched.IsEmpty() && len(r.missing) == 0 {
			return matched
		}
	}
	return matched
}

func (c AnyOf) match(r *reading) *roaring.Bitmap {
	if len(c) == 1 {
		return c[0].match(r)
	}
	sets := make([]*roaring.Bitmap, len(c))
	for i, condition := range c {
		sets[i] = condition.match(r)
	}
	return roaring.FastOr(sets...)
}

func (c Not) match(r *reading) *roaring.Bitmap {
	return roaring.AndNot(r.x.all, c.Condition.match(r))
}

func (c Has) match(r *reading) *roaring.Bitmap {
	key := strings.ToLower(c.Key)
	if key == keyID {
		found := roaring.New()
		for _, v := range c.Values {
			if slot, ok := r.x.byID[strings.ToLower(v)]; ok {
				found.Add(slot)
			}
		}
		return found
	}
	if relation, ok := strings.CutPrefix(key, relations); ok {
		return hasRelation(r, relation, c.Values)
	}
	if len(c.Values) == 1 {
		if set := r.only(key, c.Values[0]); set != nil {
			return set
		}
	}
	found := roaring.New()
	for _, v := range c.Values {
		v = strings.ToLower(v)
		if id, known := r.x.texts.ids[v]; known {
			for _, column := range r.columns(key) {
				column.with(id, found)
			}
		}
		if v == "true" {
			r.items(key, found)
		}
	}
	return found
}

// only returns the documents with a value without copying them, where that is
// possible: the value is written in one case and is in no list.
func (r *reading) only(key, value string) *roaring.Bitmap {
	columns := r.columns(key)
	if len(columns) != 1 {
		return nil
	}
	id, known := r.x.texts.ids[strings.ToLower(value)]
	if !known {
		return nil
	}
	column := columns[0]
	others := column.folded[id]
	switch p, ok := column.postings[id]; {
	case ok && len(others) == 0:
		return p.set
	case !ok && len(others) == 1:
		return column.postings[others[0]].set
	}
	return nil
}

func hasRelation(r *reading, relation string, values []string) *roaring.Bitmap {
	found := roaring.New()
	column := r.relation(relation)
	if column == nil {
		return found
	}
	for _, v := range values {
		name, known := r.x.graph.names[strings.ToLower(v)]
		if !known {
			continue
		}
		if p := column.postings[name]; len(values) == 1 && p.set != nil {
			return p.set
		}
		column.with(name, found)
	}
	return found
}

// columns returns those that hold the values of a key: of documents where it is
// a list, and of those where it is not.
func (r *reading) columns(key string) []*column {
	out := make([]*column, 0, 2)
	for _, name := range [...]string{key, key + itemMark} {
		if c := r.term(name); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// items adds the documents for which the end of a key is an item of the list
// that its beginning names: metadata.tags.java.
func (r *reading) items(key string, found *roaring.Bitmap) {
	for dot := strings.IndexByte(key, '.'); dot >= 0; {
		if _, known := r.x.keys[key[:dot]+itemMark]; known {
			if id, used := r.x.texts.ids[key[dot+1:]]; used {
				if column := r.term(key[:dot] + itemMark); column != nil {
					column.with(id, found)
				}
			}
		}
		next := strings.IndexByte(key[dot+1:], '.')
		if next < 0 {
			return
		}
		dot += 1 + next
	}
}

func (c Exists) match(r *reading) *roaring.Bitmap {
	key := strings.ToLower(c.Key)
	if key == keyID {
		return r.x.all
	}
	if relation, ok := strings.CutPrefix(key, relations); ok {
		if column := r.relation(relation); column != nil {
			return column.some
		}
		return roaring.New()
	}
	columns := r.columns(key)
	found := roaring.New()
	r.items(key, found)
	if len(columns) == 1 && found.IsEmpty() {
		return columns[0].some
	}
	for _, column := range columns {
		found.Or(column.some)
	}
	return found
}

func (c HasPrefix) match(r *reading) *roaring.Bitmap {
	prefix := strings.ToLower(c.Prefix)
	return r.where(c.Key, func(value string) bool { return strings.HasPrefix(value, prefix) })
}

// where returns the documents with a value of a key, in lower case, that passes.
func (r *reading) where(key string, passes func(value string) bool) *roaring.Bitmap {
	key = strings.ToLower(key)
	found := roaring.New()
	if key == keyID {
		for id, slot := range r.x.byID {
			if passes(id) {
				found.Add(slot)
			}
		}
		return found
	}
	if relation, ok := strings.CutPrefix(key, relations); ok {
		if column := r.relation(relation); column != nil {
			for name, p := range column.postings {
				if passes(r.x.graph.nameList[name]) {
					p.addTo(found)
				}
			}
		}
		return found
	}
	for _, column := range r.columns(key) {
		for value, p := range column.postings {
			if value != 0 && passes(r.x.texts.lower(value)) {
				p.addTo(found)
			}
		}
	}
	if passes("true") {
		r.items(key, found)
	}
	return found
}
