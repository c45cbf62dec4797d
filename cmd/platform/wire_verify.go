package main

import (
	"context"
	"os"
	"strings"
	"time"

	contractscmd "github.com/goldenpath/platform/cmd/platform/contracts"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pact"
)

// registeredVerifier verifies registered providers with the helper, for workers.
type registeredVerifier struct {
	verifier *pact.Verifier
	variable func(name string) string // of the worker's environment
}

func newRegisteredVerifier(v *pact.Verifier) registeredVerifier {
	return registeredVerifier{verifier: v, variable: os.Getenv}
}

// Verify implements pipelines.Verifier.
func (r registeredVerifier) Verify(ctx context.Context, address contracts.ProviderAddress, version string, pacts []contracts.VerifiablePact, timeout time.Duration, warn func(string, ...any)) ([]contracts.Verification, error) {
	wanted, err := r.request(ctx, address)
	if err != nil {
		return nil, err
	}
	if wanted.StatesDoubt != "" {
		warn("%s", wanted.StatesDoubt)
	}
	wanted.ProviderVersion, wanted.Timeout = version, timeout
	for _, p := range pacts {
		wanted.Pacts = append(wanted.Pacts, pact.Pact{SHA: p.SHA, Consumer: p.Consumer, Content: p.Content})
	}
	result, err := r.verifier.Verify(ctx, wanted)
	if err != nil {
		return nil, err
	}
	out := make([]contracts.Verification, len(result.Pacts))
	for i, p := range result.Pacts {
		out[i] = contracts.Verification{Success: p.Success, Interactions: p.Interactions, Log: p.Log}
	}
	return out, nil
}

// request says where the provider is and what opens it. Headers are read now, so
// that no secret is ever stored. Provider states are looked for where the command
// looks for them: a provider must not pass with one and fail with the other.
func (r registeredVerifier) request(ctx context.Context, address contracts.ProviderAddress) (pact.Request, error) {
	wanted := pact.Request{
		Provider: address.Provider, BaseURL: address.URL, StateURL: address.StatesURL, MessagesURL: address.MessagesURL, Headers: map[string]string{},
	}
	for name, variable := range address.Headers {
		value := strings.TrimSpace(r.variable(variable)) // mounted secrets end with a line break
		if value == "" {
			return pact.Request{}, fault.New(fault.Invalid, "The header %s for %s is to be read from %s, which is not set here.", name, address.Provider, variable).
				WithHint("Set it in the environment of the platform's workers, or register the provider without the header.")
		}
		// Else no request would leave, and the provider would be said to have failed.
		if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			return pact.Request{}, fault.New(fault.Invalid, "The header %s for %s cannot be sent: %s has a line break or another control character in it.", name, address.Provider, variable).
				WithHint("Set it to the value of the header alone in the environment of the platform's workers.")
		}
		wanted.Headers[name] = value
	}
	if wanted.StateURL == "" {
		wanted.StateURL, wanted.StatesDoubt = contractscmd.OfferedStates(ctx, address.URL, wanted.Headers)
	}
	return wanted, nil
}
