package validators_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A linter of text files, the faults that it must notice, and a file to put
// them into.
type linter struct {
	name    string
	command func(t *testing.T) []string // run in the folder with the files
	file    string
	faults  map[string]string // what is added to the file, and the rule it breaks
}

func yamllint(t *testing.T) []string {
	t.Helper()
	if _, err := exec.LookPath("yamllint"); err != nil {
		t.Skip("yamllint is not installed: run scripts/setup.sh test")
	}
	return []string{"yamllint", "--strict", "--config-file", absolute(t, "../authoring/standards/yamllint.yaml"), "."}
}

func markdownlint(t *testing.T) []string {
	t.Helper()
	program := absolute(t, "node_modules/.bin/markdownlint-cli2")
	if _, err := os.Stat(program); err != nil {
		t.Skip("markdownlint is not installed: run npm ci in scaffolds/validators")
	}
	return []string{program, "--config", absolute(t, ".markdownlint-cli2.yaml"), "**/*.md"}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// Texts are as the linters of their notations want them, and each linter
// notices faults.
func TestTextsPassTheirLinters(t *testing.T) {
	t.Parallel()
	for _, l := range []linter{
		{"yamllint", yamllint, "deploy/kubernetes/base/service.yaml", map[string]string{
			"spec: {}\n": "key-duplicates", "other:   true\n": "colons", "other: yes\n": "truthy", "other: true \n": "trailing-spaces",
		}},
		{"markdownlint", markdownlint, "docs/index.md", map[string]string{
			"\n# Another title\n": "MD025", "\n```\ncode\n```\n": "MD040", "\nSee http://localhost\n": "MD034", "\n[nowhere]()\n": "MD042",
		}},
	} {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			command := l.command(t)
			run := func(fault string) (string, error) {
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(golden)); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(dir, l.file)
				body := string(read(t, l.file)) + fault
				if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
				lint := exec.CommandContext(t.Context(), command[0], command[1:]...)
				lint.Dir = dir
				out, err := lint.CombinedOutput()
				return string(out), err
			}
			if out, err := run(""); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			for fault, rule := range l.faults {
				if out, err := run(fault); err == nil || !strings.Contains(out, rule) {
					t.Errorf("%q does not break %s: %v\n%s", fault, rule, err, out)
				}
			}
		})
	}
}
