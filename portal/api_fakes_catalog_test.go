package portal

import (
	"context"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// errQuery says that a handler did not pass on what it was asked.
func errQuery() error { return fault.New(fault.Invalid, "the query did not arrive") }

func (f *fakeCatalog) History(context.Context, catalog.Ref, int) ([]catalog.Change, error) {
	return some(f.full, catalog.Change{
		Operation: catalog.OperationPut, Ref: catalog.NewRef("component", "", "orders"), Event: catalog.Event{
			What: catalog.Renamed, PreviousRef: catalog.NewRef("component", "", "sales"), Fields: []catalog.FieldChange{{Path: "spec.owner", After: "checkout"}},
			Commits: []catalog.Commit{{ID: "beef", Author: "Bob", At: apiTime, Subject: "Call it orders"}},
		},

		Author: catalog.Author{Actor: "user:default/ada", Commit: "c0ffee", At: apiTime},
	}), nil
}

func (f *fakeCatalog) Graph(_ context.Context, q catalog.GraphQuery) (catalog.Graph, error) {
	if q.Depth != 2 || q.Direction != catalog.DirectionIn || len(q.Types) != 1 || len(q.Kinds) != 1 {
		return catalog.Graph{}, errQuery()
	}
	orders, stock := catalog.NewRef("component", "", "orders"), catalog.NewRef("api", "", "stock")
	return catalog.Graph{
		Nodes: some(f.full, catalog.GraphNode{Ref: orders, Kind: "Component", Title: "Orders"}),
		Edges: some(f.full, catalog.GraphEdge{Source: orders, Type: "consumesApi", Target: stock}),
	}, nil
}

func (f *fakeCatalog) OwnersOf(context.Context, catalog.Ref) ([]catalog.Owner, error) {
	return some(f.full, catalog.Owner{Ref: catalog.NewRef("group", "", "checkout"), Title: "Checkout", Missing: true}), nil
}

func (f *fakeCatalog) OwnedBy(_ context.Context, _ catalog.Ref, transitive bool) ([]catalog.Ref, error) {
	if !transitive {
		return nil, errQuery()
	}
	return some(f.full, catalog.NewRef("component", "", "orders")), nil
}

func (f *fakeCatalog) DocumentsOf(context.Context, catalog.Ref) ([]catalog.Doc, error) {
	return some(f.full, catalog.Doc{Kind: catalog.DocADR, Path: "0001-use-go.md", Title: "Use Go", Digest: "d", Size: 7}), nil
}

func (*fakeCatalog) DocumentContent(context.Context, string) ([]byte, bool, error) {
	return []byte("# Use Go\n"), true, nil
}

func (f *fakeCatalog) RefreshEntity(context.Context, catalog.Ref) (catalog.Registration, error) {
	return f.registration(), nil
}

func (*fakeCatalog) DeleteEntity(_ context.Context, uid string) error {
	if uid == "" {
		return errQuery()
	}
	return nil
}

func (*fakeCatalog) Orphans() catalog.OrphanPolicy { return catalog.OrphanPolicy{After: time.Hour} }

func (f *fakeCatalog) Problems(_ context.Context, q catalog.ProblemQuery) ([]catalog.Problem, error) {
	if q.Owner == nil || q.Owner.Kind != "group" || q.Ref == nil || q.LocationID != "l1" {
		return nil, errQuery()
	}
	return some(f.full, catalog.Problem{LocationID: "l1", File: "catalog-info.yaml", Line: 7, Ref: "component:default/orders", Message: "is wrong"}), nil
}

func (f *fakeCatalog) Health(_ context.Context, q catalog.HealthQuery) ([]catalog.Finding, error) {
	if q.Owner == nil && q.Ref == nil {
		return nil, errQuery()
	}
	return some(f.full, catalog.Finding{
		Ref: catalog.NewRef("component", "", "orders"), Check: catalog.CheckOwnerExists, State: catalog.StateUnknown,
		Message: "nobody looked", Source: "nobody looked",
	}), nil
}

func (f *fakeCatalog) Push(_ context.Context, p catalog.PushRequest) (catalog.Registration, error) {
	if string(p.Files["catalog-info.yaml"]) != "kind: x" || p.Commit != "c0ffee" || p.CommittedAt.IsZero() || len(p.Entries) != 1 || len(p.Ancestors) != 1 {
		return catalog.Registration{}, errQuery()
	}
	r := f.registration()
	r.Orphaned = some(f.full, catalog.NewRef("component", "", "gone"))
	r.Renamed = map[catalog.Ref]catalog.Ref{catalog.NewRef("component", "", "sales"): catalog.NewRef("component", "", "orders")}
	return r, nil
}

func (f *fakeCatalog) RepositoriesOf(_ context.Context, organization string, page int) ([]catalog.ListedRepository, bool, error) {
	if organization != "https://github.com/acme" || page != 2 {
		return nil, false, errQuery()
	}
	return some(f.full, catalog.ListedRepository{
		FoundRepository: catalog.FoundRepository{Name: "orders", Address: "https://github.com/acme/orders.git", Branch: "main"}, Skip: "is a fork",
	}), true, nil
}

func (f *fakeCatalog) Propose(_ context.Context, q catalog.ProposalRequest) (catalog.Proposed, error) {
	if (q != catalog.ProposalRequest{Repository: "https://github.com/acme/orders", Branch: "main", Owner: "checkout", DryRun: true, Again: true}) {
		return catalog.Proposed{}, errQuery()
	}
	return catalog.Proposed{
		Repository: q.Repository, Outcome: catalog.ProposalOpened, PullRequest: q.Repository + "/pull/1", File: []byte("kind: Component"),
		Notes: some(f.full, "look at this"),
	}, nil
}
