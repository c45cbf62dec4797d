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
			!among(f.ContentIDs, v.ContentID) || !among(f.ProviderVersionIDs, v.ProviderVersionID) || (f.Complete && v.Incomplete) || (f.Latest && seen[v.ContentID]) {
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
	list, err := s.Verifications(ctx, contracts.VerificationFilter{ConsumerID: consumerID, ProviderID: providerID, Complete: true})
	return len(list) > 0, err
}

// Settled implements contracts.VerificationStore.
func (s *Store) Settled(ctx context.Context, q contracts.SettledQuery) (map[int64]bool, error) {
	defer s.hold(ctx)()
	out := map[int64]bool{}
	for _, v := range s.state.verifications {
		asked := slices.Contains(q.ContentIDs, v.ContentID) || (slices.Contains(q.WIPContentIDs, v.ContentID) && !v.WIP)
		if v.Success && asked && s.state.counts(v, q) {
			out[v.ContentID] = true
		}
	}
	return out, nil
}

// counts reports whether a success comes from where q says.
func (st *state) counts(v contracts.Verification, q contracts.SettledQuery) bool {
	var places []string
	name := q.Tag
	d := st.detail(v.ProviderVersionID)
	switch {
	case q.Branch != nil:
		name = q.Branch.Name
		for _, b := range d.Branches {
			places = append(places, b.Name)
		}
	case q.Tag != "":
		for _, t := range d.Tags {
			places = append(places, t.Name)
		}
	default:
		return true
	}
	return len(places) > 0 && (q.Anywhere || v.VerifiedAt.Before(q.Before) || slices.Contains(places, name))
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
