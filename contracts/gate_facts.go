package contracts

import (
	"context"
	"fmt"
	"slices"
)

// load reads the facts: six queries, whatever the number of services.
func (g *gate) load(ctx context.Context) (err error) {
	store := g.b.store
	var list []Integration
	var verified []Verification
	var there []Deployment
	asks := []func(ctx context.Context) error{
		func(ctx context.Context) (err error) {
			g.promises, err = store.Pacts(ctx, PactFilter{ConsumerVersionIDs: []int64{g.version.ID}})
			return err
		},
		func(ctx context.Context) (err error) {
			list, err = store.Integrations(ctx, IntegrationFilter{ConsumerIDs: []int64{g.service.ID}, ProviderIDs: []int64{g.service.ID}})
			return err
		},
		func(ctx context.Context) (err error) {
			// An incomplete one says nothing: a verifier that crashed has verified nothing.
			verified, err = store.Verifications(ctx, VerificationFilter{ProviderVersionIDs: []int64{g.version.ID}, Complete: true, Limit: 1})
			return err
		},
	}
	if g.to.env.ID != "" {
		// Who is there can be asked before it is known whom the version meets: all is of one moment.
		of := Promises{ConsumerVersionIDs: []int64{g.version.ID}, ProviderIDs: []int64{g.service.ID}}
		asks = append(asks, func(ctx context.Context) (err error) {
			there, err = store.Deployments(ctx, DeploymentFilter{CounterpartsOf: &of, EnvironmentID: g.to.env.ID, Current: true})
			return err
		})
	}
	if err := store.Together(ctx, asks...); err != nil {
		return err
	}
	g.verifies = len(verified) > 0
	for _, i := range list {
		if i.ProviderID == g.service.ID {
			g.consumers = append(g.consumers, i)
		}
		if i.ConsumerID == g.service.ID {
			g.providers = append(g.providers, i)
		}
	}
	if g.running, err = g.residents(ctx, there); err != nil {
		return err
	}
	g.rows, err = store.MatrixRows(ctx, g.rowQuery())
	return err
}

// residents returns which versions of every counterpart are there. A service that
// talks to itself is judged against the version that is to come.
func (g *gate) residents(ctx context.Context, there []Deployment) (map[int64][]resident, error) {
	if g.to.env.ID != "" {
		running := residentsOf(there)
		running[g.service.ID] = []resident{{id: g.version.ID, number: g.version.Number}}
		return running, nil
	}
	ids := []int64{}
	for _, p := range g.promises {
		ids = append(ids, p.ProviderID)
	}
	for _, c := range g.consumers {
		ids = append(ids, c.ConsumerID)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == g.service.ID })
	running := map[int64][]resident{}
	if len(ids) > 0 {
		var err error
		if running, err = g.there(ctx, ids); err != nil {
			return nil, err
		}
		if err = g.mainBranches(ctx, ids, running); err != nil {
			return nil, err
		}
	}
	running[g.service.ID] = []resident{{id: g.version.ID, number: g.version.Number}}
	return running, nil
}

// mainBranches finds the names of main branches when they are what the version
// would join, and warns of consumers that have none: they cannot be counted.
func (g *gate) mainBranches(ctx context.Context, services []int64, running map[int64][]resident) error {
	if !g.to.main {
		return nil
	}
	list, err := g.b.store.Pacticipants(ctx, PacticipantFilter{IDs: services})
	if err != nil {
		return err
	}
	g.branches = make(map[int64]string, len(list))
	for _, p := range list {
		g.branches[p.ID] = p.MainBranch
		consumer := slices.ContainsFunc(g.consumers, func(i Integration) bool { return i.ConsumerID == p.ID })
		if consumer && p.MainBranch == "" && len(running[p.ID]) == 0 {
			g.warnings = append(g.warnings, fmt.Sprintf("%s consumes %s and has no main branch, so none of its versions counts here. "+
				"Name it: pact broker create-or-update-pacticipant --name %s --main-branch BRANCH", p.Name, g.service.Name, quote(p.Name)))
		}
	}
	return nil
}

// there returns the versions of services that are at the destination.
func (g *gate) there(ctx context.Context, services []int64) (map[int64][]resident, error) {
	running := map[int64][]resident{}
	versions, err := g.b.store.Versions(ctx, VersionFilter{PacticipantIDs: services, MainBranch: g.to.main, Tag: g.to.tag, Latest: true})
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		running[v.PacticipantID] = append(running[v.PacticipantID], resident{id: v.ID, number: v.Number})
	}
	return running, nil
}

// residentsOf returns the versions that deployments are of, by service.
func residentsOf(list []Deployment) map[int64][]resident {
	running := make(map[int64][]resident, len(list))
	for i := range list {
		d := &list[i]
		residents := running[d.PacticipantID]
		at := slices.IndexFunc(residents, func(r resident) bool { return r.id == d.VersionID })
		if at < 0 {
			// The places of one version are usually one: no memory of its own is needed.
			running[d.PacticipantID] = append(residents, resident{id: d.VersionID, number: d.Version, places: list[i : i+1 : i+1]})
			continue
		}
		residents[at].places = append(residents[at].places, *d)
	}
	return running
}

func (g *gate) rowQuery() RowQuery {
	versions := make(map[int64]VersionSet, len(g.running))
	for id, list := range g.running {
		set := VersionSet{IDs: make([]int64, len(list))}
		for i, r := range list {
			set.IDs[i] = r.id
		}
		versions[id] = set
	}
	for _, p := range g.promises { // a provider that is nowhere still has a row
		if _, ok := versions[p.ProviderID]; !ok {
			versions[p.ProviderID] = VersionSet{}
		}
	}
	return RowQuery{Versions: versions, Involving: []int64{g.service.ID}}
}
