package demo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The demo knows the golden path's code: its edits fit, and what is left
// compiles, is formatted, and does not answer with the field.
func TestTheFieldIsLost(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("..", "..", "..", "scaffolds", "paths", "go-http", "golden")
	folder := t.TempDir()
	// Only the parts that are edited, and what they need to be type-checked in place.
	for _, e := range loseField() {
		body, err := os.ReadFile(filepath.Join(golden, filepath.FromSlash(e.file)))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, filepath.FromSlash(e.file))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := apply(folder, loseField()); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "gofmt", "-l", folder).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("gofmt: %v\n%s", err, out)
	}
	body, err := os.ReadFile(filepath.Join(folder, "internal", "httpapi", "items.go"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), "Quantity:") {
		t.Errorf("items.go still answers with the field:\n%s", body)
	}
	if err := apply(folder, loseField()); err == nil || !strings.Contains(err.Error(), "in another form") {
		t.Errorf("a second time: %v, want to be told that the code has another form", err)
	}
}
