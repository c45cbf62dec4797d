package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/catalog"
)

// pieces are what texts are made of that some reader of YAML takes for something
// else, or loses.
var pieces = []string{
	"a", "B", "7", "0", "word", "two words", " ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", "#", " # ", ":", ": ", "-", "- ", "?", "? ", "%", "@", "`", "'", `"`, `\`,
	"&", "*", "!", "!!str ", "|", ">", "[", "]", "{", "}", ",", "~", "=", "<<", "---", "...", "\n---\n", "\n...\n", "null", "Null", "NULL", "true", "False", "yes", "No",
	"ON", "off", "y", "n", "1_000", "0x1f", "0o17", "017", "0b101", "1e3", "4e81234", "12e3456", "1e400", "+1", "-0", ".5", "5.", ".inf", "-.INF", ".NaN", "12:30:45", "12:30",
	"190:20:30.15", "2026-01-01", "2026-01-01T10:00:00Z", "2026-01-01 10:00:00", "0x_1", "1__2", "\x00", "\x01", "\a", "\x1b", "\x7f", "\u0080", "\u0085", "\u00a0", "\u2028",
	"\u2029", "\ufeff", "\ufffe", "\uffff", "\ufffd", "é", "漢", "🙂", "\U0010ffff", "${{ x }}", "{{ y }}", "$text", "$json", "./file", "http://x/#y", "key: value\n", "\tfoo: bar\n",
}

var numbers = []string{
	"0", "-0", "7", "-7", "1.5", "-0.0", "1e3", "1E3", "1e+3", "1e-3", "123456789012345678901234567890", "0.1", "9007199254740993", "5e-324", "1e400", "-12E3456",
}

// maker makes values at random, the same for the same seed.
type maker struct{ *rand.Rand }

func (m maker) text() string {
	if m.IntN(200) == 0 {
		return strings.Repeat(pieces[m.IntN(len(pieces))], 3000)
	}
	var b strings.Builder
	for range m.IntN(5) {
		b.WriteString(pieces[m.IntN(len(pieces))])
	}
	return b.String()
}

func (m maker) value(depth int) any {
	switch kind := m.IntN(10); {
	case kind == 0:
		return json.Number(numbers[m.IntN(len(numbers))])
	case kind == 1:
		return m.IntN(2) == 0
	case kind == 2:
		return nil
	case kind == 3 && depth > 0:
		list := []any{}
		for range m.IntN(4) {
			list = append(list, m.value(depth-1))
		}
		return list
	case kind <= 5 && depth > 0:
		object := map[string]any{}
		for range m.IntN(4) {
			object[m.text()] = m.value(depth - 1)
		}
		return object
	}
	return m.text()
}

// document is an entity with texts and values wherever there may be any.
func (m maker) document() map[string]any {
	return map[string]any{
		"apiVersion": "acme.io/v1", "kind": "Robot",
		"metadata": map[string]any{
			"name": "r2", "title": m.text() + "t", "description": m.text() + "d", "annotations": map[string]any{"acme.io/note": m.text() + "n"}, "extra": m.value(2),
		},
		"spec": map[string]any{"text": m.text(), "list": []any{m.text(), m.value(1)}, "value": m.value(3), m.text() + "k": m.text()},
	}
}

func TestWhateverIsExportedIsReadAsItWas(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4000) {
		m := maker{rand.New(rand.NewPCG(seed, 1))} // #nosec G404 -- the same for the same seed
		if wrong := roundTrip(m.document()); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
	}
}

func FuzzExport(f *testing.F) {
	for _, piece := range pieces {
		f.Add(piece)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 10_000 {
			return // JSON has no such texts
		}
		wrong := roundTrip(map[string]any{
			"apiVersion": "acme.io/v1", "kind": "Robot", "metadata": map[string]any{"name": "r2", "description": text + "."},
			"spec": map[string]any{"text": text, "list": []any{text, []any{text}}, "k" + text: map[string]any{text: text, "more": text}},
		})
		if wrong != "" {
			t.Fatal(wrong)
		}
	})
}

// roundTrip exports a document and reads it again, and says what is different.
func roundTrip(document map[string]any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return err.Error()
	}
	raw := b.Bytes()
	files, err := entityFiles(raw, "catalog-info.yaml", func(n int) string { return fmt.Sprintf("literal-%d.json", n) })
	if err != nil {
		return err.Error()
	}
	folder := fstest.MapFS{}
	for _, file := range files {
		folder[file.name] = &fstest.MapFile{Data: file.content, Mode: 0o444}
	}
	written := folder["catalog-info.yaml"].Data
	entities, err := catalog.ParseFS(folder, "catalog-info.yaml")
	if err != nil || len(entities) != 1 {
		return fmt.Sprintf("%d entities, %v in\n%s", len(entities), err, written)
	}
	read := entities[0].Raw
	if len(files) > 1 { // what files say that are taken in is in the body only
		if read, err = entities[0].Exported(); err != nil {
			return err.Error()
		}
	}
	want, got := decoded(raw, len(files) > 1), decoded(read, len(files) > 1)
	if diff := gocmp.Diff(want, got); diff != "" {
		return fmt.Sprintf("read again (-want +got):\n%s\nfrom\n%s", diff, written)
	}
	return otherReader(document, written)
}

// otherReader reads what was written as a tool does that knows YAML 1.1: texts
// are to be texts for it, too.
func otherReader(document map[string]any, written []byte) string {
	var node yaml.Node
	if err := yaml.Unmarshal(written, &node); err != nil {
		return err.Error()
	}
	wantText, _ := document["spec"].(map[string]any)["text"].(string)
	spec := node.Content[0]
	for i := 0; i < len(spec.Content); i += 2 {
		if spec.Content[i].Value != "spec" {
			continue
		}
		for j, inner := 0, spec.Content[i+1]; j < len(inner.Content); j += 2 {
			if at := inner.Content[j+1]; inner.Content[j].Value == "text" && (at.Value != wantText || at.Style == 0 && otherwise().MatchString(wantText)) {
				return fmt.Sprintf("%q is written as %q, style %d", wantText, at.Value, at.Style)
			}
		}
	}
	return ""
}

// decoded reads JSON with its numbers as they are written; without infinite
// ones, which JavaScript has not, if that is asked for.
func decoded(data []byte, finite bool) any {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return err
	}
	if finite {
		return withoutInfinite(v)
	}
	return v
}

func withoutInfinite(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Float64(); err != nil || math.IsInf(n, 0) {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = withoutInfinite(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = withoutInfinite(v[key])
		}
	}
	return v
}

// TestTextsThatOthersReadOtherwiseAreQuoted has what a tool with YAML 1.1 takes
// for a boolean, a number, a date or a time, and what is as well without quotes.
func TestTextsThatOthersReadOtherwiseAreQuoted(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"yes", "No", "on", "OFF", "y", "N", "~", "null", "=", "<<", "12:30:45", "190:20:30.15", "1:30", "2026-01-01", "2001-12-14 21:59:43.10 -5", "1_000", "0b101", "0o17", "017", "0x1F",
		"1e400", "4e81234", "12e3456", "+1", ".5", "+.5", ".inf", "-.Inf", ".NaN", "", "a: b", "# x", "\tx", "x\ty",
	} {
		if node := textNode(text); node.Style != yaml.DoubleQuotedStyle {
			t.Errorf("%q is written in style %d", text, node.Style)
		}
	}
	for _, text := range []string{"orders", "yesterday", "one-two", "v1.2.3", "a:b", "http://x/y", "x#y", "no more", "every 5 minutes", "é", "漢"} {
		if node := textNode(text); node.Style != 0 {
			t.Errorf("%q is written in style %d", text, node.Style)
		}
	}
	for _, text := range []string{"one\ntwo", "one\ntwo\n", "key: x\n  more\n\nlast", "one\n\ttwo\n"} {
		if node := textNode(text); node.Style != yaml.LiteralStyle {
			t.Errorf("%q is written in style %d", text, node.Style)
		}
	}
}
