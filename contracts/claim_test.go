package contracts_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
)

// TestResultsOfAClaim has what is kept of results that clients send with their word,
// for a pact of inStock and soldOut, both given "some".
func TestResultsOfAClaim(t *testing.T) {
	t.Parallel()
	result := func(description, state, status string, mismatches ...string) contracts.InteractionResult {
		return contracts.InteractionResult{Description: description, State: state, Status: status, Mismatches: mismatches}
	}
	passed, failed, unknown := contracts.Passed, contracts.Failed, contracts.StatusUnknown
	for _, tt := range []struct {
		name    string
		results []contracts.InteractionResult
		want    contracts.Verdict
		kept    []contracts.InteractionResult
	}{
		{name: "none", want: contracts.Yes},
		{"an empty list", []contracts.InteractionResult{}, contracts.Unknown, []contracts.InteractionResult{result(inStock, "some", unknown), result(soldOut, "some", unknown)}},
		{
			"every interaction in steps",
			[]contracts.InteractionResult{result(inStock, "some", passed), result(soldOut, "some", passed), result(inStock, "some", passed)},
			contracts.Yes,
			[]contracts.InteractionResult{result(inStock, "some", passed), result(soldOut, "some", passed)},
		},
		{
			"a step that did not run",
			[]contracts.InteractionResult{result(inStock, "", passed), result(inStock, "", unknown), result(soldOut, "", passed)},
			contracts.Unknown,
			[]contracts.InteractionResult{result(inStock, "some", unknown), result(soldOut, "some", passed)},
		},
		{
			"a step that failed",
			[]contracts.InteractionResult{result(inStock, "", failed, "status"), result(soldOut, "", passed), result(inStock, "some", failed, "body")},
			contracts.Unknown,
			[]contracts.InteractionResult{result(inStock, "some", failed, "body", "status"), result(soldOut, "some", passed)},
		},
		{
			"a failure of something else is kept behind",
			[]contracts.InteractionResult{result(soldOut, "", passed), result("other", "x", failed, "body"), result(inStock, "", passed), result("third", "", passed)},
			contracts.Unknown,
			[]contracts.InteractionResult{result(inStock, "some", passed), result(soldOut, "some", passed), result("other", "x", failed, "body")},
		},
		{
			"a failure of something that has an id only",
			[]contracts.InteractionResult{{ID: "c3", Status: failed}},
			contracts.Unknown,
			[]contracts.InteractionResult{result(inStock, "some", unknown), result(soldOut, "some", unknown), {ID: "c3", Description: "interaction c3", Status: failed}},
		},
		{
			"another pact",
			[]contracts.InteractionResult{{ID: "c3", Status: passed}, result("other", "", passed)},
			contracts.Unknown,
			[]contracts.InteractionResult{result(inStock, "some", unknown), result(soldOut, "some", unknown)},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			claim(t, b, tt.results)
			pair, err := b.Pair(t.Context(), "orders", "inventory")
			if err != nil {
				t.Fatal(err)
			}
			v := pair.Verifications[0]
			if v.Verdict() != tt.want {
				t.Errorf("verdict %s, want %s", v.Verdict(), tt.want)
			}
			for i := range min(2, len(v.Interactions)) {
				v.Interactions[i].ID = "" // the pact's
			}
			if diff := cmp.Diff(tt.kept, v.Interactions); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOneResultForInteractionsThatSayTheSame has a pact that says the same twice:
// clients that keep results by id send one for both.
func TestOneResultForInteractionsThatSayTheSame(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "o1", "main", "orders", "inventory", inStock, inStock)
	pair, err := b.Pair(t.Context(), "orders", "inventory")
	if err != nil {
		t.Fatal(err)
	}
	claim(t, b, []contracts.InteractionResult{{ID: pair.Interactions[0].ID, Status: contracts.Passed}})
	if pair, err = b.Pair(t.Context(), "orders", "inventory"); err != nil || pair.Verifications[0].Verdict() != contracts.Yes {
		t.Errorf("%v, %+v, want a yes", err, pair.Verifications)
	}
}
