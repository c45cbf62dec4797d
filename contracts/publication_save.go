package contracts

import (
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

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
	var withdrawn []WithdrawnPact
	asks := []func(ctx context.Context) error{
		func(ctx context.Context) (err error) {
			withdrawn, err = b.store.WithdrawnPacts(ctx, version.ID, "")
			return err
		},
	}
	if p.Branch != "" {
		asks = append(asks, func(ctx context.Context) error {
			_, err := b.addToBranch(ctx, services[0], version, p.Branch)
			return err
		})
	}
	ready := make([]readyPact, len(order))
	for at, i := range order {
		asks = append(asks, func(ctx context.Context) (err error) {
			ready[at], err = b.readyPact(ctx, p, version, services[1+at], list[i])
			return err
		})
	}
	if err := b.makeReady(ctx, p, asks); err != nil {
		return err
	}
	if err := b.refuseOther(ctx, withdrawn, ready); err != nil {
		return err
	}
	if len(withdrawn) > 0 { // only now: what is called together has no order
		if err := b.store.RestorePacts(ctx, version.ID, names[1:]); err != nil {
			return err
		}
	}
	for at, i := range order {
		if out.Contracts[i], err = b.savePact(ctx, ready[at]); err != nil {
			return err
		}
	}
	if err := b.tagVersion(ctx, version, p.Tags, p.Branch != ""); err != nil || !p.RefuseSimilar {
		return err
	}
	return b.refuseSimilar(ctx, added)
}

// makeReady makes the pacts of a publication ready together; those that are merged
// take turns of different lengths, so that what they lock would have no order.
func (b *Broker) makeReady(ctx context.Context, p Publication, asks []func(ctx context.Context) error) error {
	if !p.Merge {
		return b.store.Together(ctx, asks...)
	}
	for _, ask := range asks {
		if err := ask(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ensurePacticipants makes services known, in the order of names: two that need
// each other may be published from both ends at once. It returns which were not.
func (b *Broker) ensurePacticipants(ctx context.Context, list []string) (services []Pacticipant, added []string, err error) {
	services = make([]Pacticipant, len(list))
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(list[a], list[b]) })
	// As in add; the two go out together.
	asks := []func(ctx context.Context) error{func(ctx context.Context) error { return b.store.Begin(ctx, false) }}
	for _, i := range order {
		asks = append(asks, func(ctx context.Context) error {
			p, isNew, err := b.ensurePacticipant(ctx, list[i])
			services[i], added = p, names(added, list[i], isNew)
			return err
		})
	}
	err = b.store.Together(ctx, asks...)
	return services, added, err
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

// readyPact is a pact of a version that only has to be stored.
type readyPact struct {
	PublishedContract

	pact      Pact
	overwrite bool
	merges    bool
	merged    int64 // the publication whose interactions it has, too; 0 for none
}

// readyPact stores the content of a pact, and reads what is told of it afterwards.
func (b *Broker) readyPact(ctx context.Context, p Publication, v Version, provider Pacticipant, c parsedContract) (readyPact, error) {
	now := b.clock()
	merged := int64(0)
	if p.Merge {
		var err error
		if c, merged, err = b.mergeStored(ctx, v, provider, c); err != nil {
			return readyPact{}, err
		}
	}
	out := readyPact{overwrite: c.Overwrite, merges: p.Merge, merged: merged, pact: Pact{
		ConsumerID: v.PacticipantID, ProviderID: provider.ID, ConsumerVersionID: v.ID,
		Consumer: p.Consumer, Provider: c.Provider, ConsumerVersion: v.Number, SHA: c.doc.SHA, Revision: 1, CreatedAt: now,
	}}
	out.PublishedContract = PublishedContract{Consumer: p.Consumer, Provider: c.Provider, SHA: c.doc.SHA, Interactions: c.doc.Interactions}
	var before []Pact
	err := b.store.Together(ctx,
		func(ctx context.Context) (err error) {
			before, err = b.store.Pacts(ctx, PactFilter{ConsumerIDs: []int64{v.PacticipantID}, ProviderIDs: []int64{provider.ID}, Latest: true, Short: true})
			return err
		},
		func(ctx context.Context) (err error) {
			out.pact.ContentID, _, err = b.store.EnsureContent(ctx, Content{
				ConsumerID: v.PacticipantID, ProviderID: provider.ID, SHA: c.doc.SHA, Body: c.Content, Interactions: c.doc.Interactions, CreatedAt: now,
			})
			return err
		},
		func(ctx context.Context) (err error) {
			out.Verified, err = b.store.EverVerified(ctx, v.PacticipantID, provider.ID)
			return err
		},
		func(ctx context.Context) (err error) {
			out.Changes, err = b.changes(ctx, v, provider.ID, c.doc.SHA, p.Tags)
			return err
		},
	)
	out.First = len(before) == 0
	out.Changed = out.First || before[0].SHA != c.doc.SHA
	return out, err
}

// savePact stores a pact that is ready.
func (b *Broker) savePact(ctx context.Context, r readyPact) (out PublishedContract, err error) {
	out = r.PublishedContract
	if out.Created, out.Replaced, err = b.insertPact(ctx, r); err != nil {
		return out, err
	}
	if !out.Created && !r.overwrite {
		out.Changes = nil
	}
	if out.First { // whoever has a pact is integrated already
		_, err = b.store.EnsureIntegration(ctx, r.pact.ConsumerID, r.pact.ProviderID, r.pact.CreatedAt)
	}
	return out, err
}

// insertPact stores the publication, or finds it stored, or refuses to change it.
// What was merged replaces only what it was merged with: another publication in
// between has interactions that would be lost.
func (b *Broker) insertPact(ctx context.Context, r readyPact) (created, replaced bool, err error) {
	pact := r.pact
	stored, inserted, err := b.store.InsertPact(ctx, pact)
	if err != nil || inserted || stored.ContentID == pact.ContentID {
		return inserted, false, err
	}
	if !r.overwrite || (r.merges && stored.ID != r.merged) {
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
