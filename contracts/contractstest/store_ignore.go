package contractstest

import (
	"context"
	"slices"

	"github.com/goldenpath/platform/contracts"
)

// IgnoreRules implements contracts.IgnoreStore.
func (s *Store) IgnoreRules(ctx context.Context) ([]contracts.IgnoreRule, error) {
	defer s.hold(ctx)()
	return slices.Clone(s.state.ignoreRules), nil
}

// InsertIgnoreRule implements contracts.IgnoreStore.
func (s *Store) InsertIgnoreRule(ctx context.Context, r contracts.IgnoreRule) error {
	defer s.hold(ctx)()
	s.state.ignoreRules = append(s.state.ignoreRules, r)
	return nil
}

// DeleteIgnoreRule implements contracts.IgnoreStore.
func (s *Store) DeleteIgnoreRule(ctx context.Context, id string) error {
	defer s.hold(ctx)()
	s.state.ignoreRules = slices.DeleteFunc(s.state.ignoreRules, func(r contracts.IgnoreRule) bool { return r.ID == id })
	return nil
}
