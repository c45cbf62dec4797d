package portal

import (
	"context"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// apiContracts is what the API needs of the broker.
type apiContracts interface {
	apiProviders
	Publish(ctx context.Context, p contracts.Publication) (contracts.Published, error)
	PactsForVerification(ctx context.Context, q contracts.PactQuery) ([]contracts.VerifiablePact, error)
	RecordVerification(ctx context.Context, v contracts.Verification) (contracts.Verification, error)
	apiGate
	Environments(ctx context.Context) ([]contracts.Environment, error)
	Pairs(ctx context.Context) ([]contracts.Pair, error)
	Pair(ctx context.Context, consumer, provider string) (contracts.PairDetail, error)
	ContractsOf(ctx context.Context, service string) ([]contracts.Pair, error)
	Known(ctx context.Context, service string) error
	Compare(ctx context.Context, consumer, provider string, from, to contracts.Side) (contracts.Comparison, error)
}

// ListContracts answers GET /contracts.
func (a *API) ListContracts(ctx context.Context, r server.ListContractsRequestObject) (server.ListContractsResponseObject, error) {
	var pairs []contracts.Pair
	var err error
	if service := value(r.Params.Service); service != "" {
		pairs, err = a.contractsOf(ctx, service)
	} else {
		pairs, err = a.deps.Contracts.Pairs(ctx)
	}
	if err != nil {
		return nil, err
	}
	return server.ListContracts200JSONResponse{Items: mapped(pairs, fromPair)}, nil
}

// contractsOf lists none for a service that has no contracts yet, and fails for a
// name that nobody knows: none would read as that nothing depends on it.
func (a *API) contractsOf(ctx context.Context, service string) ([]contracts.Pair, error) {
	pairs, err := a.deps.Contracts.ContractsOf(ctx, service)
	if err != nil || len(pairs) > 0 {
		return pairs, err
	}
	return nil, a.knownOrListed(ctx, service, a.deps.Contracts.Known)
}

// knownOrListed is what known says of a service, but nothing of one in the catalog:
// it has no contracts yet.
func (a *API) knownOrListed(ctx context.Context, service string, known func(context.Context, string) error) error {
	unknown := known(ctx, service)
	if !fault.Is(unknown, fault.NotFound) {
		return unknown
	}
	_, err := a.deps.Catalog.Get(ctx, catalog.NewRef("component", "", service))
	if fault.Is(err, fault.NotFound) {
		return unknown
	}
	return err
}

// GetContract answers GET /contracts/pairs/{consumer}/{provider}.
func (a *API) GetContract(ctx context.Context, r server.GetContractRequestObject) (server.GetContractResponseObject, error) {
	detail, err := a.deps.Contracts.Pair(ctx, r.Consumer, r.Provider)
	if err != nil {
		return nil, err
	}
	return server.GetContract200JSONResponse(fromPairDetail(detail)), nil
}

// CompareContracts answers GET /contracts/pairs/{consumer}/{provider}/changes.
func (a *API) CompareContracts(ctx context.Context, r server.CompareContractsRequestObject) (server.CompareContractsResponseObject, error) {
	p := r.Params
	c, err := a.deps.Contracts.Compare(ctx, r.Consumer, r.Provider,
		contracts.Side{Version: value(p.From), Branch: value(p.FromBranch)}, contracts.Side{Version: value(p.To), Branch: value(p.ToBranch)})
	if err != nil {
		return nil, err
	}
	return server.CompareContracts200JSONResponse(fromComparison(c)), nil
}

// PublishContracts answers POST /contracts/publications.
func (a *API) PublishContracts(ctx context.Context, r server.PublishContractsRequestObject) (server.PublishContractsResponseObject, error) {
	p, err := toPublication(*r.Body)
	if err != nil {
		return nil, err
	}
	published, err := a.deps.Contracts.Publish(ctx, p)
	if err != nil {
		return nil, err
	}
	return server.PublishContracts200JSONResponse(fromPublished(published)), nil
}

// PlanVerification answers POST /contracts/verification-plan.
func (a *API) PlanVerification(ctx context.Context, r server.PlanVerificationRequestObject) (server.PlanVerificationResponseObject, error) {
	pacts, err := a.deps.Contracts.PactsForVerification(ctx, toPactQuery(*r.Body))
	if err != nil {
		return nil, err
	}
	return server.PlanVerification200JSONResponse{Provider: r.Body.Provider, Pacts: mapped(pacts, func(p contracts.VerifiablePact) types.PlannedPact {
		return fromVerifiable(p, r.Body.IncludePending)
	})}, nil
}

// RecordVerification answers POST /contracts/verifications.
func (a *API) RecordVerification(ctx context.Context, r server.RecordVerificationRequestObject) (server.RecordVerificationResponseObject, error) {
	v, err := a.deps.Contracts.RecordVerification(ctx, toVerification(*r.Body))
	if err != nil {
		return nil, err
	}
	return server.RecordVerification201JSONResponse(fromVerification(v)), nil
}

// ListEnvironments answers GET /environments.
func (a *API) ListEnvironments(ctx context.Context, _ server.ListEnvironmentsRequestObject) (server.ListEnvironmentsResponseObject, error) {
	environments, err := a.deps.Contracts.Environments(ctx)
	if err != nil {
		return nil, err
	}
	return server.ListEnvironments200JSONResponse{Items: mapped(environments, func(e contracts.Environment) types.Environment {
		return types.Environment{Name: e.Name, Title: e.DisplayName, Production: e.Production}
	})}, nil
}
