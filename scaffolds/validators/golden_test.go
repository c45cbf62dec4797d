package validators_test

import (
	"os"
	"path/filepath"
	"testing"
)

// golden is the project whose files are judged.
const golden = "../paths/go-http/golden"

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{golden}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
