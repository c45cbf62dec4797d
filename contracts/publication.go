package contracts

import (
	"context"
)

// Publication is the pacts of one version of a consumer.
type Publication struct {
	Consumer  string // read from the contracts when empty
	Version   string
	Branch    string
	Tags      []string
	BuildURL  string
	Contracts []Contract
	// Merge adds the interactions to a pact the version has published already, and
	// takes several pacts with one provider together. Tests that run in parts need it.
	Merge bool
	// Lenient accepts any JSON as a pact, as the Pact Broker does.
	Lenient bool
	// RefuseSimilar refuses to make a service known whose name reads like that of
	// another: most often it is the same one, spelt otherwise.
	RefuseSimilar bool
}

// Contract is one pact to publish. File names its source in messages.
type Contract struct {
	File     string
	Consumer string // both are read from Content when empty, and must match it otherwise
	Provider string
	Content  []byte
	// Overwrite makes a new revision of a pact whose content differs, where
	// otherwise there is a conflict.
	Overwrite bool
}

// Published is what a publication did.
type Published struct {
	Consumer  string
	Version   string
	Branch    string
	Tags      []string
	Created   bool // the version was new
	Contracts []PublishedContract
	Notices   []string // what to do next, in sentences
}

// PublishedContract is what happened to one pact.
type PublishedContract struct {
	Consumer     string
	Provider     string
	SHA          string
	Interactions int
	Created      bool     // this version had no pact with the provider before
	Changed      bool     // the content differs from the one published before it
	Replaced     bool     // this version had another content with the provider before
	First        bool     // no version had a pact with the provider before
	Changes      []Change // the lines of versions whose content changed with this one
	Verified     bool     // the provider has verified some pact of this consumer
}

// Change says that a pact differs from the one before it on the same line of
// versions: those with a tag, or those without any.
type Change struct {
	Tag   string // "" for versions without tags
	First bool   // there was none before it
}

// parsedContract is a contract that may be stored.
type parsedContract struct {
	Contract
	doc *Document
}

// Publish stores the pacts of a version: all of them, or none. The same content
// again changes nothing; other content for a version that has a pact already is
// a conflict, because a verdict about the old content would pass for the new.
func (b *Broker) Publish(ctx context.Context, p Publication) (Published, error) {
	consumer, list, err := parseContracts(p)
	if err != nil {
		return Published{}, err
	}
	p.Consumer = consumer
	if err := checkPublication(p); err != nil {
		return Published{}, err
	}
	out := Published{Consumer: p.Consumer, Version: p.Version, Branch: p.Branch, Tags: p.Tags}
	err = b.unit.InTx(ctx, func(ctx context.Context) error { return b.save(ctx, p, list, &out) })
	if err != nil {
		return Published{}, err
	}
	out.Notices = publishedNotices(out)
	return out, nil
}

// changes compares a pact with the one before it, per tag of its version, or among
// versions without tags.
func (b *Broker) changes(ctx context.Context, v Version, providerID int64, sha string, tags []string) ([]Change, error) {
	lines := tags
	if len(lines) == 0 {
		lines = []string{""}
	}
	before := make([][]Pact, len(lines))
	asks := make([]func(ctx context.Context) error, len(lines))
	for i, tag := range lines {
		asks[i] = func(ctx context.Context) (err error) {
			before[i], err = b.store.Pacts(ctx, PactFilter{
				ConsumerIDs: []int64{v.PacticipantID}, ProviderIDs: []int64{providerID},
				Tag: tag, Untagged: tag == "", BeforeVersionID: v.ID, Latest: true, Short: true,
			})
			return err
		}
	}
	if err := b.store.Together(ctx, asks...); err != nil {
		return nil, err
	}
	var out []Change
	for i, tag := range lines {
		if len(before[i]) == 0 || before[i][0].SHA != sha {
			out = append(out, Change{tag, len(before[i]) == 0})
		}
	}
	return out, nil
}

// pactsOf returns the current pacts of consumer versions with a provider.
func (b *Broker) pactsOf(ctx context.Context, versions []Version, providerID int64) ([]Pact, error) {
	if len(versions) == 0 {
		return nil, nil
	}
	return b.store.Pacts(ctx, PactFilter{ConsumerVersionIDs: versionIDs(versions), ProviderIDs: []int64{providerID}})
}

func versionIDs(versions []Version) []int64 {
	ids := make([]int64, len(versions))
	for i, v := range versions {
		ids[i] = v.ID
	}
	return ids
}
