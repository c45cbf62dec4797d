package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// apiCatalog is what the API needs of the catalog.
type apiCatalog interface {
	Get(ctx context.Context, ref catalog.Ref) (catalog.Entity, error)
	List(ctx context.Context, q catalog.Query) (catalog.Page, error)
	Facets(ctx context.Context, q catalog.Query, keys ...string) (map[string][]catalog.FacetCount, error)
	Register(ctx context.Context, l catalog.Location) (catalog.Registration, error)
	Refresh(ctx context.Context, locationID string) (catalog.Registration, error)
	SetSchedule(ctx context.Context, locationID string, every time.Duration) (catalog.Location, error)
	Remove(ctx context.Context, l catalog.Location) error
	Locations(ctx context.Context) ([]catalog.Location, error)
	apiEntities
	apiHygiene
	apiProposals
}

// ListEntities answers GET /entities.
func (a *API) ListEntities(ctx context.Context, r server.ListEntitiesRequestObject) (server.ListEntitiesResponseObject, error) {
	p := r.Params
	page, err := a.deps.Catalog.List(ctx, catalog.Query{
		Kinds: p.Kind, Types: p.Type, Owners: p.Owner, Systems: p.System, Lifecycles: p.Lifecycle, Tags: p.Tag,
		Text: value(p.Q), Order: value(p.Order), Limit: limitOf(p.Limit), Cursor: value(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	return server.ListEntities200JSONResponse{Items: mapped(page.Items, fromEntity), Total: page.Total, Next: page.Next}, nil
}

// ListFacets answers GET /entities/facets.
func (a *API) ListFacets(ctx context.Context, r server.ListFacetsRequestObject) (server.ListFacetsResponseObject, error) {
	p := r.Params
	keys := mapped(p.Facet, func(f types.ListFacetsParamsFacet) string { return string(f) })
	counts, err := a.deps.Catalog.Facets(ctx, catalog.Query{
		Kinds: p.Kind, Types: p.Type, Owners: p.Owner, Systems: p.System, Lifecycles: p.Lifecycle, Tags: p.Tag, Text: value(p.Q),
	}, keys...)
	if err != nil {
		return nil, err
	}
	facets := make(map[string][]types.FacetCount, len(counts))
	for key, values := range counts {
		facets[key] = mapped(values, func(c catalog.FacetCount) types.FacetCount {
			return types.FacetCount{Value: c.Value, Label: c.Label, Count: c.Count}
		})
	}
	return server.ListFacets200JSONResponse{Facets: facets}, nil
}

// GetEntity answers GET /entities/{kind}/{namespace}/{name}.
func (a *API) GetEntity(ctx context.Context, r server.GetEntityRequestObject) (server.GetEntityResponseObject, error) {
	ref, err := pathRef(r.Kind, r.Namespace, r.Name)
	if err != nil {
		return nil, err
	}
	entity, err := a.deps.Catalog.Get(ctx, ref)
	if fault.Is(err, fault.NotFound) {
		if problems, failed := a.deps.Catalog.Problems(ctx, catalog.ProblemQuery{Ref: &ref}); failed == nil && len(problems) > 0 {
			return nil, unseen(ref, problems)
		}
	}
	if err != nil {
		return nil, err
	}
	shown := fromEntity(entity)
	shown.DeletedAt = a.deps.Catalog.Orphans().DeletedAt(entity.OrphanedAt)
	return server.GetEntity200JSONResponse(shown), nil
}

// ListLocations answers GET /locations.
func (a *API) ListLocations(ctx context.Context, _ server.ListLocationsRequestObject) (server.ListLocationsResponseObject, error) {
	locations, err := a.deps.Catalog.Locations(ctx)
	if err != nil {
		return nil, err
	}
	return server.ListLocations200JSONResponse{Items: mapped(locations, fromLocation)}, nil
}

// RegisterLocation answers POST /locations.
func (a *API) RegisterLocation(ctx context.Context, r server.RegisterLocationRequestObject) (_ server.RegisterLocationResponseObject, err error) {
	l := catalog.Location{
		Type: catalog.LocationType(r.Body.Type), Target: r.Body.Target, Branch: r.Body.Branch, Path: r.Body.Path,
	}
	if l.OnThisMachine() && !MayReadDisk(ctx) {
		return nil, fault.New(fault.Forbidden, "Only administrators may have the server read its own disk.").
			WithHint("Register the address of a repository, use a token with the scope admin, or send the files: platform catalog push FILE")
	}
	if l.Settings, err = toOrganization(r.Body.Organization); err != nil {
		return nil, err
	}
	var every time.Duration
	if r.Body.Every != "" {
		if every, err = catalog.ParseEvery(r.Body.Every); err != nil {
			return nil, err
		}
	}
	registration, err := a.deps.Catalog.Register(ctx, l)
	if err != nil {
		return nil, err
	}
	if r.Body.Every != "" {
		if registration.Location, err = a.deps.Catalog.SetSchedule(ctx, registration.Location.ID, every); err != nil {
			return nil, err
		}
	}
	return server.RegisterLocation200JSONResponse(fromRegistration(registration)), nil
}

// SetLocationSchedule answers PUT /locations/{id}/schedule.
func (a *API) SetLocationSchedule(ctx context.Context, r server.SetLocationScheduleRequestObject) (server.SetLocationScheduleResponseObject, error) {
	every, err := catalog.ParseEvery(r.Body.Every)
	if err != nil {
		return nil, err
	}
	l, err := a.deps.Catalog.SetSchedule(ctx, r.ID, every)
	if err != nil {
		return nil, err
	}
	return server.SetLocationSchedule200JSONResponse(fromLocation(l)), nil
}

// RefreshLocation answers POST /locations/{id}/refresh.
func (a *API) RefreshLocation(ctx context.Context, r server.RefreshLocationRequestObject) (server.RefreshLocationResponseObject, error) {
	registration, err := a.deps.Catalog.Refresh(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return server.RefreshLocation200JSONResponse(fromRegistration(registration)), nil
}

// DeleteLocation answers DELETE /locations/{id}.
func (a *API) DeleteLocation(ctx context.Context, r server.DeleteLocationRequestObject) (server.DeleteLocationResponseObject, error) {
	locations, err := a.deps.Catalog.Locations(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range locations {
		if l.ID != r.ID {
			continue
		}
		if l.Type == catalog.LocationPlatform {
			return nil, fault.New(fault.Invalid, "The platform itself put %s into the catalog.", l).
				WithHint("Take single entities out: platform catalog delete ENTITY")
		}
		if err := a.deps.Catalog.Remove(ctx, l); err != nil {
			return nil, err
		}
		return server.DeleteLocation204Response{}, nil
	}
	return nil, fault.New(fault.NotFound, "There is no location with the id %s.", r.ID).
		WithHint("See the locations: platform catalog locations")
}

func fromEntity(e catalog.Entity) types.Entity {
	spec := e.Spec
	if spec == nil {
		spec = map[string]any{}
	}
	return types.Entity{
		UID: e.UID, Etag: e.Etag, Ref: e.Ref().String(), APIVersion: e.APIVersion, Kind: e.Kind,
		Metadata: fromMetadata(e.Metadata), Spec: spec,
		Relations: mapped(e.Relations, func(r catalog.Relation) types.Relation {
			return types.Relation{Type: r.Type, TargetRef: r.TargetRef}
		}),
		Status: mapped(e.Status.Items, func(s catalog.StatusItem) types.StatusItem {
			return types.StatusItem{Type: s.Type, Level: s.Level, Message: s.Message}
		}),
		Source: types.EntitySource{
			Type: string(e.Source.Type), Target: e.Source.Target, Path: e.Source.Path, Line: e.Source.Line, Commit: e.Source.Commit, Location: e.Source.LocationID,
		},
		UpdatedAt: e.UpdatedAt, OrphanedAt: e.OrphanedAt,
	}
}

func fromMetadata(m catalog.Metadata) types.EntityMetadata {
	return types.EntityMetadata{
		Name: m.Name, Namespace: m.Namespace, Title: m.Title, Description: m.Description,
		Labels: m.Labels, Annotations: m.Annotations, Tags: m.Tags,
		Links: mapped(m.Links, func(l catalog.Link) types.EntityLink {
			return types.EntityLink{URL: l.URL, Title: l.Title, Icon: l.Icon, Type: l.Type}
		}),
		AdditionalProperties: m.Extra,
	}
}

func fromLocation(l catalog.Location) types.Location {
	out := types.Location{
		ID: l.ID, Type: types.LocationType(l.Type), Target: l.Target, Branch: l.Branch,
		Path: l.Path, Commit: l.Commit, CreatedBy: l.CreatedBy, LastRefreshed: l.LastRefreshed, Problems: mapped(l.Errors, fromSourceProblem),
		LastSucceeded: l.LastSucceeded, RefreshAt: l.RefreshAt, Failures: l.Failures,
	}
	if every, source := l.Every(); every != 0 {
		out.Every, out.EveryFrom = catalog.FormatEvery(every), types.EverySource(source)
	}
	if settings, err := l.Organization(); err == nil && l.Type == catalog.LocationGitHubOrg {
		out.Organization = &types.OrganizationSettings{
			Path: settings.Path, Branch: settings.Branch, Repositories: settings.Repositories, Expression: settings.Expression, Topics: settings.Topics,
			WithoutTopics: settings.WithoutTopics, Visibility: settings.Visibility, Archived: settings.Archived, Forks: settings.Forks,
		}
	}
	return out
}

// toOrganization returns settings in the form that the catalog stores, "" for none.
func toOrganization(s *types.OrganizationSettings) (string, error) {
	if s == nil {
		return "", nil
	}
	settings, err := json.Marshal(catalog.OrganizationSettings{
		Path: s.Path, Branch: s.Branch, Repositories: s.Repositories, Expression: s.Expression, Topics: s.Topics,
		WithoutTopics: s.WithoutTopics, Visibility: s.Visibility, Archived: s.Archived, Forks: s.Forks,
	})
	if err != nil {
		return "", fmt.Errorf("encode the settings of an organisation: %w", err)
	}
	return string(settings), nil
}

func fromRegistration(r catalog.Registration) types.Registration {
	out := types.Registration{
		Location: fromLocation(r.Location),
		Entities: mapped(r.Entities, catalog.Ref.String),
		Added:    mapped(r.Added, catalog.Ref.String), Changed: mapped(r.Changed, catalog.Ref.String),
		Removed: mapped(r.Removed, catalog.Ref.String), Orphaned: mapped(r.Orphaned, catalog.Ref.String),
		Renamed:  renamed(r.Renamed),
		Problems: mapped(r.Problems, fromSourceProblem),
	}
	if d := r.Discovery; d != nil {
		out.Repositories = &types.RepositoryCount{All: d.All, Looked: d.Looked, Found: len(d.Repositories)}
	}
	return out
}

func renamed(names map[catalog.Ref]catalog.Ref) map[string]string {
	if len(names) == 0 {
		return nil
	}
	out := make(map[string]string, len(names))
	for before, now := range names {
		out[before.String()] = now.String()
	}
	return out
}

func fromSourceProblem(p catalog.Problem) types.SourceProblem {
	return types.SourceProblem{
		Where: p.Where(), Field: p.Field, Entity: p.Ref, Owner: p.Owner, Location: p.LocationID, Message: p.Message, Hint: p.Hint,
	}
}
