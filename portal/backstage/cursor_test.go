package backstage

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
)

func TestCursorsComeBack(t *testing.T) {
	t.Parallel()
	value := "größe>?"
	c := cursor{
		Filter: []string{"kind=a"}, Query: json.RawMessage(`{"kind":"ü"}`), Order: []orderField{{Field: "metadata.name", Order: "desc"}},
		FullText: &fullText{Term: "pay", Fields: []string{"metadata.title"}}, WithTotal: true,
	}
	text, err := c.write(&catalog.Place{Values: []*string{&value}, ID: "u1"}, true)
	if err != nil {
		t.Fatal(err)
	}
	for name, sent := range map[string]string{
		"as handed out":         text,
		"written for addresses": strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(text),
		"not escaped":           strings.ReplaceAll(text, "+", " "),
	} {
		got, err := readCursor(sent)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := c
		want.Version, want.Previous, want.Place = cursorVersion, true, &catalog.Place{Values: []*string{&value}, ID: "u1"}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(cursor{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestCursorsThatAreRefused(t *testing.T) {
	t.Parallel()
	plain := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, tt := range []struct{ name, text, wrong string }{
		{"no base64", "%%%", "not base64"},
		{"no JSON", plain("hello"), "not one of this API"},
		{"of another version", plain(`{"v":2,"place":{"v":[],"u":"x"}}`), "not handed out by this version"},
		{"of Backstage", plain(`{"orderFields":[],"orderFieldValues":["x"],"isPrevious":false}`), "not handed out by this version"},
		{"no place", plain(`{"v":1}`), "names no place"},
		{"no uid", plain(`{"v":1,"place":{"v":[],"u":""}}`), "names no place"},
		{"a place of another order", plain(`{"v":1,"orderFields":[{"field":"a"}],"place":{"v":[],"u":"x"}}`), "names no place"},
		{"too long", strings.Repeat("A", maxCursor+4), "longer than any"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := readCursor(tt.text); err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("error %v, want %q", err, tt.wrong)
			}
		})
	}
}

func TestTextIsSearchedInTheFirstOrderField(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		cursor cursor
		text   string
		keys   []string
	}{
		{"no term", cursor{FullText: &fullText{Term: "  ", Fields: []string{"a"}}}, "", nil},
		{"fields", cursor{FullText: &fullText{Term: " Pay ", Fields: []string{"a", "b"}}, Order: []orderField{{Field: "c"}}}, "Pay", []string{"a", "b"}},
		{"an order", cursor{FullText: &fullText{Term: "x"}, Order: []orderField{{Field: "c"}, {Field: "d"}}}, "x", []string{"c"}},
		{"neither", cursor{FullText: &fullText{Term: "x"}}, "x", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := tt.cursor.search()
			if err != nil || s.Text != tt.text || !cmp.Equal(s.TextKeys, tt.keys) {
				t.Errorf("%q in %q, %v", s.Text, s.TextKeys, err)
			}
		})
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("e30=")
	f.Add(base64.StdEncoding.EncodeToString([]byte(`{"v":1,"query":{"$not":{}},"filter":["a=b"],"place":{"v":[],"u":"x"}}`)))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := readCursor(text)
		if err != nil {
			return
		}
		if s, err := c.search(); err == nil && (s.From == nil || len(s.From.Values) != len(s.Order)) {
			t.Errorf("%q leads to no place", text)
		}
	})
}

func FuzzOtherCursors(f *testing.F) {
	f.Add("e30=")
	f.Add(base64.StdEncoding.EncodeToString([]byte(`{"limit":5,"offset":10,"afterId":"x","query":{"type":"url"}}`)))
	f.Fuzz(func(t *testing.T, text string) {
		if q, err := readLocationCursor(text); err == nil {
			if _, err := parsePredicate(q.Query); err != nil && len(q.Query) == 0 {
				t.Errorf("%q: no query is wrong: %v", text, err)
			}
		}
		if p, err := readAfter(text); err == nil && text == "" {
			t.Errorf("nothing is %+v", p)
		}
	})
}
