package contracts

import (
	"fmt"
	"slices"
)

// RuleUse is an ignore rule that is about some of an answer's reasons.
type RuleUse struct {
	IgnoreRule
	Expired bool // it counted no longer
	Reasons int  // how many it ignored, alone or with others, or would have
}

// ignore marks what rules ignore: the question's own first, then stored ones. An
// expired rule is only told about, and only where it would have helped.
func (g *gate) ignore() {
	uses := make([]RuleUse, 0, len(g.q.Ignore)+len(g.stored))
	for _, r := range slices.Concat(g.q.Ignore, g.stored) {
		uses = append(uses, RuleUse{IgnoreRule: r, Expired: r.Expired(g.now)})
	}
	for i := range g.findings {
		g.ignoreFinding(&g.findings[i], uses)
	}
	for _, use := range uses {
		switch {
		case use.Reasons > 0:
			g.rules = append(g.rules, use)
		case use.ID == "":
			g.warnings = append(g.warnings, g.changedNothing(use.IgnoreRule, uses))
		}
	}
}

// ignoreFinding marks a finding when each service that it is about is ignored by some
// rule, and otherwise counts the expired rules with which that would be so.
func (g *gate) ignoreFinding(f *finding, uses []RuleUse) {
	by, rest := g.rulesFor(f.about, uses, false)
	switch {
	case len(rest) == 0 && len(by) > 0:
		f.IgnoredBy = &uses[by[0]].IgnoreRule
		for _, i := range by {
			uses[i].Reasons++
		}
	case f.Verdict != Yes:
		expired, rest := g.rulesFor(rest, uses, true)
		if len(rest) > 0 {
			return
		}
		for _, i := range expired {
			uses[i].Reasons++
		}
	}
}

// rulesFor returns which rules, expired ones or others, ignore any of the services,
// and the services that none ignores. A rule that adds nothing to those before it is
// not among them.
func (g *gate) rulesFor(about []counterpart, uses []RuleUse, expired bool) (by []int, rest []counterpart) {
	rest = about
	for i := range uses {
		covered := func(c counterpart) bool { return c.service != g.service.Name && uses[i].covers(c) }
		if uses[i].Expired == expired && slices.ContainsFunc(rest, covered) {
			by, rest = append(by, i), slices.DeleteFunc(slices.Clone(rest), covered)
		}
	}
	return by, rest
}

func (r IgnoreRule) covers(c counterpart) bool {
	return r.Service == c.service && (r.Version == "" || r.Version == c.version)
}

// changedNothing says why a rule of the question ignored nothing.
func (g *gate) changedNothing(r IgnoreRule, uses []RuleUse) string {
	why := ""
	for i := range g.findings {
		f := &g.findings[i]
		if !slices.ContainsFunc(f.about, r.covers) {
			continue
		}
		if f.IgnoredBy != nil {
			why = "ignored already"
			continue
		}
		_, rest := g.rulesFor(f.about, uses, false)
		names := make([]string, len(rest))
		for i, c := range rest {
			names[i] = c.service
		}
		why = "about " + join(names) + ", too"
		break
	}
	if why == "" {
		return fmt.Sprintf("Nothing here is about %s, so ignoring it changed nothing.", r.Subject())
	}
	return fmt.Sprintf("Ignoring %s changed nothing: what is about it is %s.", r.Subject(), why)
}
