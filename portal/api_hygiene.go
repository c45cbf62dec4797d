package portal

import (
	"context"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// apiHygiene is what the API needs to say what is wrong in the catalog, and to
// take it in and out.
type apiHygiene interface {
	Problems(ctx context.Context, q catalog.ProblemQuery) ([]catalog.Problem, error)
	Health(ctx context.Context, q catalog.HealthQuery) ([]catalog.Finding, error)
	Push(ctx context.Context, p catalog.PushRequest) (catalog.Registration, error)
}

// ownerRef reads a reference to an owner; a bare name is a group.
func ownerRef(text string) (*catalog.Ref, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // nobody is asked for
	}
	ref, err := catalog.ParseRef(text, catalog.RefDefaults{Kind: catalog.KindGroup})
	return &ref, err
}

// ListProblems answers GET /problems.
func (a *API) ListProblems(ctx context.Context, r server.ListProblemsRequestObject) (server.ListProblemsResponseObject, error) {
	q := catalog.ProblemQuery{LocationID: value(r.Params.Location)}
	var err error
	if q.Owner, err = ownerRef(value(r.Params.Owner)); err != nil {
		return nil, err
	}
	if text := value(r.Params.Entity); text != "" {
		ref, err := catalog.ParseRef(text, catalog.RefDefaults{Kind: catalog.KindComponent})
		if err != nil {
			return nil, err
		}
		q.Ref = &ref
	}
	problems, err := a.deps.Catalog.Problems(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(problems) == 0 { // that nothing is wrong is not the answer about a name that nobody has
		if err := a.known(ctx, q); err != nil {
			return nil, err
		}
	}
	return server.ListProblems200JSONResponse{Items: mapped(problems, fromSourceProblem)}, nil
}

// known fails when a query names somebody or something that is not in the
// catalog. Who owns something is known, also where nobody wrote down who that is.
func (a *API) known(ctx context.Context, q catalog.ProblemQuery) error {
	if q.Ref != nil {
		if _, err := a.deps.Catalog.Get(ctx, *q.Ref); err != nil {
			return err
		}
	}
	if q.Owner == nil {
		return nil
	}
	owned, err := a.deps.Catalog.OwnedBy(ctx, *q.Owner, true)
	if err == nil && len(owned) == 0 {
		_, err = a.deps.Catalog.Get(ctx, *q.Owner)
	}
	return err
}

// ListOwnership answers GET /ownership.
func (a *API) ListOwnership(ctx context.Context, r server.ListOwnershipRequestObject) (server.ListOwnershipResponseObject, error) {
	owner, err := ownerRef(value(r.Params.Owner))
	if err != nil {
		return nil, err
	}
	findings, err := a.deps.Catalog.Health(ctx, catalog.HealthQuery{Owner: owner})
	if err != nil {
		return nil, err
	}
	if len(findings) == 0 {
		if err := a.known(ctx, catalog.ProblemQuery{Owner: owner}); err != nil {
			return nil, err
		}
	}
	return server.ListOwnership200JSONResponse{Items: mapped(findings, fromFinding)}, nil
}

// EntityHealth answers GET /entities/{kind}/{namespace}/{name}/health.
func (a *API) EntityHealth(ctx context.Context, r server.EntityHealthRequestObject) (server.EntityHealthResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	findings, err := a.deps.Catalog.Health(ctx, catalog.HealthQuery{Ref: &ref})
	if err != nil {
		return nil, err
	}
	return server.EntityHealth200JSONResponse{Items: mapped(findings, fromFinding)}, nil
}

func fromFinding(f catalog.Finding) types.Finding {
	return types.Finding{
		Entity: f.Ref.String(), Check: types.FindingCheck(f.Check), State: types.FindingState(f.State),
		Message: f.Message, Hint: f.Hint, Source: f.Source, At: f.At,
	}
}

func toCommit(c types.CommitOfChange) catalog.Commit {
	return catalog.Commit{ID: c.Commit, Author: c.Author, Email: c.Email, At: c.At, Subject: c.Subject}
}

// PushEntities answers POST /pushes.
func (a *API) PushEntities(ctx context.Context, r server.PushEntitiesRequestObject) (server.PushEntitiesResponseObject, error) {
	p := catalog.PushRequest{
		Target: r.Body.Target, Branch: r.Body.Branch, Commit: r.Body.Commit, CommittedAt: r.Body.CommittedAt, Ancestors: r.Body.Ancestors, Force: r.Body.Force,
		Entries: r.Body.Entries, Copies: r.Body.Copies, Files: make(map[string][]byte, len(r.Body.Files)), Commits: map[string][]catalog.Commit{}, Newest: toCommit(r.Body.Newest),
	}
	for _, file := range r.Body.Files {
		p.Files[file.Path] = []byte(file.Content)
		p.Commits[file.Path] = mapped(file.ChangedBy, toCommit)
	}
	registration, err := a.deps.Catalog.Push(ctx, p)
	if err != nil {
		return nil, err
	}
	return server.PushEntities200JSONResponse(fromRegistration(registration)), nil
}

// exportLimit is how many entities a page of an export has when nobody says.
const exportLimit = 200

// ExportEntities answers GET /exports.
func (a *API) ExportEntities(ctx context.Context, r server.ExportEntitiesRequestObject) (server.ExportEntitiesResponseObject, error) {
	q := catalog.Query{Kinds: r.Params.Kind, Limit: limitOf(r.Params.Limit), Cursor: value(r.Params.Cursor)}
	if r.Params.Limit == nil {
		q.Limit = exportLimit
	}
	page, err := a.deps.Catalog.List(ctx, q)
	if err != nil {
		return nil, err
	}
	out := server.ExportEntities200JSONResponse{Next: page.Next, Items: make([]types.ExportedEntity, 0, len(page.Items))}
	for _, e := range page.Items {
		if e.AboutPlatform() {
			continue
		}
		document, err := e.Exported()
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, types.ExportedEntity{Ref: e.Ref().String(), Document: document})
	}
	return out, nil
}
