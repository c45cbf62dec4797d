package contracts

import (
	"context"
	"fmt"
	"slices"
)

// loadHeads reads the facts when the version would join the newest versions with a
// tag, or those of main branches.
func (g *gate) loadHeads(ctx context.Context) error {
	store := g.b.store
	var promises []Pact
	var list []Integration
	var verified []Verification
	if err := store.Together(ctx,
		func(ctx context.Context) (err error) {
			promises, err = store.Pacts(ctx, PactFilter{ConsumerVersionIDs: []int64{g.version.ID}})
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
		g.readWithdrawn,
	); err != nil {
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
	heads, err := g.heads(ctx, promises)
	if err != nil {
		return err
	}
	versions := make(map[int64]VersionSet, len(heads))
	for _, p := range promises { // a provider that is nowhere still has a row
		versions[p.ProviderID] = VersionSet{}
	}
	for service, v := range heads {
		versions[service] = VersionSet{IDs: []int64{v.ID}}
	}
	rows, err := store.MatrixRows(ctx, RowQuery{Versions: versions, Involving: []int64{g.service.ID}})
	if err != nil {
		return err
	}
	g.meetHeads(promises, heads, rows)
	return nil
}

// heads are the versions that count, by service. A service that talks to itself is
// judged against the version that is to come.
func (g *gate) heads(ctx context.Context, promises []Pact) (map[int64]Version, error) {
	ids := make([]int64, 0, len(promises)+len(g.consumers))
	for _, p := range promises {
		ids = append(ids, p.ProviderID)
	}
	for _, c := range g.consumers {
		ids = append(ids, c.ConsumerID)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == g.service.ID })
	heads := make(map[int64]Version, len(ids)+1)
	if len(ids) > 0 {
		list, err := g.b.store.Versions(ctx, VersionFilter{PacticipantIDs: ids, MainBranch: g.to.main, Tag: g.to.tag, Latest: true})
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			heads[v.PacticipantID] = v
		}
		if err := g.mainBranches(ctx, ids, heads); err != nil {
			return nil, err
		}
	}
	heads[g.service.ID] = g.version
	return heads, nil
}

// mainBranches finds the names of main branches when they are what the version
// would join. Of a consumer that has none nobody knows what it relies on; one without a
// version on it may be new, and is only told of.
func (g *gate) mainBranches(ctx context.Context, services []int64, heads map[int64]Version) error {
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
		switch _, counts := heads[p.ID]; {
		case !consumer || counts:
		case p.MainBranch == "":
			g.unknown(RuleNoMainBranch, Reason{
				Text:     fmt.Sprintf("%s consumes %s, and its main branch is not known, so nobody can say what a merge would meet.", p.Name, g.service.Name),
				Next:     fmt.Sprintf("pact broker create-or-update-pacticipant --name %s --main-branch BRANCH", quote(p.Name)),
				Consumer: p.Name, Provider: g.service.Name, ProviderVersion: g.version.Number,
			}, counterpart{service: p.Name})
		default:
			if err := g.emptyMainBranch(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// emptyMainBranch tells of a consumer without a version on its main branch. It may be
// new. When a version is tagged like the branch, or was ever in an environment, it is
// not: the branch has another name now, or its versions were taken off it, and what is
// on it is not known.
func (g *gate) emptyMainBranch(ctx context.Context, consumer Pacticipant) error {
	name, branch := consumer.Name, consumer.MainBranch
	tagged, err := g.b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{consumer.ID}, Tag: branch, Latest: true, Short: true})
	if err != nil {
		return err
	}
	ran, err := g.b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: []int64{consumer.ID}})
	if err != nil {
		return err
	}
	publish := fmt.Sprintf("%s --branch %s", publishCommand(name, "VERSION"), quote(branch))
	known := ""
	switch {
	case len(tagged) > 0:
		known = fmt.Sprintf("its version %s is tagged %s", tagged[0].Number, branch)
	case len(ran) > 0:
		known = fmt.Sprintf("its version %s has been in %s", ran[0].Version, ran[0].Environment)
	}
	if known != "" {
		g.unknown(RuleNoMainBranch, Reason{
			Text:     fmt.Sprintf("%s consumes %s, and %s, but no version is on its main branch, %s, so nobody knows what is on it.", name, g.service.Name, known, branch),
			Next:     publish,
			Consumer: name, Provider: g.service.Name, ProviderVersion: g.version.Number,
		}, counterpart{service: name})
		return nil
	}
	g.warnings = append(g.warnings, fmt.Sprintf("%s consumes %s and has no version on its main branch, %s, so none counts here. If there should be one: %s",
		name, g.service.Name, branch, publish))
	return nil
}

// contractKey addresses a publication, and a verification of it.
type contractKey struct{ consumerVersion, provider, providerVersion int64 }

// meetHeads compares the version with every head, by the rows of all of them.
func (g *gate) meetHeads(promises []Pact, heads map[int64]Version, rows []Row) {
	found := make(map[contractKey]*Row, 2*len(rows))
	for i := range rows {
		r := &rows[i]
		found[contractKey{r.ConsumerVersionID, r.ProviderID, 0}] = r // published
		if r.VerificationID != 0 {
			found[contractKey{r.ConsumerVersionID, r.ProviderID, r.ProviderVersionID}] = r
		}
	}
	meet := func(m Meeting, verdict *Row) {
		if verdict != nil {
			m.VerificationID, m.Success, m.Incomplete, m.VerifiedAt = verdict.VerificationID, verdict.Success, verdict.Incomplete, verdict.VerifiedAt
		}
		g.meetings = append(g.meetings, met{Meeting: &m})
	}
	for _, p := range promises {
		head := heads[p.ProviderID]
		meet(Meeting{
			Promised: true, There: Deployment{PacticipantID: p.ProviderID, Service: p.Provider, VersionID: head.ID, Version: head.Number},
			ContentID: p.ContentID, SHA: p.SHA, PublishedAt: p.CreatedAt,
		}, found[contractKey{g.version.ID, p.ProviderID, head.ID}])
	}
	for _, c := range g.consumers {
		head, counts := heads[c.ConsumerID]
		if !counts || c.ConsumerID == g.service.ID { // promises to itself are met above
			continue
		}
		m := Meeting{There: Deployment{PacticipantID: c.ConsumerID, Service: c.Consumer, VersionID: head.ID, Version: head.Number}}
		if pact := found[contractKey{head.ID, g.service.ID, 0}]; pact != nil {
			m.ContentID, m.SHA, m.PublishedAt = pact.ContentID, pact.SHA, pact.PublishedAt
		}
		meet(m, found[contractKey{head.ID, g.service.ID, g.version.ID}])
	}
}
