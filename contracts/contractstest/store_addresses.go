package contractstest

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/goldenpath/platform/contracts"
)

// ProviderAddresses implements contracts.AddressStore.
func (s *Store) ProviderAddresses(ctx context.Context) ([]contracts.ProviderAddress, error) {
	defer s.hold(ctx)()
	out := slices.Clone(s.state.addresses)
	for i := range out {
		out[i].Headers = maps.Clone(out[i].Headers)
	}
	slices.SortFunc(out, func(a, b contracts.ProviderAddress) int { return strings.Compare(a.Provider, b.Provider) })
	return out, nil
}

// SaveProviderAddress implements contracts.AddressStore.
func (s *Store) SaveProviderAddress(ctx context.Context, a contracts.ProviderAddress) error {
	if err := s.DeleteProviderAddress(ctx, a.Provider); err != nil {
		return err
	}
	defer s.hold(ctx)()
	a.Headers = maps.Clone(a.Headers)
	s.state.addresses = append(s.state.addresses, a)
	return nil
}

// DeleteProviderAddress implements contracts.AddressStore.
func (s *Store) DeleteProviderAddress(ctx context.Context, provider string) error {
	defer s.hold(ctx)()
	s.state.addresses = slices.DeleteFunc(s.state.addresses, func(a contracts.ProviderAddress) bool { return a.Provider == provider })
	return nil
}
