package contracts

import (
	"context"
	"slices"
)

// history is which contents each of the provider's branches or tags has settled;
// the only entry is of nothing in particular when the query names neither.
type history []settlement

type settlement struct {
	on       string
	contents map[int64]bool
}

// settlements loads the history of the pacts' contents.
func (b *Broker) settlements(ctx context.Context, q PactQuery, provider Pacticipant, pacts []VerifiablePact) (history, error) {
	if len(pacts) == 0 {
		return nil, nil
	}
	base := SettledQuery{}
	for _, p := range pacts {
		if p.WIP {
			base.WIPContentIDs = append(base.WIPContentIDs, p.ContentID)
		} else {
			base.ContentIDs = append(base.ContentIDs, p.ContentID)
		}
	}
	questions, err := b.questions(ctx, q, provider, base)
	if err != nil {
		return nil, err
	}
	out := make(history, len(questions))
	for i, ask := range questions {
		out[i].on = ask.Tag
		if out[i].contents, err = b.store.Settled(ctx, ask); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// questions are those about the provider's branch, each of its tags, or nothing
// in particular. A success counts that comes from there, or from elsewhere before
// it began: a branch starts with what was agreed when it was cut.
func (b *Broker) questions(ctx context.Context, q PactQuery, provider Pacticipant, base SettledQuery) ([]SettledQuery, error) {
	if q.ProviderBranch != "" {
		branches, err := b.store.Branches(ctx, []int64{provider.ID}, q.ProviderBranch)
		if err != nil {
			return nil, err
		}
		base.Branch, base.Anywhere = &Branch{Name: q.ProviderBranch}, len(branches) == 0
		if len(branches) > 0 {
			base.Branch, base.Before = &branches[0], branches[0].CreatedAt
		}
		return []SettledQuery{base}, nil
	}
	if len(q.ProviderTags) == 0 {
		return []SettledQuery{base}, nil
	}
	var out []SettledQuery
	for _, tag := range q.ProviderTags {
		at, found, err := b.store.FirstTagged(ctx, provider.ID, tag)
		if err != nil {
			return nil, err
		}
		ask := base
		ask.Tag, ask.Before, ask.Anywhere = tag, at, !found
		out = append(out, ask)
	}
	return out, nil
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
func (h history) setPending(p *VerifiablePact) {
	for _, place := range h {
		settled := place.contents[p.ContentID]
		p.Pending = p.Pending || !settled
		switch {
		case place.on == "":
		case settled:
			p.VerifiedTags = append(p.VerifiedTags, place.on)
		default:
			p.PendingTags = append(p.PendingTags, place.on)
		}
	}
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
	pacts, err := b.store.HeadPacts(ctx, provider.ID, q.IncludeWIPSince)
	if err != nil {
		return nil, err
	}
	chosen := map[int64]bool{}
	for _, p := range selected {
		chosen[p.ContentID] = true
	}
	s := selection{}
	for _, p := range pacts {
		switch {
		case chosen[p.ContentID]:
		case p.Branch != "":
			s.add([]Pact{p.Pact}, SelectedBy{Selector: Selector{Branch: p.Branch, Latest: true}, Branch: p.Branch})
		default:
			s.add([]Pact{p.Pact}, SelectedBy{Selector: Selector{Tag: p.Tag, Latest: true}})
		}
	}
	return s.picked, nil
}
