package contracts

import (
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

func parseContracts(p Publication) (consumer string, list []parsedContract, err error) {
	consumer = p.Consumer
	seen := map[string]string{}
	for _, c := range p.Contracts {
		doc, err := ParsePact(c.File, c.Content)
		if err != nil {
			return "", nil, err
		}
		if !p.Lenient {
			if err := doc.Check(c.File); err != nil {
				return "", nil, err
			}
		}
		c.Consumer, c.Provider = firstOf(c.Consumer, doc.Consumer), firstOf(c.Provider, doc.Provider)
		consumer = firstOf(consumer, c.Consumer)
		if err := checkNames(c, doc, consumer); err != nil {
			return "", nil, err
		}
		at := slices.IndexFunc(list, func(other parsedContract) bool { return other.Provider == c.Provider })
		if at >= 0 && list[at].doc.SHA == doc.SHA {
			continue // said twice
		}
		if before, twice := seen[c.Provider]; twice && p.Merge {
			if list[at], err = list[at].merged(c.Content, false); err != nil {
				return "", nil, err
			}
			continue
		} else if twice {
			return "", nil, fault.New(fault.Invalid, "%s and %s are both pacts between %s and %s.", before, orPact(c.File), consumer, c.Provider).
				WithHint("A version has one pact per provider: publish only one, or merge them with --merge.")
		}
		seen[c.Provider] = orPact(c.File)
		list = append(list, parsedContract{c, doc})
	}
	return consumer, list, nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// checkNames compares the names in the pact with those it is published under.
func checkNames(c Contract, doc *Document, consumer string) error {
	name := orPact(c.File)
	bad := fault.New(fault.Invalid, "%s is a pact between other services than it is published for.", name)
	if doc.Consumer != "" && doc.Consumer != consumer {
		bad = bad.WithField(name+"#/consumer/name", "is %q, but the publication is for %q", doc.Consumer, consumer)
	}
	if c.Consumer != consumer {
		bad = bad.WithField(name+"#/consumer/name", "is %q, but the publication is for %q", c.Consumer, consumer)
	}
	if doc.Provider != "" && doc.Provider != c.Provider {
		bad = bad.WithField(name+"#/provider/name", "is %q, but the pact is published for %q", doc.Provider, c.Provider)
	}
	if len(bad.Fields) > 0 {
		return bad.WithHint("Publish the pacts of one consumer at a time, under the name its tests use: %q.", firstOf(doc.Consumer, c.Consumer))
	}
	return nil
}

func checkPublication(p Publication) error {
	bad := fault.New(fault.Invalid, "These pacts cannot be published.")
	if p.Consumer == "" {
		bad = bad.WithField("consumer", "is missing")
	}
	if strings.TrimSpace(p.Version) == "" {
		bad = bad.WithField("version", "is missing; use the commit, for example $(git rev-parse HEAD)")
	}
	if len(p.Contracts) == 0 && !p.Lenient {
		bad = bad.WithField("contracts", "are missing; a publication has at least one pact")
	}
	for _, tag := range p.Tags {
		if strings.TrimSpace(tag) == "" {
			bad = bad.WithField("tags", "must not be empty")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}
