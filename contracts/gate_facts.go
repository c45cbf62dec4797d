package contracts

import (
	"context"
	"slices"
)

// load reads the facts: five queries, whatever the number of services.
func (g *gate) load(ctx context.Context, env Environment) (err error) {
	store := g.b.store
	if g.promises, err = store.Pacts(ctx, PactFilter{ConsumerVersionIDs: []int64{g.version.ID}}); err != nil {
		return err
	}
	list, err := store.Integrations(ctx, IntegrationFilter{ConsumerIDs: []int64{g.service.ID}, ProviderIDs: []int64{g.service.ID}})
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.ProviderID == g.service.ID {
			g.consumers = append(g.consumers, i)
		}
		if i.ConsumerID == g.service.ID {
			g.providers = append(g.providers, i)
		}
	}
	if g.running, err = g.deployed(ctx, env); err != nil {
		return err
	}
	if g.rows, err = store.MatrixRows(ctx, g.rowQuery()); err != nil {
		return err
	}
	if len(g.consumers) > 0 {
		vs, err := store.Verifications(ctx, VerificationFilter{ProviderVersionIDs: []int64{g.version.ID}, Limit: 1})
		if err != nil {
			return err
		}
		g.verifies = len(vs) > 0
	}
	return nil
}

// deployed returns what is in the environment of every counterpart. A service
// that talks to itself is judged against the version that is to come.
func (g *gate) deployed(ctx context.Context, env Environment) (map[int64][]Deployment, error) {
	ids := []int64{}
	for _, p := range g.promises {
		ids = append(ids, p.ProviderID)
	}
	for _, c := range g.consumers {
		ids = append(ids, c.ConsumerID)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == g.service.ID })
	running := map[int64][]Deployment{
		g.service.ID: {{VersionID: g.version.ID, Version: g.version.Number, PacticipantID: g.service.ID}},
	}
	if len(ids) == 0 {
		return running, nil
	}
	list, err := g.b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: ids, EnvironmentID: env.ID, Current: true})
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		same := func(other Deployment) bool { return other.VersionID == d.VersionID }
		if !slices.ContainsFunc(running[d.PacticipantID], same) {
			running[d.PacticipantID] = append(running[d.PacticipantID], d)
		}
	}
	return running, nil
}

func (g *gate) rowQuery() RowQuery {
	versions := make(map[int64]VersionSet, len(g.running))
	for id, list := range g.running {
		set := VersionSet{IDs: make([]int64, len(list))}
		for i, d := range list {
			set.IDs[i] = d.VersionID
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
