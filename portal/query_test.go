package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestReadableQuery(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]url.Values{
		"":                       {},
		"a=b&c=d%20e":            {"a": {"b"}, "c": {"d e"}},
		"filter=kind=user;x=y":   {"filter": {"kind=user;x=y"}},
		"a=%zz&b=%":              {"a": {"%zz"}, "b": {"%"}},
		"a=%3B%4&b=100%&c=%2541": {"a": {";%4"}, "b": {"100%"}, "c": {"%41"}},
	} {
		got, err := url.ParseQuery(readableQuery(raw))
		if err != nil || got.Encode() != want.Encode() {
			t.Errorf("%s is %v, %v, want %v", raw, got, err, want)
		}
	}
}

func FuzzReadableQuery(f *testing.F) {
	f.Add("a=b;c=%zz&%")
	f.Fuzz(func(t *testing.T, raw string) {
		read, err := url.ParseQuery(readableQuery(raw))
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if before, err := url.ParseQuery(raw); err == nil && before.Encode() != read.Encode() {
			t.Errorf("%q was %v and is %v", raw, before, read)
		}
	})
}

// TestAFilterIsNeverLeftOut asks for kinds that nothing is of.
func TestAFilterIsNeverLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	if all := w.get(t, "/api/v1/entities?kind=component").Body.String(); !strings.Contains(all, `"orders"`) {
		t.Fatalf("nothing is found at all: %.300s", all)
	}
	for _, filter := range []string{"kind=component;x", "kind=component%zz", "kind=%"} {
		answer := w.get(t, "/api/v1/entities?"+filter)
		if answer.Code != http.StatusOK || strings.Contains(answer.Body.String(), `"orders"`) {
			t.Errorf("%s: status %d, %.300s", filter, answer.Code, answer.Body)
		}
	}
}
