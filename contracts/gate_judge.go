package contracts

import (
	"fmt"
	"slices"
	"time"
)

// judge compares the version with everything it would meet.
func (g *gate) judge() {
	g.findings = slices.Grow(g.findings, len(g.meetings)+2)
	promised := false
	for i := range g.meetings {
		m := &g.meetings[i]
		if m.Promised {
			promised = true
			g.judgeProvider(m)
		} else {
			g.judgeConsumer(m)
		}
	}
	g.judgeAlone(promised)
}

// judgeAlone asks whether the version itself has done what the service does:
// publish pacts, verify them.
func (g *gate) judgeAlone(promised bool) {
	promised = g.judgeWithdrawn() || promised
	if len(g.providers) > 0 && !promised {
		names, about := make([]string, len(g.providers)), make([]counterpart, len(g.providers))
		for i, p := range g.providers {
			names[i], about[i] = p.Provider, counterpart{service: p.Provider}
		}
		g.unknown(RuleNothingPublished, Reason{
			Text:     fmt.Sprintf("%s has pacts with %s, but version %s published none.", g.service.Name, join(names), g.version.Number),
			Next:     publishCommand(g.service.Name, g.version.Number),
			Consumer: g.service.Name, ConsumerVersion: g.version.Number,
		}, about...)
	}
	if len(g.consumers) > 0 && !g.verifies {
		about := make([]counterpart, len(g.consumers))
		for i, c := range g.consumers {
			about[i] = counterpart{service: c.Consumer}
		}
		g.unknown(RuleNothingVerified, Reason{
			Text:     fmt.Sprintf("Version %s of %s has not verified any pact.", g.version.Number, g.service.Name),
			Next:     verifyCommand(g.service.Name, g.version.Number),
			Provider: g.service.Name, ProviderVersion: g.version.Number,
		}, about...)
	}
}

// judgeProvider compares a pact of the version with a version of its provider, or
// with none.
func (g *gate) judgeProvider(m *met) {
	r := Reason{
		Consumer: g.service.Name, ConsumerVersion: g.version.Number, Provider: m.There.Service, ProviderVersion: m.There.Version,
		There: m.places, SHA: m.SHA, PublishedAt: m.PublishedAt,
	}
	if m.There.VersionID == 0 {
		r.Text = fmt.Sprintf("%s %s needs %s, and no version of %s %s.", r.Consumer, r.ConsumerVersion, r.Provider, r.Provider, g.to.nowhere())
		r.Next = g.to.placing(r.Provider, g.branches[m.There.PacticipantID])
		g.unknown(RuleNowhere, r, counterpart{service: r.Provider})
		return
	}
	g.compare(m, r, counterpart{r.Provider, r.ProviderVersion})
}

// judgeConsumer compares the version with a version of a consumer.
func (g *gate) judgeConsumer(m *met) {
	r := Reason{
		Consumer: m.There.Service, ConsumerVersion: m.There.Version, Provider: g.service.Name, ProviderVersion: g.version.Number,
		There: m.places, SHA: m.SHA, PublishedAt: m.PublishedAt,
	}
	about := counterpart{r.Consumer, r.ConsumerVersion}
	if m.ContentID == 0 {
		r.Next = publishCommand(r.Consumer, r.ConsumerVersion)
		if w, had := g.withdrawnBy(m.There.VersionID, r.Provider); had {
			r.Text = fmt.Sprintf("%s %s %s, and its pact with %s was deleted on %s.", r.Consumer, r.ConsumerVersion, g.to.is(), r.Provider, w.DeletedAt.Format(time.DateOnly))
			g.unknown(RuleWithdrawn, r, about)
			return
		}
		r.Text = fmt.Sprintf("%s %s %s and has published no pact with %s.", r.Consumer, r.ConsumerVersion, g.to.is(), r.Provider)
		g.unknown(RuleNoPact, r, about)
		return
	}
	g.compare(m, r, about)
}

// compare turns a verdict, or that there is none, into a reason. about is the side
// that is there already, if one is.
func (g *gate) compare(m *met, r Reason, about counterpart) {
	consumer, provider := r.Consumer+" "+r.ConsumerVersion, r.Provider+" "+r.ProviderVersion
	switch in := " (" + g.to.in() + ")"; about.service {
	case g.service.Name: // it talks to itself: what is to come is not there yet
		if !m.Promised {
			consumer += in
		}
	case r.Provider:
		provider += in
	default:
		consumer += in
	}
	r.VerificationID, r.VerifiedAt = m.VerificationID, m.VerifiedAt
	r.Verdict = verdict(m.Success, m.Incomplete)
	switch {
	case m.VerificationID == 0:
		r.Verdict, r.Rule = Unknown, RuleNotVerified
		r.Text = fmt.Sprintf("%s has not verified the pact of %s.", provider, consumer)
	case r.Verdict == No:
		r.Rule = RuleBroken
		r.Text = fmt.Sprintf("%s breaks the pact of %s.", provider, consumer)
		r.Next = fmt.Sprintf(`platform contracts verify --provider %s --provider-url URL --version "$(git rev-parse HEAD)"`, quote(r.Provider))
	case r.Verdict == Unknown:
		r.Rule = RuleIncomplete
		r.Text = fmt.Sprintf("%s has verified the pact of %s%s.", provider, consumer, withoutAll)
	case g.maxAge() > 0 && g.now.Sub(m.VerifiedAt) > g.maxAge():
		r.Verdict, r.Rule = Unknown, RuleTooOld
		r.Text = fmt.Sprintf("%s verified the pact of %s too long ago, on %s.", provider, consumer, m.VerifiedAt.Format(time.DateOnly))
	default:
		r.Rule = RuleKept
		r.Text = provider + " keeps the pact of " + consumer + "."
	}
	if r.Rule != RuleKept && r.Next == "" {
		r.Next = verifyCommand(r.Provider, r.ProviderVersion)
	}
	g.findings = append(g.findings, finding{r, []counterpart{about}})
}
