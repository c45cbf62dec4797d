package contractstest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// WithdrawPacts implements contracts.PactStore.
func (s *Store) WithdrawPacts(ctx context.Context, of contracts.Withdrawal, at time.Time) error {
	defer s.hold(ctx)()
	st := &s.state
	st.pacts = slices.DeleteFunc(st.pacts, func(p pact) bool {
		goes := p.ConsumerID == of.ConsumerID && p.ProviderID == of.ProviderID && (of.ConsumerVersionID == 0 || p.ConsumerVersionID == of.ConsumerVersionID)
		if goes && !p.superseded {
			st.restore(p.ConsumerVersionID, st.name(p.ProviderID))
			full := st.full(p.Pact)
			st.withdrawn = append(st.withdrawn, contracts.WithdrawnPact{
				ConsumerID: p.ConsumerID, ConsumerVersionID: p.ConsumerVersionID, Consumer: full.Consumer, ConsumerVersion: full.ConsumerVersion,
				Provider: full.Provider, SHA: full.SHA, DeletedAt: at,
			})
		}
		return goes
	})
	return nil
}

// RestorePacts implements contracts.PactStore.
func (s *Store) RestorePacts(ctx context.Context, versionID int64, providers []string) error {
	defer s.hold(ctx)()
	s.state.restore(versionID, providers...)
	return nil
}

func (st *state) restore(versionID int64, providers ...string) {
	st.withdrawn = slices.DeleteFunc(st.withdrawn, func(w contracts.WithdrawnPact) bool {
		return w.ConsumerVersionID == versionID && slices.Contains(providers, w.Provider)
	})
}

// WithdrawnPacts implements contracts.PactStore.
func (s *Store) WithdrawnPacts(ctx context.Context, versionID int64, provider string) ([]contracts.WithdrawnPact, error) {
	defer s.hold(ctx)()
	var out []contracts.WithdrawnPact
	for _, w := range s.state.withdrawn {
		if w.ConsumerVersionID == versionID || w.Provider == provider {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b contracts.WithdrawnPact) int {
		return cmp.Or(cmp.Compare(a.ConsumerVersionID, b.ConsumerVersionID), strings.Compare(a.Provider, b.Provider))
	})
	return out, nil
}
