package catalog_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
)

// TestEscapes reads what YAML 1.2 and JSON let a backslash stand for, and leaves
// it alone where it stands for itself.
func TestEscapes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, title, want string }{
		{"a slash, as PHP writes it", `"a\/b"`, "a/b"},
		{"a slash after a backslash", `"a\\/b\\\/c"`, `a\/b\/c`},
		{"a slash and an emoji", `"\/\ud83d\ude00\/"`, "/😀/"},
		{"half a character", `"\ud83d"`, "\ufffd"},
		{"halves the wrong way round", `"x\ude00\ud83d\/"`, "x\ufffd\ufffd/"},
		{"halves on two lines", "\"\\ud83d\\\n    \\ude00\"", "😀"},
		{"those of YAML", `"\/\0\a\b\t\n\v\f\r\e\ \"\\\N\_\L\P\x41\u0042\U00000043"`, "/\x00\a\b\t\n\v\f\r\x1b \"\\\u0085\u00a0\u2028\u2029ABC"},
		{"in single quotes", `'a\/b\ud83d' # "`, `a\/b\ud83d`},
		{"in a plain text", `a\/b\ud83d # \/`, `a\/b\ud83d`},
		{"in a block", "|-\n    a\\/b\\ud83d\n    c", "a\\/b\\ud83d\nc"},
		{"in a folded block", ">-\n    a\\/b\n    c", `a\/b c`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// The description makes sure that the file holds what the library refuses.
			file := "apiVersion: acme.io/v1\nkind: Robot\nmetadata:\n  name: r2\n  description: \"\\/\\ud83d\"\n  title: " + tt.title + "\n"
			entities, err := catalog.Parse("a.yaml", []byte(file))
			if err != nil {
				t.Fatal(err)
			}
			if m := entities[0].Metadata; m.Title != tt.want || m.Description != "/\ufffd" {
				t.Errorf("read as %q, want %q; %q", m.Title, tt.want, m.Description)
			}
		})
	}
}

// TestPlacesBesideEscapes looks at where problems are in files with escapes that
// the library refuses.
func TestPlacesBesideEscapes(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\n  description: \"\\/\\ud83d\\ude00\"\n"
	for _, tt := range []struct {
		name, file   string
		line, column int
		message      string
	}{
		{"another escape", head + "  title: \"\\q\"\n", 6, 0, "unknown escape"},
		{"a code of no character", head + "  title: \"\\U00110000\"\n", 6, 0, "escape code"},
		{"another mistake", head + "  title: [a\nspec: {}\n", 6, 0, "did not find"},
		{"a value behind them", head + "  annotations: {\"\\/\\ud83d\": \"\\/\", b: [c]}\n", 6, 38, ""},
		{"JSON", "{\"apiVersion\": \"v1\", \"kind\": \"Component\",\n\t\"metadata\": {\"name\": \"a\\/b\",\n\t\t\"name\": \"c\"}}", 3, 3, "written twice"},
		{"JSON with a value of another type", "{\"apiVersion\": \"v1\", \"kind\": \"Robot\",\n\t\"metadata\": {\"name\": \"ab\", \"title\":\r\n [\"ä\\/\"]}}", 3, 2, ""},
		{"JSON nested too deep", "{\"a\":\n" + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}", 2, 0, "nested"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := catalog.Check(fstest.MapFS{"catalog-info.yaml": {Data: []byte(tt.file)}}, "catalog-info.yaml")
			if len(problems) == 0 {
				t.Fatal("nothing is wrong with it")
			}
			if p := problems[0]; p.Line != tt.line || tt.column > 0 && p.Column != tt.column || !strings.Contains(p.Message, tt.message) {
				t.Errorf("%d:%d, want %d:%d: %s (%s)", p.Line, p.Column, tt.line, tt.column, p.Message, p.Hint)
			}
		})
	}
}

// FuzzJSON puts JSON into an entity, which reads as encoding/json reads it.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a\/b": "\/", "c": [1, 1.50, -0, 1e3, true, null, "", {}]}`, "{\n\t\"a\":\t\"\\ud83d\\ude00\\ud83d\"\n}", `{"a":"` + "\u2028\u0085\x7f\ufeff" + `"}`,
		`{"` + strings.Repeat("k", 2000) + `":1}`, `{"a":{"a":[[],{"":"#"}]},"<<":"~","y":"---"}`, "[\"a\", \r\n2E-7]", `"0x1F"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		if !json.Valid([]byte(s)) || len(s) > 1<<16 || strings.Count(s, "[")+strings.Count(s, "{") > 50 {
			return
		}
		file := []byte(`{"apiVersion": "acme.io/v1", "kind": "Robot", "metadata": {"name": "r2"}, "spec": {"x": ` + s + "}}")
		if _, problems := catalog.Check(fstest.MapFS{"a.json": {Data: file}}, "a.json"); len(problems) > 0 {
			if strings.Contains(problems[0].Message, "written twice") || strings.Contains(problems[0].Message, "placeholder") {
				return // what JSON leaves open, and what is replaced
			}
			t.Fatalf("%+v in\n%s", problems, s)
		}
		entities, err := catalog.Parse("a.json", file)
		if err != nil {
			t.Fatal(err)
		}
		var want any
		if err := json.Unmarshal([]byte(s), &want); err != nil {
			return // a number beyond those of Go
		}
		if got := entities[0].Spec["x"]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nis read as %#v\nand means   %#v", s, got, want)
		}
	})
}
