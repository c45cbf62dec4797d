package authoring_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds/authoring"
)

// plain makes a path one whose language nobody builds here, so that validators
// alone are asked.
var plain = [3]string{"path.yaml", "language: go", "language: text"}

// Which validators are installed is up to the machine: what is missing is said,
// and never counts as passed.
func TestValidatorsThatAreMissingAreNamed(t *testing.T) {
	programs := t.TempDir()
	t.Setenv("PATH", programs+":/usr/bin:/bin")
	fake := func(name, script string) {
		if err := os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	fake("gitleaks", "echo 'found: a secret'; exit 1")
	fake("markdownlint-cli2", "test -f \"$2\" && test -f README.md")
	r := testPath(t, newPath(t, plain, few, [3]string{"golden/Dockerfile", "", "FROM scratch\n"}, [3]string{"golden/x.tf", "", "locals {}\n"}), false)
	found := map[string]authoring.Check{}
	for _, c := range r.Checks {
		if c.Group == "validators" {
			found[c.Name] = c
		}
	}
	if c := found["gitleaks finds no secret"]; c.Status != authoring.Fail || !strings.Contains(strings.Join(c.Details, "\n"), "found: a secret") {
		t.Errorf("gitleaks, which fails: %+v", c)
	}
	if c := found["markdownlint takes the pages"]; c.Status != authoring.Pass {
		t.Errorf("markdownlint, which finds its settings and the service: %+v", c)
	}
	for name, reason := range map[string]string{
		"BuildKit takes the Dockerfile, and the commands of its build stage run": "dockerfile-check is not installed",
		"the image of a service with all packs is built":                         "image not built here: no container engine runs",
	} {
		if c := found[name]; c.Status != authoring.NotChecked || c.Reason != reason {
			t.Errorf("%s: %+v, want %s", name, c, reason)
		}
	}
	if _, asked := found["shellcheck takes the scripts"]; asked {
		t.Error("shellcheck is asked about a service without scripts")
	}
}
