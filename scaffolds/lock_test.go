package scaffolds_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

func TestLockFileRemembersTheService(t *testing.T) {
	t.Parallel()
	p := goHTTP(t)
	answers := scaffolds.Answers{
		Name: "orders", Owner: "no", System: "1.10", Description: `It's: "a" # <b> & {c}`, Consumes: []string{"component:default/inventory", "true"},
	}
	tree, err := p.Render(answers, []scaffolds.Provider{
		{Name: "component:default/inventory", OpenAPI: document(t, "goldenprovider"), API: "inventory-api"},
		{Name: "true", OpenAPI: document(t, "goldenother")},
	})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]scaffolds.LockedFile{}
	var text []byte
	for _, f := range tree.Files {
		if f.Path == scaffolds.LockFile {
			text = f.Body
			continue
		}
		sum := sha256.Sum256(f.Body)
		files[f.Path] = scaffolds.LockedFile{Class: f.Class, SHA256: hex.EncodeToString(sum[:])}
	}
	lock, err := scaffolds.ReadLock(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := scaffolds.Lock{
		Schema: 1, Path: "go-http", Version: p.Version, Digest: p.Digest, Answers: answers, Files: files,
		Providers: map[string]scaffolds.LockedProvider{
			"component:default/inventory": {API: "inventory-api", Package: "inventory", SHA256: files["internal/clients/inventory/openapi/openapi.yaml"].SHA256},
			"true":                        {API: "true", Package: "truesvc", SHA256: files["internal/clients/truesvc/openapi/openapi.yaml"].SHA256},
		},
	}
	want.Answers.Module, want.Answers.Extra = "example.com/orders", map[string]any{"ci": "github"}
	if diff := cmp.Diff(want, lock, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(lock.YAML(), text) {
		t.Errorf("read and written, it differs:\n%s", cmp.Diff(string(text), string(lock.YAML())))
	}
	if want := []byte(`consumes: ["component:default/inventory", "true"]`); !bytes.Contains(text, want) {
		t.Errorf("there is no %s in\n%s", want, text)
	}
	for name, class := range map[string]scaffolds.Class{
		"go.sum": scaffolds.Generated, "go.mod": scaffolds.Merged, "README.md": scaffolds.Seeded,
		"internal/clients/inventory/openapi/client.gen.go": scaffolds.Generated,
		"internal/clients/inventory/openapi/openapi.yaml":  scaffolds.Managed,
		"internal/clients/inventory/contract_test.go":      scaffolds.Seeded,
		"internal/items/memory/memory.go":                  scaffolds.Seeded,
		"Makefile":                                         scaffolds.Merged,
	} {
		if files[name].Class != class {
			t.Errorf("%s is %s, want %s", name, files[name].Class, class)
		}
	}
}

func TestReadLockExplains(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		code       fault.Code
	}{
		{"no YAML", "a: [", fault.Invalid},
		{"another file", "name: orders\n", fault.Invalid},
		{"an empty file", "", fault.Invalid},
		{"a newer schema", "schema: 2\nanything: new\n", fault.Unsupported},
		{"wrong types", "schema: 1\nfiles: [a]\n", fault.Invalid},
	} {
		if _, err := scaffolds.ReadLock([]byte(c.text)); !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}
