package contractstest

import (
	"context"
	"slices"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// MatrixRows implements contracts.MatrixStore.
func (s *Store) MatrixRows(ctx context.Context, q contracts.RowQuery) ([]contracts.Row, error) {
	out, err := s.matrixRows(ctx, q)
	if q.Bare {
		for i := range out {
			r := &out[i]
			r.Consumer, r.ConsumerVersion, r.Provider, r.ProviderVersion, r.SHA = "", "", "", "", ""
		}
	}
	return out, err
}

func (s *Store) matrixRows(ctx context.Context, q contracts.RowQuery) ([]contracts.Row, error) {
	defer s.hold(ctx)()
	st := &s.state
	var out []contracts.Row
	for _, p := range st.pacts {
		if p.superseded && !q.EveryResult {
			continue
		}
		_, provider := q.Versions[p.ProviderID]
		asConsumer := covers(q, p.ConsumerID, p.ConsumerVersionID)
		if !q.AnyCounterpart && (!asConsumer || !provider) {
			continue
		}
		if q.Involving != nil && !q.AnyCounterpart && !slices.Contains(q.Involving, p.ConsumerID) && !slices.Contains(q.Involving, p.ProviderID) {
			continue
		}
		verified := false
		for _, v := range st.verifications {
			if v.ContentID != p.ContentID || (!q.EveryResult && st.replaced(v)) {
				continue
			}
			asProvider := covers(q, p.ProviderID, v.ProviderVersionID)
			if (q.AnyCounterpart && (asConsumer || asProvider)) || (!q.AnyCounterpart && asProvider) {
				verified = true
				out = append(out, st.row(p.Pact, v))
			}
		}
		if asConsumer && !verified {
			out = append(out, st.row(p.Pact, contracts.Verification{}))
		}
	}
	return out, nil
}

// NameRows implements contracts.MatrixStore.
func (s *Store) NameRows(ctx context.Context, rows []*contracts.Row) error {
	defer s.hold(ctx)()
	st := &s.state
	for _, r := range rows {
		r.Consumer, r.Provider = st.name(r.ConsumerID), st.name(r.ProviderID)
		r.ConsumerVersion, r.ProviderVersion = st.version(r.ConsumerVersionID).Number, st.version(r.ProviderVersionID).Number
		if c := find(st.contents, func(c *contracts.Content) bool { return c.ID == r.ContentID }); c != nil {
			r.SHA = c.SHA
		}
		if r.ProviderVersion == "" {
			r.VerificationID, r.ProviderVersionID, r.Success, r.Incomplete, r.VerifiedAt = 0, 0, false, false, time.Time{}
		}
	}
	return nil
}

// covers reports whether the query names the version.
func covers(q contracts.RowQuery, pacticipant, version int64) bool {
	return q.Versions[pacticipant].Has(version)
}

// replaced reports whether the same provider version verified the content again.
func (st *state) replaced(v contracts.Verification) bool {
	return slices.ContainsFunc(st.verifications, func(o contracts.Verification) bool {
		return o.ContentID == v.ContentID && o.ProviderVersionID == v.ProviderVersionID && o.ID > v.ID
	})
}

func (st *state) row(p contracts.Pact, v contracts.Verification) contracts.Row {
	p = st.full(p)
	r := contracts.Row{
		PactID: p.ID, ContentID: p.ContentID, ConsumerID: p.ConsumerID, ConsumerVersionID: p.ConsumerVersionID, ProviderID: p.ProviderID,
		PublishedAt: p.CreatedAt, Consumer: p.Consumer, ConsumerVersion: p.ConsumerVersion, Provider: p.Provider, SHA: p.SHA, Revision: p.Revision,
	}
	if v.ID != 0 {
		r.VerificationID, r.ProviderVersionID, r.Success, r.Incomplete, r.VerifiedAt = v.ID, v.ProviderVersionID, v.Success, v.Incomplete, v.VerifiedAt
		r.ProviderVersion = st.version(v.ProviderVersionID).Number
	}
	return r
}

// Counterparts implements contracts.MatrixStore.
func (s *Store) Counterparts(ctx context.Context, of contracts.Promises) (promised, consumers []contracts.Integration, err error) {
	pacts, err := s.Pacts(ctx, contracts.PactFilter{ConsumerVersionIDs: append([]int64{}, of.ConsumerVersionIDs...)})
	if err != nil {
		return nil, nil, err
	}
	for _, p := range pacts {
		promised = append(promised, contracts.Integration{
			ConsumerID: p.ConsumerID, ProviderID: p.ProviderID, Consumer: p.Consumer, Provider: p.Provider, CreatedAt: p.CreatedAt,
		})
	}
	consumers, err = s.Integrations(ctx, contracts.IntegrationFilter{ProviderIDs: append([]int64{}, of.ProviderIDs...)})
	return promised, consumers, err
}
