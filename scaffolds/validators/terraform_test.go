//go:build proof

package validators_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestTerraformAcceptsTheModule(t *testing.T) {
	t.Parallel()
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not installed: get it from https://developer.hashicorp.com/terraform/install")
	}
	dir := t.TempDir() // it writes beside the files
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(golden, "deploy", "terraform"))); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{
		{"fmt", "-check", "-diff"}, {"init", "-backend=false", "-input=false"}, {"validate"}, {"test"},
	} {
		out, err := exec.CommandContext(t.Context(), terraform, append([]string{"-chdir=" + dir}, words...)...).CombinedOutput()
		if err != nil {
			t.Errorf("terraform %v: %v\n%s", words, err, out)
		}
	}
}
