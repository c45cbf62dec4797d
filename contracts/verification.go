package contracts

import (
	"context"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// RecordVerification stores what v.ProviderVersion said about the pact v.PactSHA
// between v.Consumer and v.Provider. Every interaction of the pact gets a result:
// one that v does not mention is unknown. A success with an unknown interaction
// is incomplete, and so is a failure in which no interaction failed; neither
// counts as a yes, or as a no.
func (b *Broker) RecordVerification(ctx context.Context, v Verification) (Verification, error) {
	if v.ProviderVersion == "" {
		return Verification{}, fault.New(fault.Invalid, "A verification needs the version of the provider that was verified.").
			WithField("provider_version", "is missing; use the commit, for example $(git rev-parse HEAD)")
	}
	err := b.add(ctx, func(ctx context.Context) error {
		content, err := b.Content(ctx, v.Consumer, v.Provider, v.PactSHA)
		if err != nil {
			return err
		}
		doc, err := ParsePact("", content.Body)
		if err != nil {
			return err
		}
		v.Interactions = matchResults(doc.People(), v.Interactions)
		judge(&v)
		return b.insertVerification(ctx, &v, content)
	})
	return v, err
}

func (b *Broker) insertVerification(ctx context.Context, v *Verification, content Content) error {
	if err := checkText("buildUrl", v.BuildURL); err != nil {
		return err
	}
	version, _, err := b.ensureVersion(ctx, v.Provider, v.ProviderVersion, v.ProviderBranch, "")
	if err != nil {
		return err
	}
	if err := b.tagVersion(ctx, version, v.ProviderTags, v.ProviderBranch != ""); err != nil {
		return err
	}
	v.ContentID, v.ProviderVersionID = content.ID, version.ID
	if v.VerifiedAt.IsZero() {
		v.VerifiedAt = b.clock()
	}
	v.VerifiedAt = v.VerifiedAt.UTC()
	stored, err := b.store.InsertVerification(ctx, *v)
	if err != nil {
		return err
	}
	v.ID = stored.ID
	return nil
}

// matchResults returns one result per interaction of the pact, in its order. A
// result belongs to an interaction by id, else by description and state, else by
// description.
func matchResults(interactions []Interaction, results []InteractionResult) []InteractionResult {
	type key struct{ id, description, state string }
	left := make(map[key][]int, len(results))
	for i, r := range results {
		k := key{id: r.ID}
		if r.ID == "" {
			k = key{description: r.Description, state: r.State}
		}
		left[k] = append(left[k], i)
	}
	out := make([]InteractionResult, len(interactions))
	for i, in := range interactions {
		out[i] = InteractionResult{ID: in.ID, Description: in.Description, State: join(in.States), Status: StatusUnknown, Pending: in.Pending}
		for _, k := range []key{{id: in.ID}, {description: in.Description, state: join(in.States)}, {description: in.Description}} {
			at := left[k]
			if len(at) == 0 {
				continue
			}
			left[k] = at[1:]
			out[i].Mismatches = results[at[0]].Mismatches
			switch results[at[0]].Status {
			case Passed, Failed:
				out[i].Status = results[at[0]].Status
			}
			break
		}
	}
	return out
}

// judge makes success and incomplete follow from the results: a pass needs every
// interaction to have passed, and at least one; a no needs one that failed.
func judge(v *Verification) {
	failed, unknown := count(v.Interactions)
	switch {
	case failed > 0:
		v.Success, v.Incomplete = false, false
	case unknown > 0 || !v.Success || len(v.Interactions) == 0:
		v.Success, v.Incomplete = false, true
	default:
		v.Success, v.Incomplete = true, false
	}
}

func count(results []InteractionResult) (failed, unknown int) {
	for _, r := range results {
		switch r.Status {
		case Passed:
		case Failed:
			failed++
		default:
			unknown++
		}
	}
	return failed, unknown
}

// Content returns a content by its address, or fault.NotFound.
func (b *Broker) Content(ctx context.Context, consumer, provider, sha string) (Content, error) {
	c, err := b.Pacticipant(ctx, consumer)
	if err != nil {
		return Content{}, err
	}
	p, err := b.Pacticipant(ctx, provider)
	if err != nil {
		return Content{}, err
	}
	list, err := b.store.Contents(ctx, ContentFilter{ConsumerID: c.ID, ProviderID: p.ID, SHA: sha})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "%s and %s have no pact with the digest %s.", consumer, provider, sha).
			WithHint("Publish it first: platform contracts publish pacts --service %s --version VERSION", quote(consumer))
	}
	if err != nil {
		return Content{}, err
	}
	return list[0], nil
}

// Verifications lists what f keeps, newest first, without interactions, log and
// test results.
func (b *Broker) Verifications(ctx context.Context, f VerificationFilter) ([]Verification, error) {
	return b.store.Verifications(ctx, f)
}

// Verification returns a verification by its number with everything, or
// fault.NotFound.
func (b *Broker) Verification(ctx context.Context, id int64) (Verification, error) {
	list, err := b.store.Verifications(ctx, VerificationFilter{ID: id})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "There is no verification with the number %d.", id)
	}
	if err != nil {
		return Verification{}, err
	}
	return list[0], b.store.VerificationDetails(ctx, list)
}

// DeleteVerification removes a verification. It is a fault.Conflict when something
// better that the version said of the same pact before would count in its place.
func (b *Broker) DeleteVerification(ctx context.Context, id int64) error {
	return b.remove(ctx, func(ctx context.Context) error {
		v, err := b.Verification(ctx, id)
		if err != nil {
			return err
		}
		said, err := b.store.Verifications(ctx, VerificationFilter{ContentIDs: []int64{v.ContentID}, ProviderVersionIDs: []int64{v.ProviderVersionID}})
		if err != nil {
			return err
		}
		if len(said) > 1 && said[0].ID == id && v.Verdict() != Yes && said[1].Verdict() == Yes {
			return fault.New(fault.Conflict, "Without verification %d, the success of %s would count again for %s %s, and the gate could say yes by mistake.",
				id, said[1].VerifiedAt.Format(time.DateOnly), v.Provider, v.ProviderVersion).
				WithHint("Verify again, the newest result counts: %s", verifyCommand(v.Provider, v.ProviderVersion))
		}
		return b.store.DeleteVerification(ctx, id)
	})
}
