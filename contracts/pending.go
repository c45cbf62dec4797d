package contracts

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// history is who verified which content successfully, and from where.
type history struct {
	byContent map[int64][]Success
	since     map[string]time.Time // when the provider's branch began, or its tags were first used
}

// successes loads the history of the pacts' contents.
func (b *Broker) successes(ctx context.Context, q PactQuery, provider Pacticipant, pacts []VerifiablePact) (history, error) {
	h := history{byContent: map[int64][]Success{}, since: map[string]time.Time{}}
	if len(pacts) == 0 {
		return h, nil
	}
	if err := b.beginnings(ctx, q, provider, h); err != nil {
		return h, err
	}
	ids := make([]int64, len(pacts))
	for i, p := range pacts {
		ids[i] = p.ContentID
	}
	by := ByAnyone
	switch {
	case q.ProviderBranch != "":
		by = ByBranch
	case len(q.ProviderTags) > 0:
		by = ByTag
	}
	list, err := b.store.Successes(ctx, ids, by)
	for _, s := range list {
		h.byContent[s.ContentID] = append(h.byContent[s.ContentID], s)
	}
	return h, err
}

// beginnings finds out when the provider's branch and tags began.
func (b *Broker) beginnings(ctx context.Context, q PactQuery, provider Pacticipant, h history) error {
	if q.ProviderBranch != "" {
		branches, err := b.store.Branches(ctx, []int64{provider.ID}, q.ProviderBranch)
		if err != nil {
			return err
		}
		for _, branch := range branches {
			h.since[branch.Name] = branch.CreatedAt
		}
		return nil
	}
	for _, tag := range q.ProviderTags {
		at, found, err := b.store.FirstTagged(ctx, provider.ID, tag)
		if err != nil {
			return err
		}
		if found {
			h.since[tag] = at
		}
	}
	return nil
}

func providerVersionIDs(vs []Verification) []int64 {
	ids := make([]int64, len(vs))
	for i, v := range vs {
		ids[i] = v.ProviderVersionID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// setPending decides whether a failure of p would break the provider's build.
func (h history) setPending(p *VerifiablePact, q PactQuery) {
	list := h.byContent[p.ContentID]
	if p.WIP { // what succeeded as work in progress was not asked for
		list = slices.DeleteFunc(slices.Clone(list), func(s Success) bool { return s.WIP })
	}
	switch {
	case q.ProviderBranch != "":
		p.Pending = !h.settled(list, q.ProviderBranch)
	case len(q.ProviderTags) > 0:
		for _, tag := range q.ProviderTags {
			if h.settled(list, tag) {
				p.VerifiedTags = append(p.VerifiedTags, tag)
			} else {
				p.PendingTags = append(p.PendingTags, tag)
			}
		}
		p.Pending = len(p.PendingTags) > 0
	default:
		p.Pending = len(list) == 0
	}
}

// settled reports whether a success on the branch (or tag) called name is in
// list, or one elsewhere from before name began: a branch starts with what was
// agreed when it was cut.
func (h history) settled(list []Success, name string) bool {
	began, exists := h.since[name]
	return slices.ContainsFunc(list, func(s Success) bool { return s.On == name || !exists || s.At.Before(began) })
}

// workInProgress picks the newest pacts of branches and tags that nobody asked
// for. Those that the provider's branch (or tags) has agreed to are among them.
func (b *Broker) workInProgress(ctx context.Context, q PactQuery, provider Pacticipant, selected []VerifiablePact) ([]VerifiablePact, error) {
	if q.IncludeWIPSince.IsZero() || (q.ProviderBranch == "" && len(q.ProviderTags) == 0) {
		return nil, nil
	}
	heads, err := b.heads(ctx, q, provider, selected)
	if err != nil {
		return nil, err
	}
	s := selection{picked: heads}
	out := s.merged()
	for i := range out {
		out[i].WIP = true
	}
	return out, nil
}

// heads returns the pacts of branch heads and tag heads published since the date.
func (b *Broker) heads(ctx context.Context, q PactQuery, provider Pacticipant, selected []VerifiablePact) ([]pickedPact, error) {
	pacts, err := b.store.Pacts(ctx, PactFilter{ProviderIDs: []int64{provider.ID}, PublishedAfter: q.IncludeWIPSince, Heads: true})
	if err != nil {
		return nil, err
	}
	chosen := map[int64]bool{}
	for _, p := range selected {
		chosen[p.ContentID] = true
	}
	pacts = slices.DeleteFunc(pacts, func(p Pact) bool { return chosen[p.ContentID] })
	slices.SortFunc(pacts, func(a, b Pact) int { return cmp.Compare(a.ConsumerVersionID, b.ConsumerVersionID) })
	ids := make([]int64, len(pacts))
	for i, p := range pacts {
		ids[i] = p.ConsumerVersionID
	}
	details, err := b.store.VersionPlaces(ctx, ids)
	if err != nil {
		return nil, err
	}
	s := selection{}
	for _, p := range pacts {
		for _, branch := range details[p.ConsumerVersionID].Branches {
			if branch.Latest {
				s.add([]Pact{p}, SelectedBy{Selector: Selector{Branch: branch.Name, Latest: true}, Branch: branch.Name})
			}
		}
		for _, tag := range details[p.ConsumerVersionID].Tags {
			if tag.Latest {
				s.add([]Pact{p}, SelectedBy{Selector: Selector{Tag: tag.Name, Latest: true}})
			}
		}
	}
	return s.picked, nil
}
