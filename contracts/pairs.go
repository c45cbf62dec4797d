package contracts

import (
	"context"
	"slices"

	"github.com/goldenpath/platform/internal/fault"
)

// Pairs lists every consumer and provider with a pact, by name.
func (b *Broker) Pairs(ctx context.Context) ([]Pair, error) {
	pacts, err := b.store.Pacts(ctx, PactFilter{Latest: true})
	if err != nil {
		return nil, err
	}
	return b.pairs(ctx, pacts)
}

// ContractsOf lists the pairs a service is part of, by name; none for a service
// without contracts.
func (b *Broker) ContractsOf(ctx context.Context, service string) ([]Pair, error) {
	p, found, err := b.findPacticipant(ctx, service)
	if err != nil || !found {
		return nil, err
	}
	asConsumer, err := b.store.Pacts(ctx, PactFilter{ConsumerIDs: []int64{p.ID}, Latest: true})
	if err != nil {
		return nil, err
	}
	asProvider, err := b.store.Pacts(ctx, PactFilter{ProviderIDs: []int64{p.ID}, Latest: true})
	if err != nil {
		return nil, err
	}
	asProvider = slices.DeleteFunc(asProvider, func(other Pact) bool { return other.ConsumerID == p.ID })
	return b.pairs(ctx, append(asConsumer, asProvider...))
}

// pairs adds the latest verification to the latest pacts.
func (b *Broker) pairs(ctx context.Context, pacts []Pact) ([]Pair, error) {
	if len(pacts) == 0 {
		return nil, nil
	}
	contents := make([]int64, len(pacts))
	versions := make([]int64, 0, 2*len(pacts))
	for i, p := range pacts {
		contents[i] = p.ContentID
		versions = append(versions, p.ConsumerVersionID)
	}
	latest, err := b.store.Verifications(ctx, VerificationFilter{ContentIDs: contents, Latest: true})
	if err != nil {
		return nil, err
	}
	byContent := make(map[int64]Verification, len(latest))
	for _, v := range latest {
		byContent[v.ContentID] = v
		versions = append(versions, v.ProviderVersionID)
	}
	slices.Sort(versions)
	details, err := b.VersionDetails(ctx, slices.Compact(versions))
	if err != nil {
		return nil, err
	}
	out := make([]Pair, len(pacts))
	for i, p := range pacts {
		out[i] = Pair{
			Consumer: p.Consumer, Provider: p.Provider, Verdict: Unknown, SHA: p.SHA, InteractionCount: p.Interactions,
			ConsumerVersion: p.ConsumerVersion, ConsumerBranch: branchOf(details[p.ConsumerVersionID]), PublishedAt: p.CreatedAt,
		}
		if v, ok := byContent[p.ContentID]; ok {
			out[i].Verdict, out[i].VerifiedAt = v.Verdict(), v.VerifiedAt
			out[i].ProviderVersion, out[i].ProviderBranch = v.ProviderVersion, branchOf(details[v.ProviderVersionID])
		}
	}
	slices.SortFunc(out, func(x, y Pair) int {
		return slices.Compare([]string{x.Consumer, x.Provider}, []string{y.Consumer, y.Provider})
	})
	return out, nil
}

// branchOf is the branch to show for a version: the first it was put on.
func branchOf(d VersionDetail) string {
	if len(d.Branches) == 0 {
		return ""
	}
	return d.Branches[0].Name
}

// Pair returns everything about one pair, or fault.NotFound.
func (b *Broker) Pair(ctx context.Context, consumer, provider string) (PairDetail, error) {
	pacts, err := b.pactsOfPair(ctx, consumer, provider)
	if err != nil {
		return PairDetail{}, err
	}
	latest := pacts[0]
	summary, err := b.pairs(ctx, []Pact{latest})
	if err != nil {
		return PairDetail{}, err
	}
	out := PairDetail{Pair: summary[0]}
	if err := b.readLatest(ctx, &out, latest); err != nil {
		return PairDetail{}, err
	}
	if err := b.readVerifications(ctx, &out, pacts); err != nil {
		return PairDetail{}, err
	}
	if err := b.readVersions(ctx, &out, pacts); err != nil {
		return PairDetail{}, err
	}
	out.Deployments, err = b.store.Deployments(ctx, DeploymentFilter{
		PacticipantIDs: []int64{latest.ConsumerID, latest.ProviderID}, Current: true,
	})
	return out, err
}

// pactsOfPair is PactsBetween where there must be some.
func (b *Broker) pactsOfPair(ctx context.Context, consumer, provider string) ([]Pact, error) {
	pacts, err := b.PactsBetween(ctx, consumer, provider)
	if fault.Is(err, fault.NotFound) || (err == nil && len(pacts) == 0) {
		err = b.noPair(ctx, consumer, provider)
	}
	return pacts, err
}

// PactsBetween lists the current publications of a pair, the newest consumer
// version first.
func (b *Broker) PactsBetween(ctx context.Context, consumer, provider string) ([]Pact, error) {
	c, err := b.Pacticipant(ctx, consumer)
	if err != nil {
		return nil, err
	}
	p, err := b.Pacticipant(ctx, provider)
	if err != nil {
		return nil, err
	}
	return b.store.Pacts(ctx, PactFilter{ConsumerIDs: []int64{c.ID}, ProviderIDs: []int64{p.ID}})
}

// Pacts lists the publications f keeps, the newest consumer version first.
func (b *Broker) Pacts(ctx context.Context, f PactFilter) ([]Pact, error) {
	return b.store.Pacts(ctx, f)
}

// ContentByID returns one content with its body.
func (b *Broker) ContentByID(ctx context.Context, id int64) (Content, error) {
	list, err := b.store.Contents(ctx, ContentFilter{IDs: []int64{id}})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "The content of this pact is gone.")
	}
	if err != nil {
		return Content{}, err
	}
	return list[0], nil
}

func (b *Broker) readLatest(ctx context.Context, out *PairDetail, latest Pact) error {
	content, err := b.ContentByID(ctx, latest.ContentID)
	if err != nil {
		return err
	}
	doc, err := ParsePact("", content.Body)
	if err != nil {
		return err
	}
	out.Content, out.Specification = content.Body, doc.Specification
	out.InteractionCount = doc.Interactions
	out.Interactions = doc.People()
	return nil
}

// readVerifications lists those of every content, with results, and copies the
// latest of the latest pact onto its interactions.
func (b *Broker) readVerifications(ctx context.Context, out *PairDetail, pacts []Pact) (err error) {
	ids := make([]int64, len(pacts))
	for i, p := range pacts {
		ids[i] = p.ContentID
	}
	slices.Sort(ids)
	if out.Verifications, err = b.store.Verifications(ctx, VerificationFilter{ContentIDs: slices.Compact(ids)}); err != nil {
		return err
	}
	if err := b.store.VerificationDetails(ctx, out.Verifications); err != nil {
		return err
	}
	details, err := b.VersionDetails(ctx, providerVersionIDs(out.Verifications))
	if err != nil {
		return err
	}
	found := false
	for i := range out.Verifications {
		v := &out.Verifications[i]
		v.ProviderBranch = branchOf(details[v.ProviderVersionID])
		for _, tag := range details[v.ProviderVersionID].Tags {
			v.ProviderTags = append(v.ProviderTags, tag.Name)
		}
		if !found && v.ContentID == pacts[0].ContentID {
			found = true
			showResults(out.Interactions, v.Interactions)
		}
	}
	return nil
}

func showResults(interactions []Interaction, results []InteractionResult) {
	for i, r := range matchResults(interactions, results) {
		interactions[i].Result, interactions[i].Mismatches = r.Status, r.Mismatches
	}
}

func (b *Broker) readVersions(ctx context.Context, out *PairDetail, pacts []Pact) error {
	ids := make([]int64, len(pacts))
	for i, p := range pacts {
		ids[i] = p.ConsumerVersionID
	}
	versions, err := b.store.Versions(ctx, VersionFilter{IDs: ids})
	if err != nil {
		return err
	}
	builds := make(map[int64]string, len(versions))
	for _, v := range versions {
		builds[v.ID] = v.BuildURL
	}
	details, err := b.VersionDetails(ctx, ids)
	if err != nil {
		return err
	}
	verdicts := map[int64]Verdict{}
	for _, v := range slices.Backward(out.Verifications) { // the newest wins
		verdicts[v.ContentID] = v.Verdict()
	}
	for _, p := range pacts {
		out.Versions = append(out.Versions, publishedVersion(p, details[p.ConsumerVersionID], builds[p.ConsumerVersionID], verdicts[p.ContentID]))
	}
	return nil
}

func publishedVersion(p Pact, d VersionDetail, build string, verdict Verdict) PublishedVersion {
	v := PublishedVersion{Number: p.ConsumerVersion, SHA: p.SHA, BuildURL: build, PublishedAt: p.CreatedAt, Verdict: Unknown}
	if verdict != "" {
		v.Verdict = verdict
	}
	for _, branch := range d.Branches {
		v.Branches = append(v.Branches, branch.Name)
	}
	for _, tag := range d.Tags {
		v.Tags = append(v.Tags, tag.Name)
	}
	for _, dep := range d.Deployments {
		if !slices.Contains(v.Environments, dep.Environment) {
			v.Environments = append(v.Environments, dep.Environment)
		}
	}
	return v
}
