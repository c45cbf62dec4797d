package portal

import (
	"bytes"
	"context"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// apiEntities is what the API needs to tell more of single entities.
type apiEntities interface {
	History(ctx context.Context, ref catalog.Ref, limit int) ([]catalog.Change, error)
	Graph(ctx context.Context, q catalog.GraphQuery) (catalog.Graph, error)
	OwnersOf(ctx context.Context, ref catalog.Ref) ([]catalog.Owner, error)
	OwnedBy(ctx context.Context, owner catalog.Ref, transitive bool) ([]catalog.Ref, error)
	DocumentsOf(ctx context.Context, ref catalog.Ref) ([]catalog.Doc, error)
	DocumentContent(ctx context.Context, digest string) ([]byte, bool, error)
	RefreshEntity(ctx context.Context, ref catalog.Ref) (catalog.Registration, error)
	DeleteEntity(ctx context.Context, uid string) error
	Orphans() catalog.OrphanPolicy
}

// pathRef reads the entity that a path names.
func pathRef(kind, namespace, name string) (catalog.Ref, error) {
	return catalog.ParseRef(kind+":"+namespace+"/"+name, catalog.RefDefaults{})
}

// EntityHistory answers GET /entities/{kind}/{namespace}/{name}/history.
func (a *API) EntityHistory(ctx context.Context, r server.EntityHistoryRequestObject) (server.EntityHistoryResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	changes, err := a.deps.Catalog.History(ctx, ref, limitOf(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 { // nobody by that name, ever: say what is near
		if _, err := a.deps.Catalog.Get(ctx, ref); err != nil {
			return nil, err
		}
	}
	return server.EntityHistory200JSONResponse{Items: mapped(changes, fromChange)}, nil
}

func fromChange(c catalog.Change) types.EntityChange {
	out := types.EntityChange{
		Operation: types.EntityChangeOperation(c.Operation), What: types.EntityChangeWhat(c.What), Entity: c.Ref.String(),
		From: c.From, Actor: c.Author.Actor, Commit: c.Author.Commit, Location: c.LocationID, At: c.Author.At,
		Fields: mapped(c.Fields, func(f catalog.FieldChange) types.FieldChange {
			return types.FieldChange{Path: f.Path, Before: f.Before, After: f.After, Diff: f.Diff}
		}),
	}
	for _, by := range c.Commits {
		out.ChangedBy = append(out.ChangedBy, types.CommitOfChange{Commit: by.ID, Author: by.Author, Email: by.Email, At: by.At, Subject: by.Subject})
	}
	if c.PreviousRef != (catalog.Ref{}) {
		out.Previous = c.PreviousRef.String()
	}
	return out
}

// EntityGraph answers GET /entities/{kind}/{namespace}/{name}/graph.
func (a *API) EntityGraph(ctx context.Context, r server.EntityGraphRequestObject) (server.EntityGraphResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	p := r.Params
	graph, err := a.deps.Catalog.Graph(ctx, catalog.GraphQuery{
		Roots: []catalog.Ref{ref}, Depth: value(p.Depth), Direction: catalog.Direction(value(p.Direction)),
		Types: p.Relation, Kinds: p.Only, Limit: value(p.Limit),
	})
	if err != nil {
		return nil, err
	}
	if len(graph.Nodes) == 1 && graph.Nodes[0].Missing { // nobody knows it
		if _, err := a.deps.Catalog.Get(ctx, ref); err != nil {
			return nil, err
		}
	}
	return server.EntityGraph200JSONResponse{
		Nodes: mapped(graph.Nodes, func(n catalog.GraphNode) types.GraphNode {
			return types.GraphNode{Ref: n.Ref.String(), Kind: n.Kind, Title: n.Title, Depth: n.Depth, Missing: n.Missing}
		}),
		Edges: mapped(graph.Edges, func(e catalog.GraphEdge) types.GraphEdge {
			return types.GraphEdge{Source: e.Source.String(), Type: e.Type, Target: e.Target.String()}
		}),
		Cut: graph.Cut,
	}, nil
}

// EntityOwners answers GET /entities/{kind}/{namespace}/{name}/owners.
func (a *API) EntityOwners(ctx context.Context, r server.EntityOwnersRequestObject) (server.EntityOwnersResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	owners, err := a.deps.Catalog.OwnersOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	return server.EntityOwners200JSONResponse{Items: mapped(owners, func(o catalog.Owner) types.EntityOwner {
		return types.EntityOwner{Ref: o.Ref.String(), Title: o.Title, Missing: o.Missing, Via: mapped(o.Via, catalog.Ref.String)}
	})}, nil
}

// EntityOwned answers GET /entities/{kind}/{namespace}/{name}/owned.
func (a *API) EntityOwned(ctx context.Context, r server.EntityOwnedRequestObject) (server.EntityOwnedResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	refs, err := a.deps.Catalog.OwnedBy(ctx, ref, value(r.Params.Transitive))
	if err != nil {
		return nil, err
	}
	if len(refs) == 0 { // nothing is not the answer about a name that nobody has
		if _, err := a.deps.Catalog.Get(ctx, ref); err != nil {
			return nil, err
		}
	}
	return server.EntityOwned200JSONResponse{Items: mapped(refs, catalog.Ref.String)}, nil
}

// EntityDocuments answers GET /entities/{kind}/{namespace}/{name}/documents.
func (a *API) EntityDocuments(ctx context.Context, r server.EntityDocumentsRequestObject) (server.EntityDocumentsResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	docs, err := a.deps.Catalog.DocumentsOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	return server.EntityDocuments200JSONResponse{Items: mapped(docs, func(d catalog.Doc) types.EntityDocument {
		return types.EntityDocument{Kind: types.EntityDocumentKind(d.Kind), Path: d.Path, Title: d.Title, Digest: d.Digest, Size: d.Size}
	})}, nil
}

// GetDocument answers GET /documents/{digest}.
func (a *API) GetDocument(ctx context.Context, r server.GetDocumentRequestObject) (server.GetDocumentResponseObject, error) {
	content, found, err := a.deps.Catalog.DocumentContent(ctx, r.Digest)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.NotFound, "There is no document with the digest %s.", r.Digest).
			WithHint("See which there are: platform catalog docs ENTITY")
	}
	return server.GetDocument200TextMarkdownResponse{Body: bytes.NewReader(content), ContentLength: int64(len(content))}, nil
}

// RefreshEntity answers POST /entities/{kind}/{namespace}/{name}/refresh.
func (a *API) RefreshEntity(ctx context.Context, r server.RefreshEntityRequestObject) (server.RefreshEntityResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	registration, err := a.deps.Catalog.RefreshEntity(ctx, ref)
	if err != nil {
		return nil, err
	}
	return server.RefreshEntity200JSONResponse(fromRegistration(registration)), nil
}

// DeleteEntity answers DELETE /entities/{kind}/{namespace}/{name}.
func (a *API) DeleteEntity(ctx context.Context, r server.DeleteEntityRequestObject) (server.DeleteEntityResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	e, err := a.deps.Catalog.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	if err := a.deps.Catalog.DeleteEntity(ctx, e.UID); err != nil {
		return nil, err
	}
	return server.DeleteEntity204Response{}, nil
}
