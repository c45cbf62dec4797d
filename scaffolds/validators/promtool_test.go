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
	for _, file := range []string{"slo.rules.gen.yaml", "alerts.yaml", "rules_test.yaml"} {
		body := change(file, read(t, observability, file))
		if err := os.WriteFile(filepath.Join(dir, file), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), program, "test", "rules", filepath.Join(dir, "rules_test.yaml")).CombinedOutput()
	t.Logf("%s", out)
	return err
}

func TestRulesPassTheirTests(t *testing.T) {
	t.Parallel()
	if err := promtool(t, func(_ string, rules []byte) []byte { return rules }); err != nil {
		t.Error(err)
	}
}
