package portal

import (
	"context"
	"errors"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/scaffolds"
)

// apiFakes stand in for the rest of the platform. Full ones know one of
// everything; empty ones know nothing and answer with nil lists.
type apiFakes struct {
	full      bool
	catalog   *fakeCatalog
	creation  *fakeCreation
	runs      *fakeRuns
	contracts *fakeContracts
	access    *fakeAccess
}

func newAPIFakes() *apiFakes   { return makeAPIFakes(true) }
func emptyAPIFakes() *apiFakes { return makeAPIFakes(false) }

func makeAPIFakes(full bool) *apiFakes {
	return &apiFakes{
		full: full, catalog: &fakeCatalog{full}, creation: &fakeCreation{full}, runs: &fakeRuns{full: full},
		contracts: &fakeContracts{fakeGate{full}, fakeProviders{full}, full}, access: &fakeAccess{full},
	}
}

func (f *apiFakes) deps() APIDeps {
	return APIDeps{
		Catalog: f.catalog, Paths: f.creation, Creation: f.creation, Runs: f.runs,
		Contracts: f.contracts, Tokens: f.access, Audit: f.access, Server: f.access,
	}
}

// some returns items when full, and nil otherwise.
func some[T any](full bool, items ...T) []T {
	if full {
		return items
	}
	return nil
}

var apiTime = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

type fakeCatalog struct{ full bool }

func (f *fakeCatalog) entity() catalog.Entity {
	e := catalog.Entity{UID: "u", APIVersion: catalog.CoreVersion, Kind: "Component", Metadata: catalog.Metadata{Name: "orders", Namespace: "default"}}
	if f.full {
		e.Metadata.Extra = map[string]any{"mood": "good"}
		e.Metadata.Links = []catalog.Link{{URL: "https://example.com"}}
		e.Relations = []catalog.Relation{{Type: "ownedBy", TargetRef: "group:default/checkout"}}
		e.Status.Items = []catalog.StatusItem{{Type: "t", Level: "error", Message: "m"}}
		e.Source = catalog.Source{Type: catalog.LocationGit, Target: "https://example.com/orders.git", Line: 3}
		e.UpdatedAt = apiTime
	}
	return e
}

func (f *fakeCatalog) location() catalog.Location {
	return catalog.Location{
		ID: "l1", Type: catalog.LocationFile, Target: "/srv/orders",
		Errors: some(f.full, catalog.Problem{File: "catalog-info.yaml", Line: 7, Field: "metadata.name", Message: "is not valid"}),
	}
}

func (f *fakeCatalog) Get(_ context.Context, ref catalog.Ref) (catalog.Entity, error) {
	if ref.Name == "oders" {
		return catalog.Entity{}, fault.New(fault.NotFound, "%s is not in the catalog.", ref)
	}
	return f.entity(), nil
}

func (f *fakeCatalog) List(_ context.Context, q catalog.Query) (catalog.Page, error) {
	if !f.full {
		return catalog.Page{}, nil
	}
	if q.Limit == 3 { // an export
		e := f.entity()
		e.Raw = []byte(`{"kind":"Component"}`)
		return catalog.Page{Items: []catalog.Entity{e}, Total: 1, Next: "2"}, nil
	}
	if len(q.Kinds) != 2 || q.Owners[0] != "checkout" || q.Text != "ord" || q.Limit != 2 {
		return catalog.Page{}, errors.New("the query did not arrive")
	}
	return catalog.Page{Items: []catalog.Entity{f.entity()}, Total: 1, Next: "2"}, nil
}

func (f *fakeCatalog) Facets(_ context.Context, q catalog.Query, keys ...string) (map[string][]catalog.FacetCount, error) {
	if len(keys) != 2 || len(q.Kinds) != 1 {
		return nil, errors.New("the query did not arrive")
	}
	return map[string][]catalog.FacetCount{"kind": some(f.full, catalog.FacetCount{Value: "component", Label: "Component", Count: 12})}, nil
}

func (f *fakeCatalog) registration() catalog.Registration {
	l := f.location()
	l.Errors = nil
	return catalog.Registration{Location: l, Entities: some(f.full, catalog.NewRef("Component", "default", "orders"))}
}

func (f *fakeCatalog) Register(_ context.Context, l catalog.Location) (catalog.Registration, error) {
	r := f.registration()
	if l.Settings != "" {
		r.Location.Type, r.Location.Settings = catalog.LocationGitHubOrg, l.Settings
	}
	return r, nil
}

func (f *fakeCatalog) Refresh(context.Context, string) (catalog.Registration, error) {
	return f.registration(), nil
}

func (f *fakeCatalog) SetSchedule(_ context.Context, id string, every time.Duration) (catalog.Location, error) {
	l := f.location()
	if id != l.ID {
		return l, errQuery()
	}
	l.RefreshEvery, l.RefreshAt = every, apiTime
	return l, nil
}

func (*fakeCatalog) Remove(_ context.Context, l catalog.Location) error {
	if l.Target != "/srv/orders" {
		return errors.New("another location was removed")
	}
	return nil
}

func (f *fakeCatalog) Locations(context.Context) ([]catalog.Location, error) {
	return some(f.full, f.location()), nil
}

type fakeCreation struct{ full bool }

func (f *fakeCreation) path() scaffolds.Path {
	return scaffolds.Path{
		Name: "go-http", Version: "1.0.0", Title: "HTTP service", Schema: []byte(`{"type":"object"}`),
		Packs: some(f.full, scaffolds.Pack{Name: "cache", Title: "Cache", Default: true}),
	}
}

func (f *fakeCreation) Paths() []scaffolds.Path { return some(f.full, f.path()) }

func (f *fakeCreation) Get(name string) (*scaffolds.Path, error) {
	if name != "go-http" {
		return nil, fault.New(fault.NotFound, "There is no golden path %s.", name)
	}
	p := f.path()
	return &p, nil
}

func (f *fakeCreation) files() []scaffolds.File {
	return some(f.full, scaffolds.File{Path: "main.go", Body: []byte("package main")}, scaffolds.File{Path: "logo.png", Body: []byte{0xff, 0xfe}})
}

func (f *fakeCreation) Plan(_ context.Context, in pipelines.CreateServiceInput) (pipelines.Plan, error) {
	if in.Answers.Name == "taken" {
		return pipelines.Plan{}, fault.New(fault.Conflict, "The name is taken.")
	}
	return pipelines.Plan{Files: f.files(), Notices: some(f.full, "The group is made.")}, nil
}

func (f *fakeCreation) Preview(context.Context, pipelines.CreateServiceInput) (*scaffolds.Tree, error) {
	return &scaffolds.Tree{Files: f.files()}, nil
}

type fakeRuns struct {
	full    bool
	started any
}

func (f *fakeRuns) run(state pipelines.State) pipelines.Run {
	r := pipelines.Run{ID: "r1", Kind: "create-service", Subject: "orders", State: state, CreatedAt: apiTime}
	if f.full {
		failure := fault.New(fault.Unavailable, "The git host refuses.").WithField("host", "refuses")
		r.Failure, r.Actor, r.Attempt = failure, "ada", 1
		r.Input, r.Output = []byte(`{"a":1}`), []byte(`{"b":2}`)
		r.Steps = []pipelines.Step{{Name: "push", Title: "Push", State: pipelines.StepFailed, StartedAt: apiTime, Failure: failure}}
	}
	return r
}

func (f *fakeRuns) Start(_ context.Context, _, _ string, input any) (pipelines.Run, error) {
	f.started = input
	return f.run(pipelines.Queued), nil
}

func (f *fakeRuns) Get(_ context.Context, id string) (pipelines.Run, error) {
	switch id {
	case "gone":
		return pipelines.Run{}, fault.New(fault.NotFound, "There is no run gone.").WithHint("platform runs list")
	case "broken":
		return pipelines.Run{}, errors.New("dial postgres://root:password@db: refused")
	}
	return f.run(pipelines.Failed), nil
}

func (f *fakeRuns) List(_ context.Context, q pipelines.RunQuery) (pipelines.RunPage, error) {
	if f.full && len(q.States) > 0 && (q.States[0] != pipelines.Failed || q.Subject != "orders" || q.Limit != defaultLimit) {
		return pipelines.RunPage{}, errors.New("the query did not arrive")
	}
	return pipelines.RunPage{Items: some(f.full, f.run(pipelines.Failed))}, nil
}

func (*fakeRuns) Watch(_ context.Context, id string, after int64) (<-chan pipelines.Event, error) {
	if id == "gone" {
		return nil, fault.New(fault.NotFound, "There is no run gone.")
	}
	events := make(chan pipelines.Event, 3)
	for seq := after + 1; seq <= 3; seq++ {
		events <- pipelines.Event{Seq: seq, Type: pipelines.EventLog, Level: pipelines.Info, Step: "push", Text: "pushed", Time: apiTime}
	}
	close(events)
	return events, nil
}

func (f *fakeRuns) Retry(context.Context, string) (pipelines.Run, error) {
	return f.run(pipelines.Queued), nil
}

func (f *fakeRuns) Undo(context.Context, string) (pipelines.Run, error) {
	return f.run(pipelines.Queued), nil
}

func (f *fakeRuns) Cancel(context.Context, string) (pipelines.Run, error) {
	return f.run(pipelines.Cancelled), nil
}

type fakeContracts struct {
	fakeGate
	fakeProviders

	full bool
}

func (f *fakeContracts) Publish(_ context.Context, p contracts.Publication) (contracts.Published, error) {
	if string(p.Contracts[0].Content) != `{"consumer":{"name":"orders"}}` || p.Contracts[0].File != "a.json" {
		return contracts.Published{}, errors.New("the pact did not arrive as it was sent")
	}
	return contracts.Published{Consumer: p.Consumer, Version: p.Version, Contracts: some(f.full, contracts.PublishedContract{Consumer: "orders", First: true})}, nil
}

func (f *fakeContracts) RecordVerification(_ context.Context, v contracts.Verification) (contracts.Verification, error) {
	v.ID, v.VerifiedAt = 9, apiTime
	if !f.full {
		v.Interactions = nil
	}
	return v, nil
}

func (f *fakeContracts) Environments(context.Context) ([]contracts.Environment, error) {
	return some(f.full, contracts.Environment{Name: "production", Production: true}), nil
}

func (f *fakeContracts) pair() contracts.Pair {
	return contracts.Pair{Consumer: "orders", Provider: "inventory", Verdict: contracts.Unknown}
}

func (f *fakeContracts) Pairs(context.Context) ([]contracts.Pair, error) {
	return some(f.full, f.pair()), nil
}

func (f *fakeContracts) Pair(context.Context, string, string) (contracts.PairDetail, error) {
	return contracts.PairDetail{
		Pair: f.pair(), Content: []byte(`{"a":1.0}`),
		Versions:      some(f.full, contracts.PublishedVersion{Number: "1", Branches: []string{"main"}, Verdict: contracts.Yes}),
		Verifications: some(f.full, contracts.Verification{ID: 1, Interactions: []contracts.InteractionResult{{Description: "d", Status: contracts.Passed}}}),
	}, nil
}

func (f *fakeContracts) ContractsOf(_ context.Context, service string) ([]contracts.Pair, error) {
	return some(f.full && service == "orders", f.pair()), nil
}

func (*fakeContracts) Known(_ context.Context, service string) error {
	if service == "billing" {
		return nil
	}
	return fault.New(fault.NotFound, "No service called %s.", service).WithHint("Did you mean orders?")
}

func (f *fakeContracts) KnownProvider(ctx context.Context, name string) error {
	return f.Known(ctx, name)
}

type fakeAccess struct{ full bool }

func (*fakeAccess) CreateToken(_ context.Context, n NewToken) (Token, string, error) {
	return Token{ID: "t1", Name: n.Name, Scopes: n.Scopes, CreatedAt: apiTime}, "gp_secret", nil
}

func (f *fakeAccess) ListTokens(context.Context) ([]Token, error) {
	return some(f.full, Token{ID: "t1", Name: "ci", Scopes: []string{"read"}, CreatedAt: apiTime}), nil
}

func (*fakeAccess) RevokeToken(context.Context, string) error { return nil }

func (f *fakeAccess) ListAudit(context.Context, AuditQuery) ([]AuditEntry, string, error) {
	if !f.full {
		return nil, "", nil
	}
	return []AuditEntry{{ID: "8", Time: apiTime, Actor: "ada", Action: "createService", Subject: "orders"}}, "7", nil
}

func (*fakeAccess) About() About {
	return About{Build: Build{Version: "1.2.3", Go: "go1.26"}, Database: "sqlite", DataDir: "/data", PublicURL: "http://localhost"}
}

func (f *fakeAccess) Health(context.Context) []Check {
	return some(f.full, Check{Name: "database", OK: true}, Check{Name: "queue", Message: "is slow"})
}
