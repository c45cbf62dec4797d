package catalog

import (
	"encoding/json"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
)

// TestWhatIsExportedIsReadAsItWas writes texts that YAML takes for something
// else, and reads them again.
func TestWhatIsExportedIsReadAsItWas(t *testing.T) {
	t.Parallel()
	tricky := []any{
		"yes", "null", "~", "1", "010", "0x1f", "1e3", ".inf", "2026-01-01", "1_000", "true", "", " leading", "trailing ", "a: b", "# no comment",
		"- no list", "{no: map}", "[no list]", "'quoted'", `"quoted"`, "two\nlines", "ends\n", "\n\nstarts", "tab\there", "trailing spaces  \nand more",
		"  indented\nblock", "é ü 漢 🙂", "\u2028", "*alias", "&anchor", "!tag", "%directive", "@at", "`tick", "|", ">", "---", "...", "a #b", "a\u0085b", "\x7f",
		"multi\n---\ndocument", 1, 1.5, true, nil,
		[]any{},
		map[string]any{},
		map[string]any{"yes": "no", "1": "one", "a b": []any{"x", 1}},
	}
	raw, err := json.Marshal(map[string]any{
		"apiVersion": "acme.io/v1", "kind": "Robot", "metadata": map[string]any{"name": "r2"}, "spec": map[string]any{"tricky": tricky},
	})
	if err != nil {
		t.Fatal(err)
	}
	written, err := asYAML(raw)
	if err != nil {
		t.Fatal(err)
	}
	entities, err := catalog.Parse("r2.yaml", written)
	if err != nil {
		t.Fatalf("%v in\n%s", err, written)
	}
	var want, got any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(entities[0].Raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("read again (-want +got):\n%s\nfrom\n%s", diff, written)
	}
}

func TestLocationsThatNameFilesBesideThemAreLeftOut(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]bool{
		`{"kind":"Location","spec":{"target":"./a.yaml"}}`:                           true,
		`{"kind":"location","spec":{"targets":["https://acme.example/a","b.yaml"]}}`: true,
		`{"kind":"Location","spec":{"targets":["https://acme.example/a"]}}`:          false,
		`{"kind":"Component","spec":{"target":"./a.yaml"}}`:                          false,
	} {
		if got := namesFilesBeside(json.RawMessage(document)); got != want {
			t.Errorf("%s: %t, want %t", document, got, want)
		}
	}
}
