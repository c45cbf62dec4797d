package portal

import (
	"context"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal/api"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// apiProviders is what the API needs to know where providers run.
type apiProviders interface {
	ProviderAddresses(ctx context.Context) ([]contracts.ProviderAddress, error)
	KnownProvider(ctx context.Context, name string) error
	RegisterProvider(ctx context.Context, a contracts.ProviderAddress) (contracts.ProviderAddress, error)
	ForgetProvider(ctx context.Context, provider string) (contracts.ProviderAddress, error)
}

// ListProviders answers GET /contracts/providers.
func (a *API) ListProviders(ctx context.Context, _ server.ListProvidersRequestObject) (server.ListProvidersResponseObject, error) {
	list, err := a.deps.Contracts.ProviderAddresses(ctx)
	if err != nil {
		return nil, err
	}
	return server.ListProviders200JSONResponse{Items: mapped(list, fromProviderAddress)}, nil
}

// RegisterProvider answers PUT /contracts/providers/{provider}.
func (a *API) RegisterProvider(ctx context.Context, r server.RegisterProviderRequestObject) (server.RegisterProviderResponseObject, error) {
	if err := a.knownOrListed(ctx, r.Provider, a.deps.Contracts.KnownProvider); err != nil {
		return nil, err
	}
	stored, err := a.deps.Contracts.RegisterProvider(ctx, contracts.ProviderAddress{
		Provider: r.Provider, URL: r.Body.URL, StatesURL: r.Body.ProviderStatesURL, MessagesURL: r.Body.MessagesURL,
		Headers: r.Body.Headers, CreatedBy: IdentityOf(ctx).Actor,
	})
	if err != nil {
		return nil, err
	}
	return server.RegisterProvider200JSONResponse(fromProviderAddress(stored)), nil
}

// ForgetProvider answers DELETE /contracts/providers/{provider}.
func (a *API) ForgetProvider(ctx context.Context, r server.ForgetProviderRequestObject) (server.ForgetProviderResponseObject, error) {
	gone, err := a.deps.Contracts.ForgetProvider(ctx, r.Provider)
	if err != nil {
		return nil, err
	}
	return server.ForgetProvider200JSONResponse(fromProviderAddress(gone)), nil
}

// VerifyProvider answers POST /contracts/providers/{provider}/verifications.
func (a *API) VerifyProvider(ctx context.Context, r server.VerifyProviderRequestObject) (server.VerifyProviderResponseObject, error) {
	run, err := a.deps.Runs.Start(ctx, pipelines.KindVerifyProvider, r.Provider, pipelines.VerifyProviderInput{
		Provider: r.Provider, Version: r.Body.Version, Branch: r.Body.Branch, Tags: r.Body.Tags, BuildURL: r.Body.BuildURL,
		Pending: r.Body.IncludePending, WIPSince: r.Body.IncludeWipSince,
	})
	if err != nil {
		return nil, err
	}
	return server.VerifyProvider202JSONResponse{
		Body:    fromRun(run),
		Headers: server.VerifyProvider202ResponseHeaders{Location: api.BasePath + "/runs/" + run.ID},
	}, nil
}

// fromProviderAddress shows addresses without what may be secret in them: those
// stored by an older version may have a password, and any may have a key.
func fromProviderAddress(a contracts.ProviderAddress) types.Provider {
	return types.Provider{
		Provider: a.Provider, URL: fault.AddressAndQuery(a.URL),
		ProviderStatesURL: fault.AddressAndQuery(a.StatesURL), MessagesURL: fault.AddressAndQuery(a.MessagesURL),
		Headers: a.Headers, CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy,
	}
}
