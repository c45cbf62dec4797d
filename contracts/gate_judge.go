package contracts

import (
	"fmt"
	"time"
)

// contractKey addresses a publication, and a verification of it.
type contractKey struct{ consumerVersion, provider, providerVersion int64 }

// judge compares the version with everything it would meet.
func (g *gate) judge() {
	verified := make(map[contractKey]Row, len(g.rows))
	published := make(map[contractKey]Row, len(g.rows))
	for _, r := range g.rows {
		published[contractKey{r.ConsumerVersionID, r.ProviderID, 0}] = r
		if r.VerificationID != 0 {
			verified[contractKey{r.ConsumerVersionID, r.ProviderID, r.ProviderVersionID}] = r
		}
	}
	for _, p := range g.promises {
		g.judgeProvider(p, verified)
	}
	for _, c := range g.consumers {
		if c.ConsumerID != g.service.ID { // promises to itself are judged above
			g.judgeConsumer(c, published, verified)
		}
	}
	if len(g.providers) > 0 && len(g.promises) == 0 {
		g.unknown(Reason{
			Text:     fmt.Sprintf("%s has pacts with %s, but version %s published none.", g.service.Name, join(providerNames(g.providers)), g.version.Number),
			Next:     g.publish(g.service.Name, g.version.Number),
			Consumer: g.service.Name, ConsumerVersion: g.version.Number,
		})
	}
	if len(g.consumers) > 0 && !g.verifies {
		g.unknown(Reason{
			Text:     fmt.Sprintf("Version %s of %s has not verified any pact.", g.version.Number, g.service.Name),
			Next:     g.verify(g.service.Name, g.version.Number),
			Provider: g.service.Name, ProviderVersion: g.version.Number,
		})
	}
}

func providerNames(list []Integration) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Provider
	}
	return names
}

// judgeProvider compares a pact of the version with the provider's versions that
// are there.
func (g *gate) judgeProvider(p Pact, verified map[contractKey]Row) {
	there := g.running[p.ProviderID]
	if len(there) == 0 {
		g.unknown(Reason{
			Text: fmt.Sprintf("%s %s needs %s, and no version of %s is recorded in %s.", p.Consumer, p.ConsumerVersion, p.Provider, p.Provider, g.q.Environment),
			Next: fmt.Sprintf("platform contracts record-deployment --service %s --version VERSION --environment %s",
				quote(p.Provider), quote(g.q.Environment)),
			Consumer: p.Consumer, ConsumerVersion: p.ConsumerVersion, Provider: p.Provider,
		})
	}
	for _, d := range there {
		row, found := verified[contractKey{p.ConsumerVersionID, p.ProviderID, d.VersionID}]
		g.compare(row, found, Reason{
			Consumer: p.Consumer, ConsumerVersion: p.ConsumerVersion, Provider: p.Provider, ProviderVersion: d.Version,
		}, "provider")
	}
}

// judgeConsumer compares the version with the consumer's versions that are there.
func (g *gate) judgeConsumer(c Integration, published, verified map[contractKey]Row) {
	for _, d := range g.running[c.ConsumerID] {
		r := Reason{Consumer: c.Consumer, ConsumerVersion: d.Version, Provider: g.service.Name, ProviderVersion: g.version.Number}
		if _, ok := published[contractKey{d.VersionID, g.service.ID, 0}]; !ok {
			r.Text = fmt.Sprintf("%s %s is in %s and has published no pact with %s.", c.Consumer, d.Version, g.q.Environment, g.service.Name)
			r.Next = g.publish(c.Consumer, d.Version)
			g.unknown(r)
			continue
		}
		row, found := verified[contractKey{d.VersionID, g.service.ID, g.version.ID}]
		g.compare(row, found, r, "consumer")
	}
}

// compare turns a row into a reason. there says which side is in the environment
// already.
func (g *gate) compare(row Row, found bool, r Reason, there string) {
	consumer, provider := r.Consumer+" "+r.ConsumerVersion, r.Provider+" "+r.ProviderVersion
	if in := " (in " + g.q.Environment + ")"; there == "provider" {
		provider += in
	} else {
		consumer += in
	}
	r.Next = g.verify(r.Provider, r.ProviderVersion)
	if !found {
		r.Verdict = Unknown
		r.Text = fmt.Sprintf("%s has not verified the pact of %s.", provider, consumer)
		g.add(r, 0)
		return
	}
	r.VerifiedAt = row.VerifiedAt
	r.Verdict = verdict(row.Success, row.Incomplete)
	switch {
	case r.Verdict == No:
		r.Text = fmt.Sprintf("%s breaks the pact of %s.", provider, consumer)
		r.Next = fmt.Sprintf(`platform contracts verify --provider %s --provider-url URL --version "$(git rev-parse HEAD)"`, quote(r.Provider))
	case r.Verdict == Unknown:
		r.Text = fmt.Sprintf("%s has verified the pact of %s without a result for every interaction.", provider, consumer)
	case g.q.MaxAge > 0 && g.now.Sub(row.VerifiedAt) > g.q.MaxAge:
		r.Verdict = Unknown
		r.Text = fmt.Sprintf("%s verified the pact of %s too long ago, on %s.", provider, consumer, row.VerifiedAt.Format(time.DateOnly))
	default:
		r.Text = fmt.Sprintf("%s keeps the pact of %s.", provider, consumer)
		r.Next = ""
	}
	g.add(r, row.VerificationID)
}

func (g *gate) unknown(r Reason) {
	r.Verdict = Unknown
	g.add(r, 0)
}

func (g *gate) add(r Reason, verification int64) {
	g.reasons = append(g.reasons, r)
	g.checked = append(g.checked, verification)
}
