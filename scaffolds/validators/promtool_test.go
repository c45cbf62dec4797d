package validators_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// promtool runs it in a folder with the files of deploy/observability, after
// change had its way with the rules.
func promtool(t *testing.T, change func(file string, rules []byte) []byte) error {
	t.Helper()
	program, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: run scripts/setup.sh test")
	}
	dir := t.TempDir()
	for _, file := range append(ruleFiles(t), tests(t)...) {
		body := change(file, read(t, observability, file))
		if err := os.WriteFile(filepath.Join(dir, file), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"test", "rules"}
	for _, file := range tests(t) {
		args = append(args, filepath.Join(dir, file))
	}
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	t.Logf("%s", out)
	return err
}

func TestRulesPassTheirTests(t *testing.T) {
	t.Parallel()
	if err := promtool(t, func(_ string, rules []byte) []byte { return rules }); err != nil {
		t.Error(err)
	}
}

// ruleFiles are the rules of the service and of its packs.
func ruleFiles(t *testing.T) []string {
	t.Helper()
	return append(named(t, "*.rules.gen.yaml"), named(t, "alerts*.yaml")...)
}

func tests(t *testing.T) []string {
	t.Helper()
	return named(t, "rules_test*.yaml")
}

// named returns the names of files of deploy/observability.
func named(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(golden, observability, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("found %v (%v), want files %s", found, err, pattern)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}
