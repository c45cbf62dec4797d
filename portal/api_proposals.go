package portal

import (
	"context"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// apiProposals proposes catalog files in repositories of a git host.
type apiProposals interface {
	RepositoriesOf(ctx context.Context, organization string, page int) ([]catalog.ListedRepository, bool, error)
	Propose(ctx context.Context, q catalog.ProposalRequest) (catalog.Proposed, error)
}

// ListOrganizationRepositories answers GET /organizations/repositories.
func (a *API) ListOrganizationRepositories(
	ctx context.Context, r server.ListOrganizationRepositoriesRequestObject,
) (server.ListOrganizationRepositoriesResponseObject, error) {
	page := max(value(r.Params.Page), 1)
	found, more, err := a.deps.Catalog.RepositoriesOf(ctx, r.Params.Organization, page)
	if err != nil {
		return nil, err
	}
	out := server.ListOrganizationRepositories200JSONResponse{Items: mapped(found, fromListed)}
	if more {
		out.Next = page + 1
	}
	return out, nil
}

func fromListed(r catalog.ListedRepository) types.OrganizationRepository {
	return types.OrganizationRepository{Name: r.Name, Address: strings.TrimSuffix(r.Address, ".git"), Branch: r.Branch, Skip: r.Skip}
}

// ProposeCatalogFile answers POST /proposals.
func (a *API) ProposeCatalogFile(ctx context.Context, r server.ProposeCatalogFileRequestObject) (server.ProposeCatalogFileResponseObject, error) {
	p, err := a.deps.Catalog.Propose(ctx, catalog.ProposalRequest{
		Repository: r.Body.Repository, Branch: r.Body.Branch, Owner: r.Body.Owner, DryRun: r.Body.DryRun, Again: r.Body.Again,
	})
	if err != nil {
		return nil, err
	}
	return server.ProposeCatalogFile200JSONResponse{
		Repository: p.Repository, Outcome: types.ProposalOutcome(p.Outcome), Reason: p.Reason, Hint: p.Hint, Code: string(p.Failure),
		PullRequest: p.PullRequest, File: string(p.File), Notes: orEmpty(p.Notes), Until: p.Until,
	}, nil
}
