package broker_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
	"github.com/goldenpath/platform/portal/broker"
)

const clientFolder = "testdata/client"

// installClient installs Pact for JavaScript from npm, unless it is there. Nothing
// of what it brings along runs while it is installed.
func installClient(t *testing.T) {
	t.Helper()
	lock, err := os.Stat(clientFolder + "/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if done, err := os.Stat(clientFolder + "/node_modules/.package-lock.json"); err == nil && !done.ModTime().Before(lock.ModTime()) {
		return
	}
	for _, tool := range []string{"npm", "node"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("PACT FOR JAVASCRIPT CANNOT RUN, so nothing runs it against /broker here: %s is not installed", tool)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-progress")
	install.Dir = clientFolder
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci in %s: %v\n%s", clientFolder, err, out)
	}
	now := time.Now()
	if err := os.Chtimes(clientFolder+"/node_modules/.package-lock.json", now, now); err != nil {
		t.Fatal(err)
	}
}

// node runs a script of the client's folder and returns what it printed.
func node(t *testing.T, arguments ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", arguments...)
	cmd.Dir, cmd.Env = clientFolder, append(os.Environ(), "PACT_DO_NOT_TRACK=true")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("node %s: %v\n%s", arguments[0], err, out)
	}
	return string(out)
}

// guarded is a broker on SQLite, as a server has it, that lets nobody in without
// a token: bearer, or the password of basic authentication.
func guarded(t *testing.T, token string) (*contracts.Broker, string) {
	t.Helper()
	db := databasetest.SQLite(t)
	domain := contracts.New(store.New(db).Contracts(), db, nil)
	e := echo.New()
	broker.New(domain, broker.Options{}).Register(e.Group("/broker"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		if r.Header.Get("Authorization") != "Bearer "+token && password != token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		e.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return domain, server.URL + "/broker"
}

// jsResult is what provider.mjs says at its end.
type jsResult struct {
	Kept   bool     `json:"kept"`
	Why    string   `json:"why"`
	States []string `json:"states"`
	out    string
}

func jsVerify(t *testing.T, options map[string]any) jsResult {
	t.Helper()
	text, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	r := jsResult{out: node(t, "provider.mjs", string(text))}
	_, last, _ := strings.Cut(r.out, "\nRESULT ")
	if err := json.NewDecoder(strings.NewReader(last)).Decode(&r); err != nil {
		t.Fatalf("provider.mjs said no result: %v\n%s", err, r.out)
	}
	return r
}

// TestPactForJavaScript walks with Pact for JavaScript, as it comes from npm, from
// a consumer test over the broker to a provider's verification.
func TestPactForJavaScript(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs a foreign program")
	}
	installClient(t)
	const token = "token-of-the-pipeline"
	domain, url := guarded(t, token)
	publisher := cli{program: pactCLI(t), url: url, env: []string{"PACT_BROKER_TOKEN=" + token}}
	publish := func(path, version, branch string) {
		pacts := t.TempDir()
		node(t, "consumer.mjs", pacts, path)
		publisher.run(t, 0, "broker", "publish", filepath.Join(pacts, "js-web-js-api.json"), "-a", version, "--branch", branch)
	}
	authorized := 0
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer of-the-provider" {
			authorized++
		}
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path != "/products/A1" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(`{"sku": "A1", "stock": 7}`))
	}))
	defer provider.Close()
	options := func(version string, more map[string]any) map[string]any {
		all := map[string]any{
			"pactBrokerUrl": url, "pactBrokerToken": token, "providerBaseUrl": provider.URL,
			"providerVersion": version, "providerVersionBranch": "main", "enablePending": true,
			"consumerVersionSelectors": []map[string]any{{"mainBranch": true}, {"deployedOrReleased": true}},
		}
		for key, value := range more {
			all[key] = value
			if value == nil {
				delete(all, key)
			}
		}
		return all
	}

	publish("/products/A1", "1", "main")
	first := jsVerify(t, options("p1", nil))
	if !first.Kept || authorized != 1 {
		t.Fatalf("got %+v, authorized %d times\n%s", first, authorized, first.out)
	}
	if diff := cmp.Diff([]string{`a product exists {"sku":"A1"}`}, first.States); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	wantResults(t, domain, "p1 passed")

	// A branch that asks for more shows up as work in progress, and breaks no build.
	publish("/products/of/the/future", "2", "feat/more")
	if r := jsVerify(t, options("p2", map[string]any{"includeWipPactsSince": "2020-01-01"})); !r.Kept {
		t.Errorf("work in progress broke the build: %s\n%s", r.Why, r.out)
	} else {
		wantIn(t, r.out, "'work in progress' pact", "latest version of js-web from branch 'feat/more'", "non-fatal pact failures")
	}
	wantResults(t, domain, "p2 failed wip", "p2 passed", "p1 passed")

	// The same on the main branch, without pending, does. Basic authentication is
	// what older pipelines have.
	publish("/products/of/the/future", "3", "main")
	r := jsVerify(t, options("p3", map[string]any{
		"enablePending": false, "pactBrokerToken": nil, "pactBrokerUsername": "ci", "pactBrokerPassword": token,
	}))
	if r.Kept {
		t.Errorf("a broken promise was none\n%s", r.out)
	}
	wantResults(t, domain, "p3 failed", "p2 failed wip", "p2 passed", "p1 passed")
}

// wantResults compares what was recorded for js-web, newest first.
func wantResults(t *testing.T, domain *contracts.Broker, want ...string) {
	t.Helper()
	pair, err := domain.Pair(t.Context(), "js-web", "js-api")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range pair.Verifications {
		text := v.ProviderVersion + map[bool]string{true: " passed", false: " failed"}[v.Success]
		if v.WIP {
			text += " wip"
		}
		got = append(got, text)
		for _, i := range v.Interactions {
			if (i.Status == contracts.Passed) != v.Success || (len(i.Mismatches) == 0) != v.Success {
				t.Errorf("%s: interaction %+v", text, i)
			}
		}
		if len(v.Interactions) != 1 || v.ProviderBranch != "main" {
			t.Errorf("%s: %d interactions, on branch %q", text, len(v.Interactions), v.ProviderBranch)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}
