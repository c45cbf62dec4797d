package contracts

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// history is who verified which content successfully, and from where.
type history struct {
	byContent   map[int64][]success
	branchSince map[string]time.Time // when the provider's branches began
	tagSince    map[string]time.Time // when the provider's tags were first used
}

type success struct {
	at       time.Time
	wip      bool
	branches []string
	tags     []string
}

// successes loads the history of the pacts' contents.
func (b *Broker) successes(ctx context.Context, q PactQuery, provider Pacticipant, pacts []VerifiablePact) (history, error) {
	h := history{byContent: map[int64][]success{}, branchSince: map[string]time.Time{}, tagSince: map[string]time.Time{}}
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
	vs, err := b.store.Verifications(ctx, VerificationFilter{ContentIDs: ids})
	if err != nil {
		return h, err
	}
	details, err := b.VersionDetails(ctx, providerVersionIDs(vs))
	if err != nil {
		return h, err
	}
	for _, v := range vs {
		if !v.Success {
			continue
		}
		s := success{at: v.VerifiedAt, wip: v.WIP}
		for _, branch := range details[v.ProviderVersionID].Branches {
			s.branches = append(s.branches, branch.Name)
		}
		for _, tag := range details[v.ProviderVersionID].Tags {
			s.tags = append(s.tags, tag.Name)
		}
		h.byContent[v.ContentID] = append(h.byContent[v.ContentID], s)
	}
	return h, nil
}

// beginnings finds out when the provider's branch and tags began.
func (b *Broker) beginnings(ctx context.Context, q PactQuery, provider Pacticipant, h history) error {
	if q.ProviderBranch != "" {
		branches, err := b.store.Branches(ctx, []int64{provider.ID}, q.ProviderBranch)
		if err != nil {
			return err
		}
		for _, branch := range branches {
			h.branchSince[branch.Name] = branch.CreatedAt
		}
		return nil
	}
	for _, tag := range q.ProviderTags {
		at, found, err := b.store.FirstTagged(ctx, provider.ID, tag)
		if err != nil {
			return err
		}
		if found {
			h.tagSince[tag] = at
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
	switch {
	case q.ProviderBranch != "":
		p.Pending = !h.settled(list, q.ProviderBranch, h.branchSince, success.branchNames)
	case len(q.ProviderTags) > 0:
		for _, tag := range q.ProviderTags {
			if h.settled(list, tag, h.tagSince, success.tagNames) {
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

func (s success) branchNames() []string { return s.branches }

func (s success) tagNames() []string { return s.tags }

// settled reports whether a success on the branch (or tag) called name is in
// list, or one elsewhere from before name began: a branch starts with what was
// agreed when it was cut.
func (h history) settled(list []success, name string, since map[string]time.Time, names func(success) []string) bool {
	began, exists := since[name]
	for _, s := range list {
		on := names(s)
		if slices.Contains(on, name) {
			return true
		}
		if len(on) > 0 && (!exists || s.at.Before(began)) {
			return true
		}
	}
	return false
}

// workInProgress picks the newest pacts of branches and tags that nobody asked
// for and the provider's branch (or tags) has not agreed to yet.
func (b *Broker) workInProgress(ctx context.Context, q PactQuery, provider Pacticipant, selected []VerifiablePact) ([]VerifiablePact, error) {
	if q.IncludeWIPSince.IsZero() || (q.ProviderBranch == "" && len(q.ProviderTags) == 0) {
		return nil, nil
	}
	heads, err := b.heads(ctx, q, provider, selected)
	if err != nil {
		return nil, err
	}
	s := selection{picked: heads}
	candidates := s.merged()
	explicit, err := b.successes(ctx, q, provider, candidates)
	if err != nil {
		return nil, err
	}
	for id, list := range explicit.byContent {
		explicit.byContent[id] = slices.DeleteFunc(list, func(s success) bool { return s.wip })
	}
	var out []VerifiablePact
	for _, p := range candidates {
		explicit.setPending(&p, q)
		if p.Pending {
			p.WIP = true
			out = append(out, p)
		}
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
	details, err := b.VersionDetails(ctx, ids)
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
