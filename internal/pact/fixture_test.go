package pact_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/pact"
)

var workFolder string

func TestMain(m *testing.M) {
	var err error
	if workFolder, err = os.MkdirTemp("", "pact-verifier-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(workFolder)
	os.Exit(code)
}

// buildHelper builds the real helper, once. It looks at each source, because a
// cached result of these tests holds only while the files they opened are the same.
var buildHelper = sync.OnceValues(func() (string, error) {
	sources, err := filepath.Glob("../../cmd/pact-verifier/*.go")
	if err != nil {
		return "", err
	}
	for _, source := range sources {
		if _, err := os.ReadFile(source); err != nil {
			return "", err
		}
	}
	path := filepath.Join(workFolder, "pact-verifier")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/pact-verifier").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build cmd/pact-verifier: %w\n%s", err, out)
	}
	return path, nil
})

// realVerifier runs the real helper. Without libpact_ffi there is none; CI must
// have it.
func realVerifier(t *testing.T) *pact.Verifier {
	t.Helper()
	helper, err := buildHelper()
	if err == nil {
		return pact.New(helper, slog.New(slog.DiscardHandler))
	}
	missing := strings.Contains(err.Error(), "pact_ffi") || strings.Contains(err.Error(), "C compiler")
	if !missing || os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skipf("LIBPACT_FFI IS ABSENT, so nothing verifies a pact for real here. Run scripts/install-pact-ffi.sh\n%v", err)
	return nil
}

// interaction is one interaction of a pact in a test.
type interaction struct {
	description, state, path, header, body string
}

// pactOf writes a pact of specification 3. Bodies are compared by type.
func pactOf(consumer string, list ...interaction) pact.Pact {
	var written []string
	for _, in := range list {
		states, headers := "", ""
		if in.state != "" {
			states = fmt.Sprintf(`"providerStates": [{"name": %q, "params": {"sku": "A1"}}],`, in.state)
		}
		if in.header != "" {
			headers = fmt.Sprintf(`, "headers": {%s}`, in.header)
		}
		written = append(written, fmt.Sprintf(`{"description": %q, %s
			"request": {"method": "GET", "path": %q%s},
			"response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": %s,
				"matchingRules": {"body": {"$": {"matchers": [{"match": "type"}]}}}}}`, in.description, states, in.path, headers, in.body))
	}
	content := fmt.Sprintf(`{"consumer": {"name": %q}, "provider": {"name": "inventory"}, "interactions": [%s],
		"metadata": {"pactSpecification": {"version": "3.0.0"}}}`, consumer, strings.Join(written, ","))
	return pact.Pact{SHA: "sha-of-" + consumer, Consumer: consumer, Content: []byte(content)}
}

// inStock and soldOut are what orders relies on in most tests.
func inStock() interaction {
	return interaction{description: "a product in stock", path: "/products/A1", body: `{"sku": "A1", "stock": 3}`}
}

func soldOut() interaction {
	return interaction{description: "a product sold out", path: "/products/B2", body: `{"sku": "B2", "stock": 0}`}
}

// request asks for pacts to be verified against a provider at address.
func request(address string, pacts ...pact.Pact) pact.Request {
	return pact.Request{
		Provider: "inventory", BaseURL: address, ProviderVersion: "i1", Timeout: 50 * time.Second, RequestTimeout: 20 * time.Second, Pacts: pacts,
	}
}

// soon is much longer than anything here takes on a busy machine, and much shorter
// than what hangs would hang.
const soon = 45 * time.Second

// verified runs r and returns the results, one per pact.
func verified(t *testing.T, v *pact.Verifier, r pact.Request) []pact.PactResult {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	result, err := v.Verify(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Pacts) != len(r.Pacts) {
		t.Fatalf("%d results for %d pacts", len(result.Pacts), len(r.Pacts))
	}
	return result.Pacts
}

// wantUnknown expects that p says nothing about the provider, but why.
func wantUnknown(t *testing.T, p pact.PactResult, interactions int, problem string) {
	t.Helper()
	if p.Success {
		t.Errorf("a success: %+v", p)
	}
	if !strings.Contains(p.Problem, problem) {
		t.Errorf("problem %q, want %q", p.Problem, problem)
	}
	if !strings.Contains(p.Log, p.Problem) {
		t.Errorf("the log does not say %q:\n%s", p.Problem, p.Log)
	}
	if len(p.Interactions) != interactions {
		t.Errorf("%d results for %d interactions", len(p.Interactions), interactions)
	}
	for _, in := range p.Interactions {
		if in.Status != contracts.StatusUnknown || len(in.Mismatches) == 0 {
			t.Errorf("%q is %s with %q, want unknown with a reason", in.Description, in.Status, in.Mismatches)
		}
	}
}
