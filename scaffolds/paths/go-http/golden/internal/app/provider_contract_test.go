//go:build contract

package app_test

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/pact-foundation/pact-go/v2/provider"

	"example.com/golden/service/internal/pacttest"
)

// Asks the running service everything its consumers' contracts ask.
//
//	PACT_DIR=../pacts go test -tags contract -run TestProvider ./internal/app
//	PACT_BROKER_BASE_URL=http://127.0.0.1:8080/broker go test -tags contract -run TestProvider ./internal/app
//
// With PACT_PROVIDER_VERSION (and PACT_PROVIDER_BRANCH) the broker is told how
// that version did. "platform contracts verify" does the same from outside.
func TestProvider(t *testing.T) {
	pacttest.Quiet(t)
	dir, broker := os.Getenv("PACT_DIR"), os.Getenv("PACT_BROKER_BASE_URL")
	if dir == "" && broker == "" {
		t.Skip("NOT VERIFIED: no consumer's contract was checked. Set PACT_DIR to a folder of pact files, or PACT_BROKER_BASE_URL to a broker.")
	}

	base, _ := startService(t, "PACT_STATES=true")
	request := provider.VerifyRequest{
		Provider:        "goldensvc",
		ProviderBaseURL: base,
		// Not StateHandlers: those let a state pass that nobody wrote.
		ProviderStatesSetupURL: base + "/_pact/provider-states",
		FailIfNoPactsFound:     true,
	}
	if dir != "" {
		request.PactFiles = pactsFor(t, dir, "goldensvc")
	} else {
		version := os.Getenv("PACT_PROVIDER_VERSION")
		request.BrokerURL = broker
		request.ProviderVersion = cmp.Or(version, "not recorded") // the library insists on one
		request.ProviderBranch = os.Getenv("PACT_PROVIDER_BRANCH")
		request.PublishVerificationResults = version != ""
		request.ConsumerVersionSelectors = []provider.Selector{
			&provider.ConsumerVersionSelector{MainBranch: true},
			&provider.ConsumerVersionSelector{DeployedOrReleased: true},
		}
	}
	if err := provider.NewVerifier().VerifyProvider(t, request); err != nil {
		t.Fatal(err)
	}
}

// The pact files in a folder that are about this provider. None is an error:
// the verifier would find nothing to check and be content.
func pactsFor(t *testing.T, dir, name string) []string {
	t.Helper()
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(pacttest.Root(t), dir)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var pact struct {
			Provider struct{ Name string }
		}
		if err := json.Unmarshal(data, &pact); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if pact.Provider.Name == name {
			ours = append(ours, file)
		}
	}
	if len(ours) == 0 {
		t.Fatalf("%s has no pact whose provider is %s", dir, name)
	}
	return ours
}
