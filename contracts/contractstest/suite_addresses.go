package contractstest

import (
	"context"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

func providerAddresses(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	save := func(a contracts.ProviderAddress) {
		k.tx(func(ctx context.Context) error { return b.Store.SaveProviderAddress(ctx, a) })
	}
	web := contracts.ProviderAddress{Provider: "web", URL: "http://web", CreatedAt: morning()}
	api := contracts.ProviderAddress{
		Provider: "api", URL: "http://api", StatesURL: "http://api/states", MessagesURL: "http://api/messages",
		Headers: map[string]string{"Authorization": "PLATFORM_PROVIDER_API"}, CreatedAt: morning(), CreatedBy: "ada",
	}
	save(web)
	save(contracts.ProviderAddress{Provider: "api", URL: "http://old", Headers: map[string]string{"X": "PLATFORM_PROVIDER_X"}, CreatedAt: morning().Add(-time.Hour)})
	save(api)
	same(t, "addresses", []contracts.ProviderAddress{api, web}, must(b.Store.ProviderAddresses(t.Context()))(t))
	k.tx(func(ctx context.Context) error { return b.Store.DeleteProviderAddress(ctx, "api") })
	same(t, "addresses after one is deleted", []contracts.ProviderAddress{web}, must(b.Store.ProviderAddresses(t.Context()))(t))
}
