package contractstest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/goldenpath/platform/contracts"
)

// Backend is a store under test with its unit of work.
type Backend struct {
	Store contracts.Store
	Unit  contracts.Unit
}

// On runs a test on an empty backend of each kind there is, with the two
// environments of the first migration.
type On func(t *testing.T, run func(t *testing.T, b Backend))

// TestStore is what every contracts.Store must do.
func TestStore(t *testing.T, on On) {
	t.Helper()
	tests := []struct {
		name string
		run  func(t *testing.T, b Backend)
	}{
		{"services are made once and found by name, id and label", services},
		{"names may be long", longNames},
		{"integrations are found from either side", integrations},
		{"versions are ordered by when they were first seen", versionOrder},
		{"a branch's head is its newest version, not the last one put on it", branches},
		{"tags know whether a later version carries them", tags},
		{"content is stored once, and a version's pact only once", pacts},
		{"lists of pacts are narrowed, never cut", pactFilters},
		{"a later verification replaces an earlier one in the matrix", verifications},
		{"environments test and production are there from the start", environments},
		{"a deployment ends the one before it", deployments},
		{"a matrix row without verification stays a row", matrixRows},
		{"a version meets what is there of whom it has to do with", meetings},
		{"functions are called together", together},
		{"lists of ids may be long", longLists},
		{"one selector meets every counterpart", matrixAnyCounterpart},
		{"rows are named when they have to be", matrixBareRows},
		{"versions know whom they promised, and providers who promised them", counterparts},
		{"what is deleted takes along what hangs on it", deletes},
		{"where providers run is kept once for each", providerAddresses},
		{"ignore rules are kept until they are deleted, expired or not", ignoreRules},
		{"a version is known for a pact that was deleted until it publishes again", withdrawals},
		{"a failed transaction leaves nothing", rollback},
		{"a failed transaction leaves no names to ids that are drawn again", namesAfterRollback},
		{"short lists leave out what they say and nothing else", shortLists},
		{"what settles a content depends on where it comes from", settledByPlace},
		{"heads of branches", headsOfBranches},
		{"of concurrent publishers of one version one wins", concurrentPublishers},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			on(t, tt.run)
		})
	}
}

// morning is when the tests happen.
func morning() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 123456000, time.UTC) }

// equalTimes compares instants: stores return UTC.
func equalTimes() cmp.Option { return cmpopts.EquateApproxTime(0) }

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got, equalTimes(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// must returns v, or stops the test.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// kit has the steps that tests share.
type kit struct {
	Backend
	t   *testing.T
	ctx context.Context //nolint:containedctx // lives for one test
}

func newKit(t *testing.T, b Backend) kit {
	t.Helper()
	return kit{b, t, t.Context()}
}

// tx runs one step in a transaction, as use cases do.
func (k kit) tx(fn func(ctx context.Context) error) {
	k.t.Helper()
	if err := k.Unit.InTx(k.ctx, fn); err != nil {
		k.t.Fatal(err)
	}
}

func (k kit) service(name string) (p contracts.Pacticipant) {
	k.t.Helper()
	k.tx(func(ctx context.Context) (err error) {
		p, _, err = k.Store.EnsurePacticipant(ctx, name, morning())
		return err
	})
	return p
}

func (k kit) version(p contracts.Pacticipant, number string) (v contracts.Version) {
	k.t.Helper()
	k.tx(func(ctx context.Context) (err error) {
		v, _, err = k.Store.EnsureVersion(ctx, p.ID, number, morning())
		return err
	})
	v.Pacticipant = p.Name
	return v
}

func (k kit) pact(v contracts.Version, provider contracts.Pacticipant, sha string) (p contracts.Pact) {
	k.t.Helper()
	k.tx(func(ctx context.Context) error {
		id, _, err := k.Store.EnsureContent(ctx, contracts.Content{
			ConsumerID: v.PacticipantID, ProviderID: provider.ID, SHA: sha, Body: []byte(`{"sha":"` + sha + `"}`), Interactions: 2, CreatedAt: morning(),
		})
		if err != nil {
			return err
		}
		stored, _, err := k.Store.InsertPact(ctx, contracts.Pact{
			ConsumerID: v.PacticipantID, ProviderID: provider.ID, ConsumerVersionID: v.ID, ContentID: id, Revision: 1, CreatedAt: morning(),
		})
		if err != nil {
			return err
		}
		list, err := k.Store.Pacts(ctx, contracts.PactFilter{ConsumerVersionIDs: []int64{v.ID}, ProviderIDs: []int64{provider.ID}})
		if err != nil || len(list) != 1 || list[0].ID != stored.ID {
			return fmt.Errorf("the pact that is stored is %+v, not %+v: %w", list, stored, err)
		}
		p = list[0]
		_, err = k.Store.EnsureIntegration(ctx, v.PacticipantID, provider.ID, morning())
		return err
	})
	return p
}

func (k kit) verify(p contracts.Pact, by contracts.Version, success bool) contracts.Verification {
	k.t.Helper()
	return k.insert(contracts.Verification{
		ContentID: p.ContentID, ProviderVersionID: by.ID, Success: success, VerifiedAt: morning(),
		Interactions: []contracts.InteractionResult{{ID: "1", Description: "one", Status: contracts.Passed}}, Log: "a log",
		VerifiedBy: []byte(`{"implementation":"test"}`),
	})
}

// unfinished is a verification that said nothing.
func (k kit) unfinished(p contracts.Pact, by contracts.Version) contracts.Verification {
	k.t.Helper()
	return k.insert(contracts.Verification{ContentID: p.ContentID, ProviderVersionID: by.ID, Incomplete: true, VerifiedAt: morning()})
}

func (k kit) insert(v contracts.Verification) contracts.Verification {
	k.t.Helper()
	k.tx(func(ctx context.Context) (err error) {
		v, err = k.Store.InsertVerification(ctx, v)
		return err
	})
	return v
}

func names(list []contracts.Pacticipant) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.Name)
	}
	return out
}

func numbers(list []contracts.Version) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.Number)
	}
	return out
}
