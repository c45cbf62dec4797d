package broker_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

// pactCLI returns the path of the official CLI, fetched once.
func pactCLI(t *testing.T) string {
	t.Helper()
	const toolMissing = 8
	cmd := exec.CommandContext(t.Context(), "../../scripts/install-pact-cli.sh")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == toolMissing {
		t.Skipf("THE OFFICIAL PACT CLI CANNOT BE FETCHED, so nothing runs it against /broker here:\n%s", stderr.String())
	}
	if err != nil {
		t.Fatalf("install the pact CLI: %v\n%s", err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// cli runs the official CLI against one server.
type cli struct {
	program, url string
	env          []string
}

// run expects an exit status and returns everything the CLI printed.
func (c cli) run(t *testing.T, wantExit int, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.program, args...)
	cmd.Env = append(append(os.Environ(), c.env...), "PACT_BROKER_BASE_URL="+c.url, "PACT_DO_NOT_TRACK=true", "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		t.Fatalf("pact %s: %v", strings.Join(args, " "), err)
	}
	if got != wantExit {
		t.Fatalf("pact %s: exit status %d, want %d\n%s", strings.Join(args, " "), got, wantExit, out)
	}
	return string(out)
}

const webToAPI = `{
  "consumer": {"name": "web"}, "provider": {"name": "api"},
  "interactions": [{
    "description": "a request for the status",
    "request": {"method": "GET", "path": "/status"},
    "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"ok": true}}
  }],
  "metadata": {"pactSpecification": {"version": "2.0.0"}}
}`

// TestTheOfficialCLI walks the journey of a pipeline with the program pipelines
// have: publish, verify, record, ask, break, ask again.
func TestTheOfficialCLI(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs a foreign program")
	}
	program := pactCLI(t)
	store := contractstest.NewStore()
	pact := cli{program: program, url: serve(t, contracts.New(store, store, nil), "/broker") + "/broker"}
	file := filepath.Join(t.TempDir(), "web-api.json")
	if err := os.WriteFile(file, []byte(webToAPI), 0o600); err != nil {
		t.Fatal(err)
	}
	answer := `{"ok": true}`
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(answer))
	}))
	defer provider.Close()
	port := provider.URL[strings.LastIndex(provider.URL, ":")+1:]
	verify := func(wantExit int, version string) {
		pact.run(t, wantExit, "verifier", "-b", pact.url, "-n", "api", "-h", "127.0.0.1", "-p", port,
			"--provider-version", version, "--provider-branch", "main", "--publish")
	}
	mayDeploy := func(wantExit int, service, version string) string {
		return pact.run(t, wantExit, "broker", "can-i-deploy", "--pacticipant", service, "--version", version, "--to-environment", "production")
	}

	out := pact.run(t, 0, "broker", "publish", file, "-a", "1", "--branch", "feat/x", "--tag", "dev")
	wantIn(t, out, "Pact successfully published for web version 1 and provider api")
	changed := strings.Replace(webToAPI, "/status", "/health", 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	out = pact.run(t, 1, "broker", "publish", file, "-a", "1", "--branch", "feat/x")
	wantIn(t, out, "Cannot change the content of the pact for web version 1")

	wantIn(t, pact.run(t, 0, "broker", "list-environments"), "production", "test")
	wantIn(t, pact.run(t, 1, "broker", "create-environment", "--name", "production", "--production"), "already used")
	pact.run(t, 0, "broker", "create-environment", "--name", "staging", "--production")
	pact.run(t, 0, "broker", "create-or-update-pacticipant", "--name", "web", "--main-branch", "feat/x")
	pact.run(t, 0, "broker", "describe-pacticipant", "--name", "web")
	pact.run(t, 0, "broker", "describe-version", "-a", "web", "-e", "1")
	wantIn(t, pact.run(t, 0, "broker", "list-latest-pact-versions"), "web", "api")

	wantIn(t, mayDeploy(1, "web", "1"), "There is no verified pact", "api")
	verify(0, "a1")
	wantIn(t, mayDeploy(1, "web", "1"), "no version is currently recorded")
	wantIn(t, pact.run(t, 0, "broker", "record-deployment", "-a", "api", "-e", "a1", "--environment", "production"), "Recorded deployment")
	wantIn(t, mayDeploy(0, "web", "1"), "Computer says yes")
	pact.run(t, 0, "broker", "record-release", "-a", "web", "-e", "1", "--environment", "production")

	answer = `{"ok": "no longer"}`
	verify(1, "a2")
	wantIn(t, mayDeploy(1, "api", "a2"), "failed")
	wantIn(t, mayDeploy(1, "web", "none"), "No pacts or verifications have been published")
	pact.run(t, 0, "broker", "record-undeployment", "-a", "api", "--environment", "production")
	pact.run(t, 0, "broker", "record-support-ended", "-a", "web", "-e", "1", "--environment", "production")
	pact.run(t, 0, "broker", "create-version-tag", "-a", "web", "-e", "1", "-t", "prod")
	pact.run(t, 0, "broker", "delete-branch", "-a", "web", "--branch", "feat/x")
}

func wantIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}
