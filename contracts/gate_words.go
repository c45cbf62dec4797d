package contracts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// nameInteractions adds which interactions failed, or have no result.
func (g *gate) nameInteractions(ctx context.Context) error {
	var list []Verification
	var at []int
	for i, r := range g.reasons {
		if r.Verdict != Yes && g.checked[i] != 0 {
			list = append(list, Verification{ID: g.checked[i]})
			at = append(at, i)
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := g.b.store.VerificationDetails(ctx, list); err != nil {
		return err
	}
	for n, i := range at {
		r := &g.reasons[i]
		for _, in := range list[n].Interactions {
			if (r.Verdict == No && in.Status == Failed) || (r.Verdict == Unknown && in.Status != Passed) {
				r.Interactions = append(r.Interactions, in.Description)
			}
		}
		switch {
		case len(r.Interactions) == 0:
		case r.Verdict == No:
			r.Text = strings.TrimSuffix(r.Text, ".") + ": " + quotedList(r.Interactions) + " failed."
		default:
			r.Text = strings.TrimSuffix(r.Text, ".") + ": " + quotedList(r.Interactions) + "."
		}
	}
	return nil
}

// quotedList quotes a few of the words and counts the rest: the reason keeps
// them all.
func quotedList(words []string) string {
	const some = 5
	quoted := make([]string, 0, some+1)
	for _, w := range words[:min(some, len(words))] {
		quoted = append(quoted, `"`+w+`"`)
	}
	if len(words) > some {
		quoted = append(quoted, fmt.Sprintf("%d more", len(words)-some))
	}
	return join(quoted)
}

func (g *gate) publish(service, version string) string {
	return fmt.Sprintf("platform contracts publish pacts --service %s --version %s", quote(service), quote(version))
}

func (g *gate) verify(provider, version string) string {
	return fmt.Sprintf("platform contracts verify --provider %s --provider-url URL --version %s", quote(provider), quote(version))
}

// answer sums up.
func (g *gate) answer() Answer {
	a := Answer{Service: g.q.Service, Version: g.q.Version, Environment: g.q.Environment, Verdict: Yes, Reasons: g.reasons}
	counts := map[Verdict]int{}
	for _, r := range a.Reasons {
		a.Verdict = worse(a.Verdict, r.Verdict)
		counts[r.Verdict]++
	}
	order := map[Verdict]int{No: 0, Unknown: 1, Yes: 2}
	slices.SortStableFunc(a.Reasons, func(x, y Reason) int {
		return cmp.Or(cmp.Compare(order[x.Verdict], order[y.Verdict]), strings.Compare(x.Consumer, y.Consumer), strings.Compare(x.Provider, y.Provider))
	})
	what := fmt.Sprintf("%s %s", a.Service, a.Version)
	switch {
	case a.Verdict == No:
		a.Summary = fmt.Sprintf("%s must not go to %s: %s.", what, a.Environment, plural(counts[No], "pact is broken", "pacts are broken"))
	case a.Verdict == Unknown:
		a.Summary = fmt.Sprintf("Nobody can tell yet whether %s may go to %s: %s.", what, a.Environment, plural(counts[Unknown], "thing is unknown", "things are unknown"))
	case len(a.Reasons) == 0:
		a.Summary = fmt.Sprintf("%s may go to %s: no contract stands in its way.", what, a.Environment)
	default:
		a.Summary = fmt.Sprintf("%s may go to %s: %s.", what, a.Environment, plural(counts[Yes], "pact is kept", "pacts are kept"))
	}
	return a
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
