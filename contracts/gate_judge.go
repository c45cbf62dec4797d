package contracts

import (
	"fmt"
	"slices"
	"time"
)

// contractKey addresses a publication, and a verification of it.
type contractKey struct{ consumerVersion, provider, providerVersion int64 }

// judge compares the version with everything it would meet.
func (g *gate) judge() {
	verified := make(map[contractKey]*Row, len(g.rows))
	published := make(map[contractKey]*Row, len(g.rows))
	for i := range g.rows {
		r := &g.rows[i]
		published[contractKey{r.ConsumerVersionID, r.ProviderID, 0}] = r
		if r.VerificationID != 0 {
			verified[contractKey{r.ConsumerVersionID, r.ProviderID, r.ProviderVersionID}] = r
		}
	}
	g.findings = slices.Grow(g.findings, len(g.rows))
	for _, p := range g.promises {
		g.judgeProvider(p, verified)
	}
	for _, c := range g.consumers {
		if c.ConsumerID != g.service.ID { // promises to itself are judged above
			g.judgeConsumer(c, published, verified)
		}
	}
	g.judgeAlone()
}

// judgeAlone asks whether the version itself has done what the service does:
// publish pacts, verify them.
func (g *gate) judgeAlone() {
	if len(g.providers) > 0 && len(g.promises) == 0 {
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

// judgeProvider compares a pact of the version with the provider's versions that
// are there.
func (g *gate) judgeProvider(p Pact, verified map[contractKey]*Row) {
	there := g.running[p.ProviderID]
	reason := Reason{Consumer: p.Consumer, ConsumerVersion: p.ConsumerVersion, Provider: p.Provider, SHA: p.SHA, PublishedAt: p.CreatedAt}
	if len(there) == 0 {
		reason.Text = fmt.Sprintf("%s %s needs %s, and no version of %s %s.", p.Consumer, p.ConsumerVersion, p.Provider, p.Provider, g.to.nowhere())
		reason.Next = g.to.placing(p.Provider, g.branches[p.ProviderID])
		g.unknown(RuleNowhere, reason, counterpart{service: p.Provider})
	}
	for _, v := range there {
		r := reason
		r.ProviderVersion, r.There = v.number, v.places
		g.compare(verified[contractKey{p.ConsumerVersionID, p.ProviderID, v.id}], r, counterpart{p.Provider, v.number})
	}
}

// judgeConsumer compares the version with the consumer's versions that are there.
func (g *gate) judgeConsumer(c Integration, published, verified map[contractKey]*Row) {
	for _, v := range g.running[c.ConsumerID] {
		r := Reason{
			Consumer: c.Consumer, ConsumerVersion: v.number, Provider: g.service.Name, ProviderVersion: g.version.Number, There: v.places,
		}
		about := counterpart{c.Consumer, v.number}
		pact, ok := published[contractKey{v.id, g.service.ID, 0}]
		if !ok {
			r.Text = fmt.Sprintf("%s %s %s and has published no pact with %s.", c.Consumer, v.number, g.to.is(), g.service.Name)
			r.Next = publishCommand(c.Consumer, v.number)
			g.unknown(RuleNoPact, r, about)
			continue
		}
		r.SHA, r.PublishedAt = pact.SHA, pact.PublishedAt
		g.compare(verified[contractKey{v.id, g.service.ID, g.version.ID}], r, about)
	}
}

// compare turns a row, or that there is none, into a reason. about is the side that
// is there already.
func (g *gate) compare(row *Row, r Reason, about counterpart) {
	found := row != nil
	if !found {
		row = &Row{}
	}
	consumer, provider := r.Consumer+" "+r.ConsumerVersion, r.Provider+" "+r.ProviderVersion
	if in := " (" + g.to.in() + ")"; about.service == r.Provider {
		provider += in
	} else {
		consumer += in
	}
	r.VerificationID, r.VerifiedAt = row.VerificationID, row.VerifiedAt
	r.Verdict = verdict(row.Success, row.Incomplete)
	switch {
	case !found:
		r.Verdict, r.Rule = Unknown, RuleNotVerified
		r.Text = fmt.Sprintf("%s has not verified the pact of %s.", provider, consumer)
	case r.Verdict == No:
		r.Rule = RuleBroken
		r.Text = fmt.Sprintf("%s breaks the pact of %s.", provider, consumer)
		r.Next = fmt.Sprintf(`platform contracts verify --provider %s --provider-url URL --version "$(git rev-parse HEAD)"`, quote(r.Provider))
	case r.Verdict == Unknown:
		r.Rule = RuleIncomplete
		r.Text = fmt.Sprintf("%s has verified the pact of %s without a result for every interaction.", provider, consumer)
	case g.maxAge() > 0 && g.now.Sub(row.VerifiedAt) > g.maxAge():
		r.Verdict, r.Rule = Unknown, RuleTooOld
		r.Text = fmt.Sprintf("%s verified the pact of %s too long ago, on %s.", provider, consumer, row.VerifiedAt.Format(time.DateOnly))
	default:
		r.Rule = RuleKept
		r.Text = provider + " keeps the pact of " + consumer + "."
	}
	if r.Rule != RuleKept && r.Next == "" {
		r.Next = verifyCommand(r.Provider, r.ProviderVersion)
	}
	g.findings = append(g.findings, finding{r, []counterpart{about}})
}
