package portal

import (
	"context"

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
