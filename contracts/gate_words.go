package contracts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// How a verification is incomplete: what it lacks, or what speaks against it.
const (
	withoutAll   = " without a result for every interaction"
	contradicted = " and called it a success, but its own results name a failure"
)

// nameInteractions adds which interactions failed, or have no result.
func (g *gate) nameInteractions(ctx context.Context) error {
	var list []Verification
	var at []int
	for i, f := range g.findings {
		if f.Rule == RuleBroken || f.Rule == RuleIncomplete {
			list = append(list, Verification{ID: f.VerificationID})
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
		r := &g.findings[i].Reason
		failed, _ := count(list[n].Interactions)
		for _, in := range list[n].Interactions {
			if in.Status == Failed || (r.Verdict == Unknown && failed == 0 && in.Status != Passed) {
				r.Interactions = append(r.Interactions, in.Description)
			}
		}
		if r.Verdict == Unknown && failed > 0 {
			r.Text = strings.Replace(r.Text, withoutAll, contradicted, 1)
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

func publishCommand(service, version string) string {
	return fmt.Sprintf("platform contracts publish pacts --service %s --version %s", quote(service), quote(version))
}

// ExplainCommand tells everything about the answer of a question that names a
// version and an environment.
func (q Question) ExplainCommand() string {
	return fmt.Sprintf("platform contracts explain --service %s --version %s --environment %s", quote(q.Service), quote(q.Version), quote(q.Environment))
}

func verifyCommand(provider, version string) string {
	return fmt.Sprintf("platform contracts verify --provider %s --provider-url URL --version %s", quote(provider), quote(version))
}

// answer sums up.
func (g *gate) answer() Answer {
	a := Answer{
		Service: g.q.Service, Version: cmp.Or(g.version.Number, g.q.Version), Environment: g.q.Environment, Verdict: Yes,
		MaxAge: g.maxAge(), Rules: g.rules, Warnings: g.warnings, AskedAt: g.now,
	}
	counts := map[Verdict]int{}
	ignored := 0
	order := make([]*Reason, len(g.findings)) // reasons are large: they are not moved about
	for i := range g.findings {
		f := &g.findings[i]
		order[i] = &f.Reason
		if f.IgnoredBy != nil {
			ignored++
			continue
		}
		a.Verdict = worse(a.Verdict, f.Verdict)
		counts[f.Verdict]++
	}
	slices.SortStableFunc(order, func(x, y *Reason) int {
		return cmp.Or(cmp.Compare(x.rank(), y.rank()), strings.Compare(x.Consumer, y.Consumer), strings.Compare(x.Provider, y.Provider))
	})
	a.Reasons = make([]Reason, len(order))
	for i, r := range order {
		a.Reasons[i] = *r
	}
	a.Summary = g.summary(a.Verdict, counts, ignored)
	return a
}

// rank orders reasons by how much they weigh.
func (r *Reason) rank() int {
	switch {
	case r.IgnoredBy != nil:
		return 4
	case r.Verdict == No:
		return 0
	case r.Rule == RuleNothingVerified: // what is known of single pacts says more
		return 2
	case r.Verdict == Unknown:
		return 1
	}
	return 3
}

func (g *gate) summary(v Verdict, counts map[Verdict]int, ignored int) string {
	what := g.q.Service + g.q.chosen()
	if number := cmp.Or(g.version.Number, g.q.Version); number != "" {
		what = g.q.Service + " " + number
	}
	may, why := fmt.Sprintf("%s may %s", what, g.to.joining()), plural(counts[Yes], "pact is kept", "pacts are kept")
	switch {
	case v == No:
		may = fmt.Sprintf("%s must not %s", what, g.to.joining())
		why = plural(counts[No], "pact is broken", "pacts are broken")
	case v == Unknown:
		may = "Nobody can tell yet whether " + may
		why = plural(counts[Unknown], "thing is unknown", "things are unknown")
	case counts[Yes] == 0:
		why = "no contract stands in its way"
	}
	if ignored > 0 {
		why += ", " + plural(ignored, "reason is ignored", "reasons are ignored")
	}
	return may + ": " + why + "."
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
