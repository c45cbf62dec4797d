package validators_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tool returns a program at the version that this repository is checked with.
func tool(t *testing.T, name string) string {
	t.Helper()
	where, err := exec.CommandContext(t.Context(), "../../scripts/tool.sh", name).Output()
	if err != nil {
		t.Fatalf("scripts/tool.sh %s: %v", name, err)
	}
	return strings.TrimSpace(string(where))
}

// ask runs a program in a folder.
func ask(t *testing.T, dir, program string, args ...string) (out string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// withFile returns a copy of some files of the golden project in which one is
// changed. An empty old text appends.
func withFile(t *testing.T, files []string, name, old, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, file := range files {
		body := string(read(t, file))
		if file == name {
			changed := strings.Replace(body, old, text, 1)
			if old == "" {
				changed = body + text
			}
			if body = changed; text != "" && !strings.Contains(body, text) {
				t.Fatalf("%s has no %q", name, old)
			}
		}
		full := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const api = "api/openapi.yaml"

func TestRedoclyTakesTheAPI(t *testing.T) {
	t.Parallel()
	redocly := absolute(t, "node_modules/.bin/redocly")
	if _, err := os.Stat(redocly); err != nil {
		t.Skip("redocly is not installed: run npm ci in scaffolds/validators")
	}
	files := []string{api, "redocly.yaml"}
	if out, err := ask(t, withFile(t, files, "", "", ""), redocly, "lint", api); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, c := range []struct{ old, text, rule string }{
		{"      operationId: listItems\n", "      operationId: createItem\n", "operation-operationId-unique"},
		{"$ref: \"#/components/schemas/Item\"", "$ref: \"#/components/schemas/Nothing\"", "no-unresolved-refs"},
		{"info:\n", "info:\n  titel: x\n", "struct"},
	} {
		out, err := ask(t, withFile(t, files, api, c.old, c.text), redocly, "lint", api)
		if err == nil || !strings.Contains(out, c.rule) {
			t.Errorf("%q does not break %s: %v\n%s", c.text, c.rule, err, out)
		}
	}
}

// A change that breaks who calls the API is found, one that does not is none.
func TestOasdiffFindsBreakingChanges(t *testing.T) {
	t.Parallel()
	oasdiff := tool(t, "oasdiff")
	before := filepath.Join(withFile(t, []string{api}, "", "", ""), api)
	breaking := func(after string) (string, error) {
		return ask(t, ".", oasdiff, "breaking", "--fail-on", "ERR", before, filepath.Join(after, api))
	}
	for _, c := range []struct {
		old, text, want string
	}{
		{"", "", ""},
		{"info:\n", "info:\n  x-new: yes\n", ""},
		{"      parameters:\n        - name: limit\n", "      parameters:\n        - {name: shop, in: query, required: true, schema: {type: string}}\n        - name: limit\n", "new-required-request-parameter"},
		{"  /items/{itemId}:\n", "  /things/{itemId}:\n", "api-path-removed"},
	} {
		out, err := breaking(withFile(t, []string{api}, api, c.old, c.text))
		if (err != nil) != (c.want != "") || !strings.Contains(out, c.want) {
			t.Errorf("%q: %v, want %q\n%s", c.text, err, c.want, out)
		}
	}
}

// No secret is in what services get, and one that is put there is found.
func TestGitleaksFindsSecrets(t *testing.T) {
	t.Parallel()
	gitleaks := tool(t, "gitleaks")
	args := []string{"dir", "--no-banner", "--no-color", "--redact", "--verbose", "."}
	if out, err := ask(t, golden, gitleaks, args...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for secret, rule := range map[string]string{ // in two halves, or these are found, too
		"ghp_" + "x7Kq2mVb9TzLw4Rj8NcYd3Hf6PsGa1Ue5Xo0": "github-pat",
		"-----BEGIN RSA " + "PRIVATE KEY-----\n" + strings.Repeat("MIIEpAIBAAKCAQEA", 8) + "\n-----END RSA " + "PRIVATE KEY-----": "private-key",
		"AKIA" + "Z7QX5LM2RWTB4CYP": "aws-access-token",
	} {
		out, err := ask(t, withFile(t, []string{".env.example"}, ".env.example", "", "\nTOKEN="+secret+"\n"), gitleaks, args...)
		if err == nil || !strings.Contains(out, rule) {
			t.Errorf("%s is not found: %v\n%s", rule, err, out)
		}
	}
}

// golangci-lint runs staticcheck with the settings that services have.
func TestServicesAreJudgedByStaticcheck(t *testing.T) {
	t.Parallel()
	dir := withFile(t, []string{".golangci.yml"}, "", "", "")
	for name, text := range map[string]string{
		"go.mod": "module example.com/x\n\ngo 1.26.0\n",
		"x.go":   "// Package x has a fault.\npackage x\n\nimport \"strings\"\n\n// Same says whether a text is empty.\nfunc Same(s string) bool { return strings.Trim(s, \"aa\") == s }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := ask(t, dir, tool(t, "golangci-lint"), "run", "--allow-parallel-runners", "./...")
	if err == nil || !strings.Contains(out, "(staticcheck)") || !strings.Contains(out, "SA1024") {
		t.Errorf("a fault for staticcheck is not found: %v\n%s", err, out)
	}
}
