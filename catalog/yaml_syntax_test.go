package catalog_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/goldenpath/platform/catalog"
)

// TestEveryMistakeSaysWhatToDo looks at the line and the advice of what is wrong.
func TestEveryMistakeSaysWhatToDo(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n"
	bomb := "a: &a [" + strings.Repeat("x, ", 90) + "x]\nb: &b [" + strings.Repeat("*a, ", 90) + "*a]\nc: &c [" +
		strings.Repeat("*b, ", 90) + "*b]\nd: [" + strings.Repeat("*c, ", 90) + "*c]\n"
	for _, tt := range []struct {
		name, file string
		line       int
		hint       string
	}{
		{"nested too deep", head + "  name: a\nspec:\n  x: " + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "\n", 6, "flatter"},
		{"aliases of aliases", bomb, 0, "aliases"},
		{"a list as a key", head + "  [a]: b\n", 4, "quotes"},
		{"an expression without quotes", head + "  name: {{ name }}\n", 4, "{{ }}"},
		{"a key written twice", head + "  name: a\n  name: b\n", 5, "Delete one"},
		{"a number as title", head + "  name: a\n  title: 2024\n", 5, `"2024"`},
		{"nothing as title", head + "  name: a\n  title:\n", 5, "leave it out"},
		{"a list as title", head + "  name: a\n  title: [a]\n", 5, "one text"},
		{"a text as tags", head + "  name: a\n  tags: go\n", 5, "[a, b]"},
		{"a text as metadata", "apiVersion: v1\nkind: A\nmetadata: a\n", 3, "keys with values"},
		{"a link without address", head + "  name: a\n  links: [{title: a}]\n", 5, "url:"},
		{"a tab as indentation", head + "\tname: a\n", 4, "spaces"},
		{"a tab below a key", head + "  name: a\nspec:\n\ttype: b\n", 6, "spaces"},
		{"no UTF-8", head + "  name: a\n  title: caf\xe9\n", 5, "UTF-8"},
		{"a control character", head + "  name: a\n  title: \"a\x07b\"\n", 5, "invisible"},
		{"an escape that is none", head + "  name: a\n  title: \"C:\\qa\"\n", 5, "backslash"},
		{"an escape cut short", head + "  name: a\n  title: \"\\u12\"\n", 5, "backslash"},
		{"an alias that is none", head + "  name: *all\n", 4, "quotes"},
		{"a name that begins with @", head + "  name: @acme/a\n", 4, "quotes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := catalog.Check(fstest.MapFS{"catalog-info.yaml": {Data: []byte(tt.file)}}, "catalog-info.yaml")
			if len(problems) == 0 {
				t.Fatal("nothing is wrong with it")
			}
			if p := problems[0]; tt.line > 0 && p.Line != tt.line || !strings.Contains(p.Hint, tt.hint) {
				t.Errorf("line %d, want %d: %s (%s)", p.Line, tt.line, p.Message, p.Hint)
			}
		})
	}
}

// TestCharactersInHalves reads what JSON writers make of an emoji.
func TestCharactersInHalves(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, title, want string }{
		{"in JSON", `"\ud83d\ude00 hi \uD83D\uDE80"`, "😀 hi 🚀"},
		{"beside what a single quote means", `'\ud83d\ude00' # "`, `\ud83d\ude00`},
		{"beside what a plain text means", `\uD83d\uDe00`, `\uD83d\uDe00`},
		{"after a backslash that stands for itself", `"\\ud83d \ud83d\ude00"`, `\ud83d 😀`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := `{"apiVersion": "acme.io/v1", "kind": "Robot", "metadata": {"name": "r2", "title": "\ud83d\ude00"}, "spec": {"😀\ud83d\ude00": 1}}` +
				"\n---\napiVersion: acme.io/v1\nkind: Robot\nmetadata:\n  name: r3\n  description: \"\\ud83d\\ude00\"\n  title: " + tt.title + "\n"
			entities, err := catalog.Parse("a.json", []byte(file))
			if err != nil {
				t.Fatal(err)
			}
			if entities[0].Metadata.Title != "😀" || entities[0].Spec["😀😀"] == nil {
				t.Errorf("the first says %+v", entities[0])
			}
			if m := entities[1].Metadata; m.Title != tt.want || m.Description != "😀" {
				t.Errorf("the second says %q, want %q; %q", m.Title, tt.want, m.Description)
			}
		})
	}
}

// FuzzHalves writes a text as Python does, all but ASCII in escapes, beside what
// must not be touched.
func FuzzHalves(f *testing.F) {
	f.Add("a 😀 b", `\ud83d\ude00`)
	f.Add("\U000fd83d\U000fde00", "")
	f.Add("\ufffd\u0000", `\U000fd83d`)
	f.Fuzz(func(t *testing.T, s, raw string) {
		s = strings.ToValidUTF8(s, "")
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune(s)) {
			b.WriteString(`\u` + string("0123456789abcdef"[unit>>12]) + string("0123456789ABCDEF"[unit>>8&15]) + string("0123456789abcdef"[unit>>4&15]) + string("0123456789abcdef"[unit&15]))
		}
		keep := strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' || r == '\'' {
				return -1
			}
			return r
		}, raw)
		file := "apiVersion: acme.io/v1\nkind: Robot\nmetadata:\n  name: r2\n  title: \"x" + b.String() + "\"\n  description: 'x" + keep + "'\n"
		entities, err := catalog.Parse("a.yaml", []byte(file))
		if err != nil {
			if strings.Contains(strings.ToLower(keep), `\u000fd`) {
				return // what stands in for halves may not stand for itself beside them
			}
			t.Fatalf("%v in\n%s", err, file)
		}
		if m := entities[0].Metadata; m.Title != "x"+s || m.Description != "x"+keep {
			t.Errorf("%q is read as %q, and %q as %q", s, m.Title, keep, m.Description)
		}
	})
}
