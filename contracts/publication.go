package contracts

import (
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
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

// save stores what was published in the transaction of ctx.
func (b *Broker) save(ctx context.Context, p Publication, list []parsedContract, out *Published) error {
	order := byProvider(list)
	names := []string{p.Consumer}
	for _, i := range order {
		names = append(names, list[i].Provider)
	}
	services, added, err := b.ensurePacticipants(ctx, names)
	if err != nil {
		return err
	}
	version, created, err := b.ensureVersionOf(ctx, services[0], p.Version, "", p.BuildURL)
	if err != nil {
		return err
	}
	out.Created, out.Contracts = created, make([]PublishedContract, len(list))
	var asks []func(ctx context.Context) error
	if p.Branch != "" {
		asks = append(asks, func(ctx context.Context) error {
			_, err := b.addToBranch(ctx, services[0], version, p.Branch)
			return err
		})
	}
	for at, i := range order {
		asks = append(asks, func(ctx context.Context) (err error) {
			out.Contracts[i], err = b.savePact(ctx, p, version, services[1+at], list[i])
			return err
		})
	}
	asks = append(asks, func(ctx context.Context) error { return b.tagVersion(ctx, version, p.Tags, p.Branch != "") })
	if err := b.store.Together(ctx, asks...); err != nil || !p.RefuseSimilar {
		return err
	}
	return b.refuseSimilar(ctx, added)
}

// ensurePacticipants makes services known, in the order of names, and returns
// which were not.
func (b *Broker) ensurePacticipants(ctx context.Context, list []string) (services []Pacticipant, added []string, err error) {
	services = make([]Pacticipant, len(list))
	asks := make([]func(ctx context.Context) error, len(list))
	for i, name := range list {
		asks[i] = func(ctx context.Context) error {
			p, isNew, err := b.ensurePacticipant(ctx, name)
			services[i], added = p, names(added, name, isNew)
			return err
		}
	}
	return services, added, b.store.Together(ctx, asks...)
}

// byProvider returns the order in which to store: two publications that share
// providers must lock them in the same order.
func byProvider(list []parsedContract) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(list[a].Provider, list[b].Provider) })
	return order
}

// savePact stores one pact of a version.
func (b *Broker) savePact(ctx context.Context, p Publication, v Version, provider Pacticipant, c parsedContract) (PublishedContract, error) {
	now := b.clock()
	if p.Merge {
		var err error
		if c, err = b.mergeStored(ctx, v, provider, c); err != nil {
			return PublishedContract{}, err
		}
	}
	out := PublishedContract{Consumer: p.Consumer, Provider: c.Provider, SHA: c.doc.SHA, Interactions: c.doc.Interactions}
	var before []Pact
	var contentID int64
	var changes []Change
	if err := b.store.Together(ctx,
		func(ctx context.Context) (err error) {
			before, err = b.store.Pacts(ctx, PactFilter{ConsumerIDs: []int64{v.PacticipantID}, ProviderIDs: []int64{provider.ID}, Latest: true, Short: true})
			return err
		},
		func(ctx context.Context) (err error) {
			contentID, _, err = b.store.EnsureContent(ctx, Content{
				ConsumerID: v.PacticipantID, ProviderID: provider.ID, SHA: c.doc.SHA, Body: c.Content, Interactions: c.doc.Interactions, CreatedAt: now,
			})
			return err
		},
		func(ctx context.Context) (err error) {
			out.Verified, err = b.store.EverVerified(ctx, v.PacticipantID, provider.ID)
			return err
		},
		func(ctx context.Context) (err error) {
			changes, err = b.changes(ctx, v, provider.ID, c.doc.SHA, p.Tags)
			return err
		},
	); err != nil {
		return out, err
	}
	out.First = len(before) == 0
	out.Changed = out.First || before[0].SHA != c.doc.SHA
	pact := Pact{
		ConsumerID: v.PacticipantID, ProviderID: provider.ID, ConsumerVersionID: v.ID, ContentID: contentID,
		Consumer: p.Consumer, Provider: c.Provider, ConsumerVersion: v.Number, SHA: c.doc.SHA, Revision: 1, CreatedAt: now,
	}
	var err error
	if out.Created, out.Replaced, err = b.insertPact(ctx, pact, c.Overwrite); err != nil {
		return out, err
	}
	if out.Created || c.Overwrite {
		out.Changes = changes
	}
	if out.First { // whoever has a pact is integrated already
		_, err = b.store.EnsureIntegration(ctx, v.PacticipantID, provider.ID, now)
	}
	return out, err
}

// insertPact stores the publication, or finds it stored, or refuses to change it.
func (b *Broker) insertPact(ctx context.Context, pact Pact, overwrite bool) (created, replaced bool, err error) {
	stored, inserted, err := b.store.InsertPact(ctx, pact)
	if err != nil || inserted || stored.ContentID == pact.ContentID {
		return inserted, false, err
	}
	if !overwrite {
		return false, false, errPactChanged(pact)
	}
	if err := b.store.SupersedePact(ctx, stored.ID); err != nil {
		return false, false, err
	}
	pact.Revision = stored.Revision + 1
	if _, inserted, err = b.store.InsertPact(ctx, pact); err == nil && !inserted {
		err = errPactChanged(pact)
	}
	return false, true, err
}

func errPactChanged(p Pact) error {
	return fault.New(fault.Conflict, "Version %s of %s has published another pact with %s already, so this one is refused: a verdict about the old content would pass for the new.",
		p.ConsumerVersion, p.Consumer, p.Provider).
		WithField("version", "%s has a pact with %s of other content", p.ConsumerVersion, p.Provider).
		WithHint("Publish under a new version, best the commit: --version \"$(git rev-parse HEAD)\". If the test writes random values, give its matchers fixed examples.")
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
