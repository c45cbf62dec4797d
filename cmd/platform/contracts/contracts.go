// Package contracts has the commands under "platform contracts": pacts, their
// verification, deployments and the deploy gate.
package contracts

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/types"
)

// Verify runs pacts against a provider from this machine. The verifier stands
// behind it; a command only needs this much of it.
type Verify func(ctx context.Context, request Request) (Result, error)

// Request is what to verify, and where the provider is.
type Request struct {
	Provider        string
	BaseURL         string
	ProviderVersion string
	ProviderBranch  string
	StateURL        string            // where provider states are set up; empty for none
	StatesDoubt     string            // why nobody knows whether the provider sets them up; "" for no doubt
	MessagesURL     string            // where the provider produces messages; empty for none
	Headers         map[string]string // sent with every request to the provider
	Timeout         time.Duration
	Pacts           []Pact
}

// Pact is one pact to verify.
type Pact struct {
	SHA      string
	Consumer string
	Content  []byte
}

// Result is how the provider did, pact by pact, in the order of the request.
type Result struct {
	Pacts []PactResult
}

// PactResult is how the provider did against one pact.
type PactResult struct {
	SHA          string
	Consumer     string
	Success      bool
	Interactions []types.InteractionResult
	Log          string
}

// Command returns "platform contracts". Verify runs pacts against a provider.
func Command(env *cli.Env, verify Verify) *cobra.Command {
	group := cli.Group("contracts", "Publish and verify contracts, and ask whether a version may be deployed",
		publish(env), verifyCommand(env, verify), list(env), show(env), diff(env),
		canIDeploy(env), canIMerge(env), explain(env), ignore(env), providerCommands(env))
	for _, r := range recordings() {
		group.AddCommand(r.command(env))
	}
	return group
}
