package contracts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// What somebody asks for and there is not: which of the words is wrong, what it is
// like, and a command that was tried, so that it works as it stands.

// Known is fault.NotFound for a service that nobody has named.
func (b *Broker) Known(ctx context.Context, service string) error {
	_, found, err := b.findPacticipant(ctx, service)
	if err != nil || found {
		return err
	}
	near, err := b.similarNames(ctx, service)
	if err != nil {
		return err
	}
	missing := fault.New(fault.NotFound, "No service called %s has published or verified a contract.", service)
	if len(near) == 0 {
		return missing.WithHint("See all contracts: platform contracts list")
	}
	return missing.WithHint("Did you mean %s? Its contracts: platform contracts list --service %s", strings.Join(near, ", "), quote(near[0]))
}

// notKnown adds to a fault that a word is wrong.
func notKnown(f *fault.Error, field, word string, near []string) *fault.Error {
	if len(near) == 0 {
		return f.WithField(field, "%q is not known", word)
	}
	return f.WithField(field, "%q is not known; similar: %s", word, strings.Join(near, ", "))
}

// noPair says why there is no contract between two services.
func (b *Broker) noPair(ctx context.Context, consumer, provider string) error {
	var unknown []string
	var meant [2][]string // which services each may be, nearest first
	words := [2]string{consumer, provider}
	for i, word := range words {
		_, found, err := b.findPacticipant(ctx, word)
		if err != nil {
			return err
		}
		if meant[i] = []string{word}; found {
			continue
		}
		unknown = append(unknown, word)
		if meant[i], err = b.similarNames(ctx, word); err != nil {
			return err
		}
	}
	missing := fault.New(fault.NotFound, "%s has no pact with %s.", consumer, provider)
	switch len(unknown) {
	case 1:
		missing.Message = fmt.Sprintf("No service called %s has published or verified a contract.", unknown[0])
	case 2:
		missing.Message = fmt.Sprintf("No service called %s has published or verified a contract, and none called %s.", unknown[0], unknown[1])
	}
	for i, field := range []string{"consumer", "provider"} {
		if slices.Contains(unknown, words[i]) {
			missing = notKnown(missing, field, words[i], meant[i])
		}
	}
	for _, pair := range [][2][]string{meant, {meant[1], meant[0]}} {
		c, p, found, err := b.nearestPair(ctx, pair[0], pair[1])
		if err != nil {
			return err
		}
		if found {
			return missing.WithHint("Did you mean this? %s", showCommand(c, p))
		}
	}
	for _, word := range words {
		if !slices.Contains(unknown, word) {
			return missing.WithHint("See the contracts of %s: platform contracts list --service %s", word, quote(word))
		}
	}
	return missing.WithHint("See all contracts: platform contracts list")
}

// nearestPair is the first of the consumers that has a pact with one of the
// providers.
func (b *Broker) nearestPair(ctx context.Context, consumers, providers []string) (consumer, provider string, found bool, err error) {
	for _, consumer := range consumers {
		for _, provider := range providers {
			pacts, err := b.PactsBetween(ctx, consumer, provider)
			if err != nil || len(pacts) > 0 {
				return consumer, provider, err == nil, err
			}
		}
	}
	return "", "", false, nil
}

// noSides says which versions and branches of a comparison there are not, if why is
// one of them. With what they are like it is tried again.
func (b *Broker) noSides(ctx context.Context, pacts []Pact, from, to Side, why error) error {
	consumer, provider := pacts[0].Consumer, pacts[0].Provider
	missing := fault.New(fault.NotFound, "%s", fault.From(why).Message)
	var says []string
	meant := [2]Side{from, to}
	for i, side := range meant {
		_, err := b.side(ctx, pacts, side)
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		says = append(says, fault.From(err).Message)
		near, known, err := b.nearSides(ctx, pacts, side)
		if err != nil {
			return err
		}
		if known {
			continue // and has no pact
		}
		field, word := [2]string{"from", "to"}[i], &meant[i].Version
		if side.Branch != "" {
			field, word = field+"_branch", &meant[i].Branch
		}
		missing = notKnown(missing, field, *word, near)
		if len(near) > 0 {
			*word = near[0]
		}
	}
	if len(says) > 0 {
		missing.Message = strings.Join(says, " ")
	}
	if from, to = meant[0], meant[1]; len(missing.Fields) > 0 {
		if _, _, err := b.sides(ctx, pacts, from, to); err == nil {
			return missing.WithHint("Did you mean this? %s", diffCommand(consumer, provider, from, to))
		}
	}
	return missing.WithHint("See which versions have a pact: %s", showCommand(consumer, provider))
}

// nearSides are the branches or the versions with a pact that are like that of a
// side, unless it is known.
func (b *Broker) nearSides(ctx context.Context, pacts []Pact, s Side) (near []string, known bool, err error) {
	of := []int64{pacts[0].ConsumerID}
	var names []string
	if s.Branch != "" {
		branches, err := b.store.Branches(ctx, of, "")
		for _, branch := range branches {
			names = append(names, branch.Name)
		}
		return similar(names, s.Branch), slices.Contains(names, s.Branch), err
	}
	versions, err := b.store.Versions(ctx, VersionFilter{PacticipantIDs: of, Numbers: []string{s.Version}})
	for _, p := range pacts {
		names = append(names, p.ConsumerVersion)
	}
	return similar(names, s.Version), len(versions) > 0, err
}

func showCommand(consumer, provider string) string {
	return fmt.Sprintf("platform contracts show %s %s", quote(consumer), quote(provider))
}

func diffCommand(consumer, provider string, from, to Side) string {
	words := []string{"platform contracts diff", quote(consumer), quote(provider)}
	for _, side := range []struct{ flag, word string }{
		{"--from", from.Version}, {"--from-branch", from.Branch}, {"--to", to.Version}, {"--to-branch", to.Branch},
	} {
		if side.word != "" {
			words = append(words, side.flag, quote(side.word))
		}
	}
	return strings.Join(words, " ")
}
