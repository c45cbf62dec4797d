package portal

import (
	"context"
	"errors"

	"github.com/goldenpath/platform/contracts"
)

// fakeProviders knows where inventory runs.
type fakeProviders struct{ full bool }

func (fakeProviders) address() contracts.ProviderAddress {
	return contracts.ProviderAddress{Provider: "inventory", URL: "http://inventory", Headers: map[string]string{"Authorization": "PLATFORM_PROVIDER_INVENTORY"}, CreatedAt: apiTime}
}

func (f fakeProviders) ProviderAddresses(context.Context) ([]contracts.ProviderAddress, error) {
	return some(f.full, f.address()), nil
}

func (fakeProviders) RegisterProvider(_ context.Context, a contracts.ProviderAddress) (contracts.ProviderAddress, error) {
	a.CreatedAt = apiTime
	return a, nil
}

func (f fakeProviders) ForgetProvider(context.Context, string) (contracts.ProviderAddress, error) {
	return f.address(), nil
}

func (f *fakeContracts) Compare(_ context.Context, consumer, provider string, from, to contracts.Side) (contracts.Comparison, error) {
	if asked := from != (contracts.Side{}); asked && (from != contracts.Side{Branch: "feat/x"} || to != contracts.Side{Version: "2"}) {
		return contracts.Comparison{}, errors.New("the sides did not arrive as they were sent")
	}
	return contracts.Comparison{
		Consumer: consumer, Provider: provider, From: contracts.Pact{ConsumerVersion: "1"}, To: contracts.Pact{ConsumerVersion: "2"},
		Changes: some(f.full, contracts.InteractionChange{Kind: contracts.Changed, Description: "d", Details: []string{"request.path was 1 and is 2"}}),
	}, nil
}

func (f *fakeContracts) PactsForVerification(_ context.Context, q contracts.PactQuery) ([]contracts.VerifiablePact, error) {
	if !q.Selectors[0].MainBranch {
		return nil, errors.New("the selector did not arrive")
	}
	return some(f.full, contracts.VerifiablePact{SHA: "s", Consumer: "orders", Provider: "inventory", Content: []byte(`{"n":1.50}`), Notices: []contracts.PactNotice{{When: contracts.BeforeVerification, Text: "because"}, {When: "after_verification:success_true_published_true", Text: "if"}}}), nil
}
