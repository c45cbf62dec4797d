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
func (s *selection) settlements(ctx context.Context, pacts []VerifiablePact) (history, error) {
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
	questions, err := s.questions(ctx, base)
	if err != nil {
		return nil, err
	}
	out := make(history, len(questions))
	asks := make([]func(ctx context.Context) error, len(questions))
	for i, question := range questions {
		out[i].on = question.Tag
		asks[i] = func(ctx context.Context) (err error) {
			out[i].contents, err = s.b.store.Settled(ctx, question)
			return err
		}
	}
	return out, s.b.store.Together(ctx, asks...)
}

// questions are those about the provider's branch, each of its tags, or nothing
// in particular. A success counts that comes from there, or from elsewhere before
// it began: a branch starts with what was agreed when it was cut.
func (s *selection) questions(ctx context.Context, base SettledQuery) ([]SettledQuery, error) {
	if s.q.ProviderBranch != "" {
		base.Branch, base.Anywhere = &Branch{Name: s.q.ProviderBranch}, len(s.branches) == 0
		if len(s.branches) > 0 {
			base.Branch, base.Before = &s.branches[0], s.branches[0].CreatedAt
		}
		return []SettledQuery{base}, nil
	}
	if len(s.q.ProviderTags) == 0 {
		return []SettledQuery{base}, nil
	}
	var out []SettledQuery
	for _, tag := range s.q.ProviderTags {
		at, found, err := s.b.store.FirstTagged(ctx, s.provider.ID, tag)
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

// wantsWIP reports whether work in progress is to be verified, too.
func (q PactQuery) wantsWIP() bool {
	return !q.IncludeWIPSince.IsZero() && (q.ProviderBranch != "" || len(q.ProviderTags) > 0)
}

// workInProgress picks the newest pacts of branches and tags that nobody asked
// for. Those that the provider's branch (or tags) has agreed to are among them.
func (s *selection) workInProgress(selected []VerifiablePact) []VerifiablePact {
	chosen := make(map[int64]bool, len(selected))
	for _, p := range selected {
		chosen[p.ContentID] = true
	}
	wip := selection{}
	for _, p := range s.heads {
		switch {
		case chosen[p.ContentID]:
		case p.Branch != "":
			wip.add([]Pact{p.Pact}, SelectedBy{Selector: Selector{Branch: p.Branch, Latest: true}, Branch: p.Branch})
		default:
			wip.add([]Pact{p.Pact}, SelectedBy{Selector: Selector{Tag: p.Tag, Latest: true}})
		}
	}
	out := wip.merged()
	for i := range out {
		out[i].WIP = true
	}
	return out
}
