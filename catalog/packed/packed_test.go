package packed

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestPackedIsReadAsItWas(t *testing.T) {
	t.Parallel()
	document := strings.Repeat(`\"responses\": {\"200\": {\"description\": \"The order\"}},`, 100)
	whole := func(metadata string) []byte {
		return []byte(`{"kind":"API","metadata":{` + metadata + `},"spec":{"type":"openapi","definition":"` + document + `"}}`)
	}
	for name, c := range map[string]struct {
		raw, body []byte
		smaller   bool
	}{
		"nothing":            {},
		"short":              {raw: []byte(`{"kind":"Group"}`), body: []byte(`{"kind":"Group","metadata":{}}`)},
		"equal":              {raw: whole(`"name":"a"`), body: whole(`"name":"a"`), smaller: true},
		"added in the body":  {raw: whole(`"name":"a"`), body: whole(`"name":"a","namespace":"default"`), smaller: true},
		"added in the raw":   {raw: whole(`"name":"aa"`), body: whole(`"name":"a"`), smaller: true},
		"one inside another": {raw: []byte(strings.Repeat("a", 600)), body: []byte(strings.Repeat("a", 700)), smaller: true},
		"other altogether":   {raw: bytes.Repeat([]byte(`{x`), 400), body: whole(`"name":"a"`)},
	} {
		raw, body := Raw(c.raw, c.body), Body(c.body)
		if c.smaller && len(raw)+len(body) > (len(c.raw)+len(c.body))/5 {
			t.Errorf("%s: %d bytes became %d", name, len(c.raw)+len(c.body), len(raw)+len(body))
		}
		unpacked, err := OpenBody(body)
		if err != nil || !bytes.Equal(unpacked, c.body) {
			t.Errorf("%s: body %q, %v", name, unpacked, err)
		}
		unpacked, err = OpenRaw(raw, unpacked)
		if err != nil || !bytes.Equal(unpacked, c.raw) {
			t.Errorf("%s: raw %q, %v", name, unpacked, err)
		}
	}
}

// FuzzPacked packs and unpacks what nobody wrote by hand, and unpacks what was
// never packed: an error or JSON, no panic.
func FuzzPacked(f *testing.F) {
	f.Add([]byte(`{"kind":"API"}`), bytes.Repeat([]byte(`{"kind":"API","metadata":{"name":"a"}}`), 20))
	f.Add([]byte{parts, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2}, []byte{block, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add([]byte{parts, 9, 9}, []byte(`{}`))
	f.Fuzz(func(t *testing.T, raw, body []byte) {
		if got, err := OpenBody(Body(append([]byte("{"), body...))); err != nil || !bytes.Equal(got[1:], body) {
			t.Fatalf("body %q, %v", got, err)
		}
		if got, err := OpenRaw(Raw(append([]byte("{"), raw...), body), body); err != nil || !bytes.Equal(got[1:], raw) {
			t.Fatalf("raw %q, %v", got, err)
		}
		if _, err := OpenRaw(raw, body); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		if _, err := OpenBody(body); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
	})
}
