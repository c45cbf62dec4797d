package contractstest

import (
	"context"
	"slices"

	"github.com/goldenpath/platform/contracts"
)

// InsertVerification implements contracts.VerificationStore.
func (s *Store) InsertVerification(ctx context.Context, v contracts.Verification) (contracts.Verification, error) {
	defer s.hold(ctx)()
	v.ID = s.state.next()
	s.state.verifications = append(s.state.verifications, v)
	return v, nil
}

// Verifications implements contracts.VerificationStore.
func (s *Store) Verifications(ctx context.Context, f contracts.VerificationFilter) ([]contracts.Verification, error) {
	defer s.hold(ctx)()
	st := &s.state
	var out []contracts.Verification
	seen := map[int64]bool{}
	for _, v := range slices.Backward(st.verifications) {
		c := find(st.contents, func(c *contracts.Content) bool { return c.ID == v.ContentID })
		if (f.ID != 0 && f.ID != v.ID) || (f.ConsumerID != 0 && f.ConsumerID != c.ConsumerID) || (f.ProviderID != 0 && f.ProviderID != c.ProviderID) ||
			!among(f.ContentIDs, v.ContentID) || !among(f.ProviderVersionIDs, v.ProviderVersionID) || (f.Latest && seen[v.ContentID]) {
			continue
		}
		seen[v.ContentID] = true
		out = append(out, st.light(v, *c))
		if f.Limit > 0 && len(out) == f.Limit {
			break
		}
	}
	return out, nil
}

// EverVerified implements contracts.VerificationStore.
func (s *Store) EverVerified(ctx context.Context, consumerID, providerID int64) (bool, error) {
	list, err := s.Verifications(ctx, contracts.VerificationFilter{ConsumerID: consumerID, ProviderID: providerID})
	return len(list) > 0, err
}

// Successes implements contracts.VerificationStore.
func (s *Store) Successes(ctx context.Context, contentIDs []int64, by contracts.SuccessesBy) ([]contracts.Success, error) {
	defer s.hold(ctx)()
	var out []contracts.Success
	for _, v := range s.state.verifications {
		if !v.Success || !among(contentIDs, v.ContentID) {
			continue
		}
		places := []string{""}
		if by != contracts.ByAnyone {
			places = nil
		}
		d := s.state.detail(v.ProviderVersionID)
		for _, b := range d.Branches {
			if by == contracts.ByBranch {
				places = append(places, b.Name)
			}
		}
		for _, t := range d.Tags {
			if by == contracts.ByTag {
				places = append(places, t.Name)
			}
		}
		for _, on := range places {
			out = append(out, contracts.Success{ContentID: v.ContentID, On: on, WIP: v.WIP, At: v.VerifiedAt})
		}
	}
	return out, nil
}

// light is a verification as lists have it.
func (st *state) light(v contracts.Verification, c contracts.Content) contracts.Verification {
	return contracts.Verification{
		ID: v.ID, ContentID: v.ContentID, ProviderVersionID: v.ProviderVersionID, PactSHA: c.SHA,
		Consumer: st.name(c.ConsumerID), Provider: st.name(c.ProviderID), ConsumerVersion: v.ConsumerVersion,
		ProviderVersion: st.version(v.ProviderVersionID).Number,
		Success:         v.Success, Incomplete: v.Incomplete, Pending: v.Pending, WIP: v.WIP, BuildURL: v.BuildURL, VerifiedAt: v.VerifiedAt,
	}
}

// VerificationDetails implements contracts.VerificationStore.
func (s *Store) VerificationDetails(ctx context.Context, vs []contracts.Verification) error {
	defer s.hold(ctx)()
	for i := range vs {
		v := find(s.state.verifications, func(o *contracts.Verification) bool { return o.ID == vs[i].ID })
		if v != nil {
			vs[i].Interactions, vs[i].Log = v.Interactions, v.Log
			vs[i].VerifiedBy, vs[i].TestResults = v.VerifiedBy, v.TestResults
		}
	}
	return nil
}

// DeleteVerification implements contracts.VerificationStore.
func (s *Store) DeleteVerification(ctx context.Context, id int64) error {
	defer s.hold(ctx)()
	s.state.verifications = slices.DeleteFunc(s.state.verifications, func(v contracts.Verification) bool { return v.ID == id })
	return nil
}
