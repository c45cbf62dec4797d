package contracts

import (
	"cmp"
	"context"
)

// RecordClaim stores a result as the Pact Broker does: the client's word decides,
// and results per interaction are kept when it sent any. A list without results,
// unlike none at all, says that nothing ran. A success that its own results do not
// bear out, because one of them is no pass or an interaction has none, is
// incomplete.
func (b *Broker) RecordClaim(ctx context.Context, v Verification) (Verification, error) {
	err := b.add(ctx, func(ctx context.Context) error {
		content, err := b.Content(ctx, v.Consumer, v.Provider, v.PactSHA)
		if err != nil {
			return err
		}
		if v.Interactions != nil {
			doc, err := ParsePact("", content.Body)
			if err != nil {
				return err
			}
			v.Interactions = claimed(doc.People(), v.Interactions)
			failed, unknown := count(v.Interactions)
			v.Incomplete = v.Success && failed+unknown > 0
		}
		return b.insertVerification(ctx, &v, content)
	})
	return v, err
}

// claimed returns one result per interaction of the pact, in its order, and behind
// them what did not pass and is about none of them. Clients test an interaction in
// several steps, or name one result for two interactions that say the same: a
// result counts for every interaction it is about, and of several the worst does.
func claimed(interactions []Interaction, results []InteractionResult) []InteractionResult {
	groups, order := group(interactions, results)
	out := make([]InteractionResult, 0, len(interactions))
	for _, in := range interactions {
		result := InteractionResult{ID: in.ID, Description: in.Description, State: join(in.States), Pending: in.Pending}
		for _, about := range [...]subject{{id: in.ID}, {description: in.Description, state: result.State}, {description: in.Description, anyState: true}} {
			if g := groups[about]; g != nil {
				result.Status, g.used = worseResult(result.Status, g.Status), true
				result.Mismatches = append(result.Mismatches, g.Mismatches...)
				g.Mismatches = nil // told once, however many interactions say the same
			}
		}
		result.Status = cmp.Or(result.Status, StatusUnknown)
		out = append(out, result)
	}
	for _, about := range order {
		if g := groups[about]; !g.used && g.Status != Passed {
			if g.Description == "" {
				g.Description = "interaction " + g.ID
			}
			out = append(out, g.InteractionResult)
		}
	}
	return out
}

// subject is what a result is about: an interaction by id, else by description and
// state, else by description alone.
type subject struct {
	id, description, state string
	anyState               bool
}

type resultGroup struct {
	InteractionResult

	used bool
}

// group joins the results about the same subject, and lists the subjects in the
// order they came. A state that no interaction with the description has is one in
// the client's own words, so the description has to do.
func group(interactions []Interaction, results []InteractionResult) (map[subject]*resultGroup, []subject) {
	exact := make(map[subject]bool, len(interactions))
	for _, in := range interactions {
		exact[subject{description: in.Description, state: join(in.States)}] = true
	}
	groups := make(map[subject]*resultGroup, len(results))
	var order []subject
	for _, r := range results {
		about := subject{id: r.ID}
		if r.ID == "" {
			about = subject{description: r.Description, state: r.State}
			if !exact[about] {
				about = subject{description: r.Description, anyState: true}
			}
		}
		g := groups[about]
		if g == nil {
			g = &resultGroup{InteractionResult: InteractionResult{ID: r.ID, Description: r.Description, State: r.State}}
			groups[about] = g
			order = append(order, about)
		}
		g.Status = worseResult(g.Status, r.Status)
		g.Mismatches = append(g.Mismatches, r.Mismatches...)
	}
	return groups, order
}

// worseResult returns the status that weighs more; none weighs nothing.
func worseResult(a, b string) string {
	weight := func(status string) int {
		switch status {
		case "":
			return 0
		case Passed:
			return 1
		case Failed:
			return 3
		default:
			return 2
		}
	}
	if weight(b) > weight(a) {
		return b
	}
	return a
}
