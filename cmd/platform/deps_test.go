package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The program is one static file: what it is made of has no C, and Pact's
// library, which has, stays in cmd/pact-verifier. What plans tables for three
// databases stays with those who generate code: each process would begin with it.
func TestTheProgramNeedsNoCAndNoPlannerOfTables(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
		`{{if not .Standard}}{{.ImportPath}} {{len .CgoFiles}}{{end}}`, ".")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=1") // with it off, files with C are not listed
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(packages) < 10 {
		t.Fatalf("the program is made of %v", packages)
	}
	for _, line := range packages {
		path, files, _ := strings.Cut(line, " ")
		if files != "0" {
			t.Errorf("%s has %s files with C", path, files)
		}
		if strings.Contains(path, "pact-foundation") {
			t.Errorf("%s belongs into cmd/pact-verifier", path)
		}
		if strings.HasPrefix(path, "ariga.io/atlas") {
			t.Errorf("%s belongs into internal/store/generate", path)
		}
	}
}
