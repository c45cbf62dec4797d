package contracts

import (
	"context"
	"slices"
)

// PactsForVerification answers what q.Provider has to verify: every content once,
// with all the reasons it was picked for, in the order of consumers and versions.
func (b *Broker) PactsForVerification(ctx context.Context, q PactQuery) ([]VerifiablePact, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	provider, err := b.Pacticipant(ctx, q.Provider)
	if err != nil {
		return nil, err
	}
	s := selection{b: b, q: q, provider: provider}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	pacts := s.merged()
	pacts = append(pacts, s.workInProgress(pacts)...)
	history, err := s.settlements(ctx, pacts)
	if err != nil {
		return nil, err
	}
	for i := range pacts {
		history.setPending(&pacts[i])
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
	environments []Environment // if selectors are about them
	branches     []Branch      // of the provider, called like the one it is verified on
	heads        []HeadPact    // since when work in progress counts
	picked       []pickedPact
}

type pickedPact struct {
	pact Pact
	by   SelectedBy
}

// begin reads what needs nothing but the provider.
func (s *selection) begin(ctx context.Context) error {
	store, id := s.b.store, s.provider.ID
	asks := []func(ctx context.Context) error{func(ctx context.Context) (err error) {
		s.integrations, err = store.Integrations(ctx, IntegrationFilter{ProviderIDs: []int64{id}})
		return err
	}}
	if len(s.q.Selectors) == 0 || slices.ContainsFunc(s.q.Selectors, Selector.somewhere) {
		asks = append(asks, func(ctx context.Context) (err error) {
			s.environments, err = store.Environments(ctx)
			return err
		})
	}
	if s.q.ProviderBranch != "" {
		asks = append(asks, func(ctx context.Context) (err error) {
			s.branches, err = store.Branches(ctx, []int64{id}, s.q.ProviderBranch)
			return err
		})
	}
	if s.q.wantsWIP() {
		asks = append(asks, func(ctx context.Context) (err error) {
			s.heads, err = store.HeadPacts(ctx, id, s.q.IncludeWIPSince)
			return err
		})
	}
	return store.Together(ctx, asks...)
}

// run picks in the order of selectors. What they have in common is read once: the
// heads of branches, what is in environments, and the pacts of both.
func (s *selection) run(ctx context.Context) (err error) {
	selectors := s.q.Selectors
	if len(selectors) == 0 {
		if selectors, err = s.defaults(ctx); err != nil {
			return err
		}
	}
	var found lookup
	if err := s.lookUp(ctx, selectors, &found); err != nil {
		return err
	}
	for _, sel := range selectors {
		consumers := s.consumers(sel.Consumer)
		if len(consumers) == 0 {
			continue
		}
		switch {
		case sel.Version != "":
			err = s.pickVersion(ctx, sel, consumers)
		case sel.somewhere():
			s.pickDeployed(sel, setOf(consumers), &found)
		case sel.MainBranch || sel.Branch != "" || sel.MatchingBranch:
			s.pickBranch(sel, setOf(consumers), &found)
		case sel.Tag != "":
			err = s.pickTag(ctx, sel, consumers)
		default:
			var pacts []Pact
			pacts, err = s.b.store.Pacts(ctx, PactFilter{ConsumerIDs: consumers, ProviderIDs: []int64{s.provider.ID}, Latest: true})
			s.add(pacts, SelectedBy{Selector: sel})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// somewhere reports whether the selector is about environments.
func (sel Selector) somewhere() bool {
	return sel.Deployed || sel.Released || sel.DeployedOrReleased || sel.Environment != ""
}

// defaults picks, for every consumer, its main branch, else what is tagged like
// it, else the latest; and whatever is deployed or released.
func (s *selection) defaults(ctx context.Context) ([]Selector, error) {
	ids := s.consumers("")
	consumers, err := s.b.store.Pacticipants(ctx, PacticipantFilter{IDs: ids})
	if err != nil {
		return nil, err
	}
	heads, err := s.b.store.Heads(ctx, ids, nil, true)
	if err != nil {
		return nil, err
	}
	onMain := make(map[int64]bool, len(heads))
	for _, h := range heads {
		onMain[h.PacticipantID] = true
	}
	var out []Selector
	for _, c := range consumers {
		sel := Selector{Consumer: c.Name, Latest: true}
		switch {
		case onMain[c.ID]:
			sel = Selector{Consumer: c.Name, MainBranch: true}
		case c.MainBranch != "":
			tagged, err := s.b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{c.ID}, Tag: c.MainBranch, Latest: true})
			if err != nil {
				return nil, err
			}
			if len(tagged) > 0 {
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

func setOf(ids []int64) map[int64]bool {
	set := make(map[int64]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// pickBranch adds the pacts of heads; of the fallback branch's, when there is none.
func (s *selection) pickBranch(sel Selector, consumers map[int64]bool, found *lookup) {
	branch := sel.Branch
	if sel.MatchingBranch {
		branch = s.q.ProviderBranch
	}
	on := func(branch string, main, fallback bool) bool {
		before := len(s.picked)
		for _, h := range found.heads {
			if ((main && h.Main) || (!main && h.Branch == branch)) && consumers[h.PacticipantID] {
				s.add(found.pacts[h.VersionID], SelectedBy{Selector: sel, Branch: h.Branch, Fallback: fallback})
			}
		}
		return len(s.picked) > before
	}
	if !on(branch, sel.MainBranch, false) && !sel.MainBranch && sel.FallbackBranch != "" {
		on(sel.FallbackBranch, false, true)
	}
}

// pickVersion adds the pact of one version, wherever it is.
func (s *selection) pickVersion(ctx context.Context, sel Selector, consumers []int64) error {
	versions, err := s.b.store.Versions(ctx, VersionFilter{PacticipantIDs: consumers, Numbers: []string{sel.Version}, Short: true})
	if err != nil {
		return err
	}
	pacts, err := s.b.pactsOf(ctx, versions, s.provider.ID)
	s.add(pacts, SelectedBy{Selector: sel})
	return err
}

func (s *selection) pickTag(ctx context.Context, sel Selector, consumers []int64) error {
	before := len(s.picked)
	err := s.pickTagged(ctx, sel, consumers, sel.Tag, false)
	if err != nil || len(s.picked) > before || sel.FallbackTag == "" {
		return err
	}
	return s.pickTagged(ctx, sel, consumers, sel.FallbackTag, true)
}

// pickTagged adds the provider's pacts of tagged versions; with latest, of the newest.
// When that has none, the consumer no longer relies on the provider there.
func (s *selection) pickTagged(ctx context.Context, sel Selector, consumers []int64, tag string, fallback bool) error {
	versions, err := s.b.store.Versions(ctx, VersionFilter{PacticipantIDs: consumers, Tag: tag, Latest: sel.Latest})
	if err != nil {
		return err
	}
	pacts, err := s.b.pactsOf(ctx, versions, s.provider.ID)
	if err != nil {
		return err
	}
	s.add(pacts, SelectedBy{Selector: sel, Fallback: fallback})
	return nil
}

// pickDeployed adds the pacts of versions that are in an environment.
func (s *selection) pickDeployed(sel Selector, consumers map[int64]bool, found *lookup) {
	seen := map[Deployment]bool{}
	for _, d := range found.deployments {
		once := Deployment{Kind: d.Kind, VersionID: d.VersionID, EnvironmentID: d.EnvironmentID}
		wanted := sel.Environment == "" || found.environments[d.EnvironmentID].Name == sel.Environment
		if !wanted || (sel.Deployed && d.Kind != Deployed) || (sel.Released && d.Kind != Released) || seen[once] || !consumers[d.PacticipantID] {
			continue
		}
		seen[once] = true
		s.add(found.pacts[d.VersionID], SelectedBy{Selector: sel, Kind: d.Kind, Environment: found.environments[d.EnvironmentID]})
	}
}

func (s *selection) add(pacts []Pact, by SelectedBy) {
	for _, p := range pacts {
		by.Version = Version{ID: p.ConsumerVersionID, PacticipantID: p.ConsumerID, Pacticipant: p.Consumer, Number: p.ConsumerVersion}
		s.picked = append(s.picked, pickedPact{p, by})
	}
}
