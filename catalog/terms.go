package catalog

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goldenpath/platform/catalog/index"
)

// TermsVersion is the version of what Terms writes. Terms of another version
// are made anew from the entity.
const TermsVersion = 2

// Keys of terms that are no path into an entity.
const (
	termOwner    = ":owner"    // what spec.owner refers to
	termSystem   = ":system"   // what spec.system refers to
	termLocation = ":location" // id of the location it comes from
)

const (
	// maxTermText is how long a key or value may be to be compared, in characters.
	maxTermText = 200
	// maxTerms is how many keys and values of one entity are kept; an entity
	// has a few dozen.
	maxTerms = 20_000
)

// docOf returns what the index keeps of e.
func docOf(e Entity) index.Doc {
	ref := e.Ref()
	d := index.Doc{
		ID: e.UID, Ref: ref.String(), Etag: e.Etag,
		Kind: e.Kind, Name: e.Metadata.Name, Title: e.Title(),
		Updated: e.UpdatedAt.UnixMicro(),
		Edges:   edgesOf(e),
	}
	text := []string{d.Name, d.Title, e.Metadata.Description}
	if ref.Namespace != DefaultNamespace {
		text = append(text, ref.Namespace)
	}
	d.Text = strings.ToLower(strings.Join(text, "\n"))
	w := termWriter{out: make([]index.Term, 0, 32)}
	w.entity(e)
	for key, value := range map[string]string{
		termOwner: e.target("owner"), termSystem: e.target("system"), termLocation: e.Source.LocationID,
	} {
		if value != "" {
			w.add(key, value, false)
		}
	}
	d.Terms = w.out
	return d
}

// termWriter lists the keys and values of an entity as Backstage's catalog does.
type termWriter struct{ out []index.Term }

func (w *termWriter) entity(e Entity) {
	w.add("apiversion", e.APIVersion, false)
	w.add("kind", e.Kind, false)
	m := e.Metadata
	w.add("metadata.name", m.Name, false)
	w.add("metadata.namespace", m.Namespace, false)
	if m.Title != "" {
		w.add("metadata.title", m.Title, false)
	}
	if m.Description != "" {
		w.add("metadata.description", m.Description, false)
	}
	for key, value := range m.Labels {
		w.add("metadata.labels."+strings.ToLower(key), value, false)
	}
	for key, value := range m.Annotations {
		w.add("metadata.annotations."+strings.ToLower(key), value, false)
	}
	for _, tag := range m.Tags {
		w.add("metadata.tags", tag, true)
	}
	for _, link := range m.Links {
		for key, value := range map[string]string{"url": link.URL, "title": link.Title, "icon": link.Icon, "type": link.Type} {
			if value != "" {
				w.add("metadata.links."+key, value, false)
			}
		}
		w.value("metadata.links", link.Extra, false)
	}
	w.value("metadata", m.Extra, false)
	w.value("spec", e.Spec, false)
}

func (w *termWriter) value(path string, v any, item bool) {
	switch t := v.(type) {
	case map[string]any:
		for key, value := range t {
			w.value(path+"."+strings.ToLower(key), value, false)
		}
	case []any:
		for _, value := range t {
			_, isText := value.(string)
			w.value(path, value, isText)
		}
	case string:
		w.add(path, t, item)
	case bool:
		w.add(path, strconv.FormatBool(t), false)
	case float64:
		w.add(path, numberText(t), false)
	case nil:
		w.append(index.Term{Key: path, Null: true})
	}
}

func (w *termWriter) add(key, value string, item bool) {
	t := index.Term{Key: key, Value: value, Item: item}
	if len(value) > maxTermText && utf8.RuneCountInString(value) > maxTermText {
		t = index.Term{Key: key, Null: true}
	}
	w.append(t)
}

func (w *termWriter) append(t index.Term) {
	if len(t.Key) > maxTermText && utf8.RuneCountInString(t.Key) > maxTermText || len(w.out) >= maxTerms {
		return
	}
	w.out = append(w.out, t)
}

// numberText writes a number as JavaScript does.
func numberText(f float64) string {
	const exponentFrom, exponentBelow = 1e21, 1e-6
	if size := math.Abs(f); size != 0 && !math.IsInf(f, 0) && (size >= exponentFrom || size < exponentBelow) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// Terms returns what the index keeps of e, in a form that stores keep beside
// the entity: building the index from them reads no bodies.
func (e Entity) Terms() []byte { return encodeDoc(docOf(e)) }

// The flags of a term, and of an edge.
const (
	flagItem = 1 << iota
	flagNull

	flagInward = 1
)

func encodeDoc(d index.Doc) []byte {
	b := make([]byte, 0, 1024)
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, s := range []string{d.ID, d.Ref, d.Etag, d.Kind, d.Name, d.Title, d.Text} {
		text(s)
	}
	b = binary.AppendVarint(b, d.Updated)
	b = binary.AppendUvarint(b, uint64(len(d.Edges)))
	for _, e := range d.Edges {
		if e.Source == d.Ref {
			b = append(b, 0)
			text(e.Target)
		} else {
			b = append(b, flagInward)
			text(e.Source)
		}
		text(e.Type)
	}
	slices.SortFunc(d.Terms, func(a, b index.Term) int { return strings.Compare(a.Key, b.Key) })
	b = binary.AppendUvarint(b, uint64(len(d.Terms)))
	before := ""
	for _, t := range d.Terms {
		var flags byte
		if t.Item {
			flags |= flagItem
		}
		if t.Null {
			flags |= flagNull
		}
		shared := sharedPrefix(before, t.Key)
		b = binary.AppendUvarint(append(b, flags), uint64(shared)) //nolint:gosec // a length
		text(t.Key[shared:])
		text(t.Value)
		before = t.Key
	}
	return b
}

func sharedPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

var errTerms = errors.New("the terms of an entity are damaged")

// termDecoder reads what encodeDoc wrote. Keys, which many entities share, are
// kept from one to the next.
type termDecoder struct {
	keys  map[string]string
	key   []byte
	rest  string
	bad   bool // the first thing that is wrong ends it
	terms []index.Term
	edges []index.Edge
}

func newTermDecoder() *termDecoder { return &termDecoder{keys: map[string]string{}} }

// reuse gives the memory of the terms and edges of all documents so far to the
// next: nobody needs them any more.
func (r *termDecoder) reuse() { r.terms, r.edges = r.terms[:0], r.edges[:0] }

// doc reads one document. What the index does not keep of it is part of b.
func (r *termDecoder) doc(b string) (index.Doc, error) {
	r.rest, r.bad, r.key = b, false, r.key[:0]
	var d index.Doc
	for _, s := range []*string{&d.ID, &d.Ref, &d.Etag, &d.Kind, &d.Name, &d.Title, &d.Text} {
		*s = r.text()
	}
	kept := d.ID + d.Etag + d.Text // the index keeps these as they are, and not the rest of b
	d.ID, d.Etag, d.Text = kept[:len(d.ID)], kept[len(d.ID):len(d.ID)+len(d.Etag)], kept[len(d.ID)+len(d.Etag):]
	d.Updated = r.signed()
	d.Edges, r.edges = room(r.edges, r.count())
	for i := range d.Edges {
		d.Edges[i].Source, d.Edges[i].Target = d.Ref, d.Ref
		if r.byte() == flagInward {
			d.Edges[i].Source = r.text()
		} else {
			d.Edges[i].Target = r.text()
		}
		d.Edges[i].Type = r.text()
	}
	d.Terms, r.terms = room(r.terms, r.count())
	for i := range d.Terms {
		flags := r.byte()
		r.key = append(r.key[:min(r.number(), len(r.key))], r.text()...)
		d.Terms[i] = index.Term{
			Key: r.known(), Value: r.text(), Item: flags&flagItem != 0, Null: flags&flagNull != 0,
		}
	}
	if r.bad || len(r.rest) > 0 {
		return index.Doc{}, errTerms
	}
	return d, nil
}

// room returns n elements at the end of a list, and the list with them.
func room[T any](list []T, n int) (part, longer []T) {
	longer = slices.Grow(list, n)[:len(list)+n]
	part = longer[len(list):]
	clear(part)
	return part, longer
}

// known returns the key as a text of its own, the same for everybody who has it.
func (r *termDecoder) known() string {
	key, ok := r.keys[string(r.key)]
	if !ok {
		key = string(r.key)
		r.keys[key] = key
	}
	return key
}

func (r *termDecoder) number() int {
	const limit = 28 // bits before the last part of a number
	n := 0
	for shift := 0; shift <= limit; shift += 7 {
		c := r.byte()
		n |= int(c&0x7f) << shift
		if c < 0x80 {
			return n
		}
	}
	r.bad = true
	return 0
}

func (r *termDecoder) text() string {
	n := r.number()
	if r.bad || n > len(r.rest) {
		r.bad = true
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *termDecoder) byte() byte {
	if len(r.rest) == 0 {
		r.bad = true
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

func (r *termDecoder) signed() int64 {
	n, size := binary.Varint([]byte(r.rest[:min(len(r.rest), binary.MaxVarintLen64)]))
	if size <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count reads the length of a list whose elements take a byte each at least.
func (r *termDecoder) count() int {
	n := r.number()
	if n > len(r.rest) {
		r.bad = true
		return 0
	}
	return n
}
