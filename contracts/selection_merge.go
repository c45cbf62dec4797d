package contracts

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// merged returns every content once.
func (s *selection) merged() []VerifiablePact {
	newest := map[int64]int64{}
	at := map[int64]int{}
	var out []VerifiablePact
	for _, p := range s.picked {
		i, seen := at[p.pact.ContentID]
		if !seen {
			i = len(out)
			at[p.pact.ContentID] = i
			out = append(out, verifiablePact(p.pact))
		}
		out[i].Selected = append(out[i].Selected, p.by)
		if p.pact.ConsumerVersionID >= newest[p.pact.ContentID] {
			newest[p.pact.ContentID] = p.pact.ConsumerVersionID
			out[i].PublishedAt = p.pact.CreatedAt
		}
	}
	for i := range out {
		out[i].finish()
	}
	slices.SortStableFunc(out, func(a, b VerifiablePact) int {
		return cmp.Or(strings.Compare(a.Consumer, b.Consumer), cmp.Compare(newest[a.ContentID], newest[b.ContentID]))
	})
	return out
}

func verifiablePact(p Pact) VerifiablePact {
	return VerifiablePact{SHA: p.SHA, Consumer: p.Consumer, Provider: p.Provider, ContentID: p.ContentID, PublishedAt: p.CreatedAt}
}

// finish orders the reasons and lists the consumer versions.
func (p *VerifiablePact) finish() {
	slices.SortStableFunc(p.Selected, func(a, b SelectedBy) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Version.ID, b.Version.ID))
	})
	versions := map[int64]string{}
	for _, by := range p.Selected {
		versions[by.Version.ID] = by.Version.Number
	}
	ids := make([]int64, 0, len(versions))
	for id := range versions {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Compare(b, a) })
	p.ConsumerVersions = nil
	for _, id := range ids {
		p.ConsumerVersions = append(p.ConsumerVersions, versions[id])
	}
}

// rank is the order in which the Pact Broker names reasons.
func (s SelectedBy) rank() int {
	switch {
	case s.Kind == Deployed:
		return 4
	case s.Kind == Released:
		return 5
	case s.Selector.MainBranch:
		return 6
	case s.Branch != "":
		return 1
	case s.Selector.Tag != "" && s.Selector.Latest:
		return 2
	case s.Selector.Tag != "":
		return 3
	default:
		return 0
	}
}

// fillContents loads the bodies of all pacts at once.
func (b *Broker) fillContents(ctx context.Context, pacts []VerifiablePact) error {
	if len(pacts) == 0 {
		return nil
	}
	ids := make([]int64, len(pacts))
	for i, p := range pacts {
		ids[i] = p.ContentID
	}
	contents, err := b.store.Contents(ctx, ContentFilter{IDs: ids})
	if err != nil {
		return err
	}
	bodies := make(map[int64][]byte, len(contents))
	for _, c := range contents {
		bodies[c.ID] = c.Body
	}
	for i := range pacts {
		doc, err := ParsePact("", bodies[pacts[i].ContentID])
		if err != nil {
			return err
		}
		pacts[i].Content = doc.WithIDs()
	}
	return nil
}
