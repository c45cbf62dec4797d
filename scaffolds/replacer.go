package scaffolds

import (
	"bytes"
	"fmt"
	"slices"
)

// replacer replaces tokens in one pass: of those that are left the one that starts
// first, and the longest of those that start together, so that no value is taken
// for a token.
type replacer struct{ families []family }

// family is tokens that have something in common. A service has a megabyte of text
// and a dozen tokens, and to look for one core is to look once for all of them.
type family struct {
	core  []byte
	finds []find // the longest first
}

// find is a token, what stands in its place, and where the core is in it first.
type find struct {
	text, value []byte
	core        int
}

// shortestCore is how much tokens have in common to be looked for together. Less is
// in every second line.
const shortestCore = 4

func newReplacer(values map[string]string, tokens ...[]token) (*replacer, error) {
	all := slices.Concat(tokens...)
	slices.SortStableFunc(all, func(a, b token) int { return len(b.Find) - len(a.Find) })
	r := &replacer{}
	for _, t := range all {
		value, ok := values[t.Value]
		if !ok || t.Find == "" {
			return nil, fmt.Errorf("the token %q stands for %q, which nothing answers", t.Find, t.Value)
		}
		if t.Max > 0 {
			value = Shorten(t.Max, value)
		}
		r.add(find{text: []byte(t.Find), value: []byte(value)})
	}
	for _, family := range r.families {
		for i, f := range family.finds {
			family.finds[i].core = bytes.Index(f.text, family.core)
		}
	}
	return r, nil
}

// add adds a token to the first family that it has something in common with.
func (r *replacer) add(f find) {
	for i := range r.families {
		if core := common(r.families[i].core, f.text); len(core) >= shortestCore {
			r.families[i].core, r.families[i].finds = core, append(r.families[i].finds, f)
			return
		}
	}
	r.families = append(r.families, family{core: f.text, finds: []find{f}})
}

// common returns the longest part of a that is in b, too.
func common(a, b []byte) []byte {
	for size := min(len(a), len(b)); size > 0; size-- {
		for start := range len(a) - size + 1 {
			if part := a[start : start+size]; bytes.Contains(b, part) {
				return part
			}
		}
	}
	return nil
}

// next returns the family's first token that starts at or behind a place, and where.
func (f *family) next(s []byte, at int) (where int, found *find) {
	for from := at; ; {
		i := bytes.Index(s[from:], f.core)
		if i < 0 {
			return len(s), nil
		}
		core := from + i
		for i := range f.finds {
			start := core - f.finds[i].core
			if start >= at && (found == nil || start < where) && bytes.HasPrefix(s[start:], f.finds[i].text) {
				where, found = start, &f.finds[i]
			}
		}
		if found != nil {
			return where, found
		}
		from = core + 1
	}
}

// bytes replaces the tokens of a text; a file without any, or that is no text,
// is returned as it is.
func (r *replacer) bytes(s []byte) []byte {
	type next struct {
		where int
		found *find
	}
	nexts := make([]next, len(r.families))
	for i := range nexts {
		nexts[i].where, nexts[i].found = r.families[i].next(s, 0)
	}
	var out []byte
	for at := 0; ; {
		var first next
		for i := range nexts {
			if nexts[i].found != nil && nexts[i].where < at { // hidden by another token
				nexts[i].where, nexts[i].found = r.families[i].next(s, at)
			}
			if n := nexts[i]; n.found != nil && (first.found == nil || n.where < first.where ||
				n.where == first.where && len(n.found.text) > len(first.found.text)) {
				first = n
			}
		}
		if first.found == nil && at == 0 {
			return s
		}
		if first.found == nil {
			return append(out, s[at:]...)
		}
		if at == 0 {
			if bytes.IndexByte(s, 0) >= 0 {
				return s
			}
			out = make([]byte, 0, len(s)+len(s)/8)
		}
		out = append(append(out, s[at:first.where]...), first.found.value...)
		at = first.where + len(first.found.text)
	}
}

// text replaces the tokens of a text.
func (r *replacer) text(s string) string { return string(r.bytes([]byte(s))) }
