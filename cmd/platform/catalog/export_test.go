package catalog

import (
	"encoding/json"
	"os"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/portal/api/types"
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
	entities, written := exported(t, "robot:default/r2", raw)
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

// exported writes an entity and reads what was written.
func exported(t *testing.T, ref string, raw json.RawMessage) (entities []catalog.Entity, written []byte) {
	t.Helper()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := writeEntity(root, types.ExportedEntity{Ref: ref, Document: raw}); err != nil {
		t.Fatal(err)
	}
	file := entityFile("robot", "default", "r2")
	if written, err = root.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	if entities, err = catalog.ParseFS(root.FS(), file); err != nil {
		t.Fatalf("%v in\n%s", err, written)
	}
	return entities, written
}

// TestWhatOnlyLooksLikeAPlaceholderIsNotFilledIn has what another file said,
// which the catalog took in as it was.
func TestWhatOnlyLooksLikeAPlaceholderIsNotFilledIn(t *testing.T) {
	t.Parallel()
	entities, written := exported(t, "robot:default/r2", json.RawMessage(`{"apiVersion":"acme.io/v1","kind":"Robot","metadata":{"name":"r2"},`+
		`"spec":{"a":{"$text":"x.txt"},"b":[{"$yaml":"./y"},{"$json":"z","more":1}]}}`))
	want := map[string]any{
		"a": map[string]any{"$text": "x.txt"}, "b": []any{map[string]any{"$yaml": "./y"}, map[string]any{"$json": "z", "more": 1.0}},
	}
	if diff := gocmp.Diff(want, entities[0].Spec); diff != "" {
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
