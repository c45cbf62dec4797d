package contracts

import (
	"context"
	"slices"
)

// PactsForVerification answers what q.Provider has to verify: every content once,
// with all the reasons it was picked for, in the order of consumers and versions.
func (b *Broker) PactsForVerification(ctx context.Context, q PactQuery) ([]VerifiablePact, error) {
	provider, err := b.Pacticipant(ctx, q.Provider)
	if err != nil {
		return nil, err
	}
	s := selection{b: b, q: q, provider: provider}
	if s.integrations, err = b.store.Integrations(ctx, IntegrationFilter{ProviderIDs: []int64{provider.ID}}); err != nil {
		return nil, err
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	pacts := s.merged()
	wip, err := b.workInProgress(ctx, q, provider, pacts)
	if err != nil {
		return nil, err
	}
	pacts = append(pacts, wip...)
	history, err := b.successes(ctx, q, provider, pacts)
	if err != nil {
		return nil, err
	}
	for i := range pacts {
		history.setPending(&pacts[i], q)
	}
	pacts = slices.DeleteFunc(pacts, func(p VerifiablePact) bool { return p.WIP && !p.Pending })
	for i := range pacts {
		pacts[i].query = q
	}
	if q.AddressesOnly {
		return pacts, nil
	}
	for i := range pacts {
		pacts[i].Notices = pacts[i].NoticesFor("The pact between " + pacts[i].Consumer + " and " + pacts[i].Provider)
	}
	return pacts, b.fillContents(ctx, pacts)
}

// selection collects pacts by selectors.
type selection struct {
	b            *Broker
	q            PactQuery
	provider     Pacticipant
	integrations []Integration
	picked       []pickedPact
}

type pickedPact struct {
	pact Pact
	by   SelectedBy
}

func (s *selection) run(ctx context.Context) error {
	selectors := s.q.Selectors
	if len(selectors) == 0 {
		var err error
		if selectors, err = s.defaults(ctx); err != nil {
			return err
		}
	}
	for _, sel := range selectors {
		if err := s.pick(ctx, sel); err != nil {
			return err
		}
	}
	return nil
}

// defaults picks, for every consumer, its main branch, else what is tagged like
// it, else the latest; and whatever is deployed or released.
func (s *selection) defaults(ctx context.Context) ([]Selector, error) {
	consumers, err := s.b.store.Pacticipants(ctx, PacticipantFilter{IDs: s.consumers("")})
	if err != nil {
		return nil, err
	}
	var out []Selector
	for _, c := range consumers {
		sel := Selector{Consumer: c.Name, Latest: true}
		if c.MainBranch != "" {
			onBranch, err := s.b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{c.ID}, MainBranch: true, Latest: true})
			if err != nil {
				return nil, err
			}
			tagged, err := s.b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{c.ID}, Tag: c.MainBranch, Latest: true})
			if err != nil {
				return nil, err
			}
			switch {
			case len(onBranch) > 0:
				sel = Selector{Consumer: c.Name, MainBranch: true}
			case len(tagged) > 0:
				sel = Selector{Consumer: c.Name, Tag: c.MainBranch, Latest: true}
			}
		}
		out = append(out, sel)
	}
	return append(out, Selector{Deployed: true}, Selector{Released: true}), nil
}

// consumers returns the ids of the provider's consumers, or of the one named.
func (s *selection) consumers(name string) []int64 {
	ids := []int64{}
	for _, i := range s.integrations {
		if name == "" || i.Consumer == name {
			ids = append(ids, i.ConsumerID)
		}
	}
	return ids
}

// pick adds what one selector selects.
func (s *selection) pick(ctx context.Context, sel Selector) error {
	consumers := s.consumers(sel.Consumer)
	if len(consumers) == 0 {
		return nil
	}
	switch {
	case sel.Deployed || sel.Released || sel.DeployedOrReleased || sel.Environment != "":
		return s.pickDeployed(ctx, sel, consumers)
	case sel.MainBranch:
		return s.pickMainBranches(ctx, sel, consumers)
	case sel.Branch != "" || sel.MatchingBranch:
		return s.pickBranch(ctx, sel, consumers)
	case sel.Tag != "":
		return s.pickTag(ctx, sel, consumers)
	default:
		pacts, err := s.b.store.Pacts(ctx, PactFilter{ConsumerIDs: consumers, ProviderIDs: []int64{s.provider.ID}, Latest: true})
		s.add(pacts, SelectedBy{Selector: sel})
		return err
	}
}

func (s *selection) pickMainBranches(ctx context.Context, sel Selector, consumers []int64) error {
	list, err := s.b.store.Pacticipants(ctx, PacticipantFilter{IDs: consumers})
	if err != nil {
		return err
	}
	main := map[int64]string{}
	for _, c := range list {
		main[c.ID] = c.MainBranch
	}
	before := len(s.picked)
	filter := VersionFilter{PacticipantIDs: consumers, MainBranch: true, Latest: true, Short: true}
	err = s.pickVersions(ctx, sel, filter, SelectedBy{})
	for i := range s.picked[before:] {
		p := &s.picked[before+i]
		p.by.Branch = main[p.pact.ConsumerID]
	}
	return err
}

func (s *selection) pickBranch(ctx context.Context, sel Selector, consumers []int64) error {
	branch := sel.Branch
	if sel.MatchingBranch {
		branch = s.q.ProviderBranch
	}
	before := len(s.picked)
	filter := VersionFilter{PacticipantIDs: consumers, Branch: branch, Latest: true, Short: true}
	err := s.pickVersions(ctx, sel, filter, SelectedBy{Branch: branch})
	if err != nil || len(s.picked) > before || sel.FallbackBranch == "" {
		return err
	}
	filter.Branch = sel.FallbackBranch
	return s.pickVersions(ctx, sel, filter, SelectedBy{Branch: sel.FallbackBranch, Fallback: true})
}

func (s *selection) pickTag(ctx context.Context, sel Selector, consumers []int64) error {
	before := len(s.picked)
	filter := VersionFilter{PacticipantIDs: consumers, Tag: sel.Tag}
	err := s.pickVersions(ctx, sel, filter, SelectedBy{})
	if err != nil || len(s.picked) > before || sel.FallbackTag == "" {
		return err
	}
	filter.Tag = sel.FallbackTag
	return s.pickVersions(ctx, sel, filter, SelectedBy{Fallback: true})
}

// pickVersions adds the provider's pacts of the versions f keeps; of tagged
// versions with latest, only the newest that has one.
func (s *selection) pickVersions(ctx context.Context, sel Selector, f VersionFilter, by SelectedBy) error {
	versions, err := s.b.store.Versions(ctx, f)
	if err != nil {
		return err
	}
	pacts, err := s.b.pactsOf(ctx, versions, s.provider.ID)
	if err != nil {
		return err
	}
	if sel.Tag != "" && sel.Latest {
		seen := map[int64]bool{}
		pacts = slices.DeleteFunc(pacts, func(p Pact) bool {
			older := seen[p.ConsumerID]
			seen[p.ConsumerID] = true
			return older
		})
	}
	by.Selector = sel
	s.add(pacts, by)
	return nil
}

// pickDeployed adds the pacts of versions that are in an environment.
func (s *selection) pickDeployed(ctx context.Context, sel Selector, consumers []int64) error {
	envs, err := s.b.store.Environments(ctx)
	if err != nil {
		return err
	}
	byID := map[string]Environment{}
	f := DeploymentFilter{PacticipantIDs: consumers, Current: true}
	if sel.Environment != "" {
		env, err := s.b.Environment(ctx, sel.Environment)
		if err != nil {
			return err
		}
		f.EnvironmentID = env.ID
	}
	for _, e := range envs {
		byID[e.ID] = e
	}
	deployments, err := s.b.store.Deployments(ctx, f)
	if err != nil {
		return err
	}
	var wanted []Deployment
	seen := map[Deployment]bool{}
	ids := []int64{}
	for _, d := range deployments {
		once := Deployment{Kind: d.Kind, VersionID: d.VersionID, EnvironmentID: d.EnvironmentID}
		if (sel.Deployed && d.Kind != Deployed) || (sel.Released && d.Kind != Released) || seen[once] {
			continue
		}
		seen[once] = true
		wanted, ids = append(wanted, d), append(ids, d.VersionID)
	}
	if len(ids) == 0 {
		return nil
	}
	pacts, err := s.b.store.Pacts(ctx, PactFilter{ConsumerVersionIDs: ids, ProviderIDs: []int64{s.provider.ID}})
	if err != nil {
		return err
	}
	byVersion := make(map[int64][]Pact, len(pacts)) // a version has one pact with a provider
	for _, p := range pacts {
		byVersion[p.ConsumerVersionID] = append(byVersion[p.ConsumerVersionID], p)
	}
	for _, d := range wanted {
		s.add(byVersion[d.VersionID], SelectedBy{Selector: sel, Kind: d.Kind, Environment: byID[d.EnvironmentID]})
	}
	return nil
}

func (s *selection) add(pacts []Pact, by SelectedBy) {
	for _, p := range pacts {
		by.Version = Version{ID: p.ConsumerVersionID, PacticipantID: p.ConsumerID, Pacticipant: p.Consumer, Number: p.ConsumerVersion}
		s.picked = append(s.picked, pickedPact{p, by})
	}
}
