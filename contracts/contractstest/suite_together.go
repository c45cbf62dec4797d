package contractstest

import (
	"context"
	"errors"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// together looks whether functions that a store calls together are answered as
// each alone, and one after the other as they were given.
func together(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web := k.service("web")
	var found, made []string
	broken := errors.New("broken")
	k.tx(func(ctx context.Context) error {
		return k.Store.Together(ctx,
			func(ctx context.Context) error {
				list, err := k.Store.Pacticipants(ctx, contracts.PacticipantFilter{Names: []string{"web"}})
				found = names(list)
				return err
			},
			func(ctx context.Context) error {
				v, _, err := k.Store.EnsureVersion(ctx, web.ID, "1", morning())
				if err != nil {
					return err
				}
				_, err = k.Store.EnsureBranchVersion(ctx, v, "main", morning())
				list, errRead := k.Store.Versions(ctx, contracts.VersionFilter{PacticipantIDs: []int64{web.ID}, Branch: "main"})
				made = numbers(list)
				return errors.Join(err, errRead)
			})
	})
	same(t, "found", []string{"web"}, found)
	same(t, "made", []string{"1"}, made)
	err := k.Store.Together(k.ctx, func(ctx context.Context) error {
		_, err := k.Store.Pacticipants(ctx, contracts.PacticipantFilter{})
		return errors.Join(err, broken)
	}, func(ctx context.Context) error {
		_, err := k.Store.Environments(ctx)
		return err
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}
