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
	var empty []Pacticipant
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
			empty = append(empty, p)
		}
	}
	return g.emptyMainBranches(ctx, empty)
}

// emptyMainBranches tells of consumers without a version on their main branch. They may
// be new. When a version is tagged like the branch, or is in an environment, it is not:
// the branch has another name now, or its versions were taken off it, and what is on it
// is not known.
func (g *gate) emptyMainBranches(ctx context.Context, consumers []Pacticipant) error {
	if len(consumers) == 0 {
		return nil // a filter without ids would keep everything
	}
	ids, byBranch := make([]int64, len(consumers)), map[string][]int64{}
	for i, c := range consumers {
		ids[i] = c.ID
		byBranch[c.MainBranch] = append(byBranch[c.MainBranch], c.ID)
	}
	there, err := g.b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: ids, Current: true})
	if err != nil {
		return err
	}
	known := map[int64]string{}
	for _, d := range there {
		known[d.PacticipantID] = fmt.Sprintf("its version %s is in %s", d.Version, d.Environment)
	}
	for branch, of := range byBranch {
		tagged, err := g.b.store.Versions(ctx, VersionFilter{PacticipantIDs: of, Tag: branch, Latest: true, Short: true})
		if err != nil {
			return err
		}
		for _, v := range tagged {
			known[v.PacticipantID] = fmt.Sprintf("its version %s is tagged %s", v.Number, branch)
		}
	}
	for _, c := range consumers {
		publish := fmt.Sprintf("%s --branch %s", publishCommand(c.Name, "VERSION"), quote(c.MainBranch))
		why, isKnown := known[c.ID]
		if !isKnown {
			g.warnings = append(g.warnings, fmt.Sprintf("%s consumes %s and has no version on its main branch, %s, so none counts here. If there should be one: %s",
				c.Name, g.service.Name, c.MainBranch, publish))
			continue
		}
		g.unknown(RuleNoMainBranch, Reason{
			Text:     fmt.Sprintf("%s consumes %s, and %s, but no version is on its main branch, %s, so nobody knows what is on it.", c.Name, g.service.Name, why, c.MainBranch),
			Next:     publish,
			Consumer: c.Name, Provider: g.service.Name, ProviderVersion: g.version.Number,
		}, counterpart{service: c.Name})
	}
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
