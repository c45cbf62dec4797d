package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/goldenpath/platform/catalog"
)

// secret stands in files that no placeholder may reach.
const secret = "the-secret-of-somebody-else"

// FuzzPlaceholders fills in whatever a file asks for with whatever is there: no
// panic, nothing from outside of the location, nothing beyond the limits.
func FuzzPlaceholders(f *testing.F) {
	for _, key := range []string{"$text", "$json", "$yaml", "$ref"} {
		for _, target := range []string{
			"included", "./sub/../included", "../outside", "sub/../../outside", "/etc/passwd", "link", "folderlink/outside",
			"catalog-info.yaml", "http://127.0.0.1/included", "file:///etc/passwd", "", ".", "..", "sub", "a\\..\\..\\outside", "\x00",
		} {
			f.Add(key, target, []byte(`{"a": {"$text": "../outside"}}`))
		}
		f.Add(key, "included", []byte("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c, *c]\n"))
		f.Add(key, "included", bytes.Repeat([]byte("[{"), 5000))
		f.Add(key, "included", []byte("a: 1\n---\nb: 2\n"))
		f.Add(key, "included", []byte{0xff, 0xfe, 0})
	}
	top := f.TempDir()
	root := filepath.Join(top, "location")
	must := func(err error) {
		if err != nil {
			f.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(root, "sub"), 0o750))
	must(os.WriteFile(filepath.Join(top, "outside"), []byte(secret), 0o600))
	must(os.Symlink(filepath.Join(top, "outside"), filepath.Join(root, "link")))
	must(os.Symlink(top, filepath.Join(root, "folderlink")))
	folder, err := os.OpenRoot(root)
	must(err)
	f.Cleanup(func() { folder.Close() })

	f.Fuzz(func(t *testing.T, key, target string, included []byte) {
		name, err := json.Marshal(map[string]string{key: target})
		if err != nil {
			t.Fatal(err)
		}
		file := `{"apiVersion":"backstage.io/v1alpha1","kind":"API","metadata":{"name":"a"},` +
			`"spec":{"type":"openapi","lifecycle":"production","owner":"o","definition":` + string(name) + `}}`
		for path, content := range map[string][]byte{"catalog-info.yaml": []byte(file), "included": included} {
			if err := os.WriteFile(filepath.Join(root, path), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		entities, problems := catalog.Check(folder.FS(), "catalog-info.yaml")
		for _, e := range entities {
			if bytes.Contains(e.Body, []byte(secret)) || bytes.Contains(e.Raw, []byte(secret)) {
				t.Fatalf("%s %q brought in what is outside", key, target)
			}
			if !json.Valid(e.Body) || len(e.Body) > catalog.DefaultLimits().Entity+len(file) {
				t.Fatalf("%d bytes: %.200s", len(e.Body), e.Body)
			}
		}
		if len(entities) == 0 && len(problems) == 0 {
			t.Fatal("the entity is gone and nobody says why")
		}
	})
}
