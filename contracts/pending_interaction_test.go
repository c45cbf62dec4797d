package contracts_test

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// markedPending is a pact of orders with one interaction that is kept, and one whose
// consumer marked it as pending.
func markedPending(version, mark string) []byte {
	return []byte(`{"consumer":{"name":"orders"},"provider":{"name":"inventory"},"interactions":[
		{"type":"Synchronous/HTTP","description":"kept","request":{"method":"GET","path":"/1"},"response":{"status":200}},
		{"type":"Synchronous/HTTP","description":"new","pending":` + mark + `,"request":{"method":"GET","path":"/2"},"response":{"status":200}}],
		"metadata":{"pactSpecification":{"version":"` + version + `"}}}`)
}

func TestSpecification4MarksInteractionsAsPending(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		content []byte
		want    bool
	}{
		{markedPending("4.0", "true"), true},
		{markedPending("4", "true"), true},
		{markedPending("4.0", "false"), false},
		{markedPending("4.0", `"true"`), false},
		{markedPending("3.0.0", "true"), false},
		{markedPending("40", "true"), false},
		{[]byte(strings.Replace(string(markedPending("4.0", "true")), `"interactions"`, `"messages"`, 1)), false},
	} {
		doc, err := contracts.ParsePact("", tt.content)
		if err != nil {
			t.Fatal(err)
		}
		if people := doc.People(); people[0].Pending || people[1].Pending != tt.want {
			t.Errorf("%s: pending %v and %v, want the second %v", tt.content, people[0].Pending, people[1].Pending, tt.want)
		}
	}
}

// TestTheGateDoesNotTakeAPendingFailureForAYes has a failure that does not break the
// provider's build: both must not run together all the same.
func TestTheGateDoesNotTakeAPendingFailureForAYes(t *testing.T) {
	t.Parallel()
	result := func(description, status string) contracts.InteractionResult {
		return contracts.InteractionResult{Description: description, Status: status, Pending: description == "kept"} // the pact knows better
	}
	for name, tt := range map[string]struct {
		results []contracts.InteractionResult
		claimed bool // a success, by another client
		want    contracts.Verdict
	}{
		"it failed":            {[]contracts.InteractionResult{result("kept", contracts.Passed), result("new", contracts.Failed)}, false, contracts.No},
		"it has no result":     {[]contracts.InteractionResult{result("kept", contracts.Passed)}, false, contracts.Unknown},
		"it passed":            {[]contracts.InteractionResult{result("kept", contracts.Passed), result("new", contracts.Passed)}, false, contracts.Yes},
		"it failed, claimed":   {[]contracts.InteractionResult{result("kept", contracts.Passed), result("new", contracts.Failed)}, true, contracts.Unknown},
		"no result, claimed":   {[]contracts.InteractionResult{result("kept", contracts.Passed)}, true, contracts.Unknown},
		"both passed, claimed": {[]contracts.InteractionResult{result("kept", contracts.Passed), result("new", contracts.Passed)}, true, contracts.Yes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			_, err := b.Publish(t.Context(), contracts.Publication{Version: "o1", Branch: "main", Contracts: []contracts.Contract{{Content: markedPending("4.0", "true")}}})
			if err != nil {
				t.Fatal(err)
			}
			pair, err := b.Pair(t.Context(), "orders", "inventory")
			if err != nil {
				t.Fatal(err)
			}
			if tt.claimed {
				claim(t, b, tt.results)
			} else if _, err := b.RecordVerification(t.Context(), contracts.Verification{
				Consumer: "orders", Provider: "inventory", PactSHA: pair.SHA, ProviderVersion: "i1", Success: tt.want == contracts.Yes, Interactions: tt.results,
			}); err != nil {
				t.Fatal(err)
			}
			deploy(t, b, "inventory", "i1")
			answer, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "orders", Version: "o1", Environment: "production"})
			if err != nil || answer.Verdict != tt.want {
				t.Errorf("the gate says %s, want %s (%v)", answer.Verdict, tt.want, err)
			}
			if pair, err = b.Pair(t.Context(), "orders", "inventory"); err != nil {
				t.Fatal(err)
			}
			for i, in := range pair.Verifications[0].Interactions {
				if in.Pending != (in.Description == "new") || pair.Interactions[i].Pending != in.Pending {
					t.Errorf("%q is pending: %v", in.Description, in.Pending)
				}
			}
		})
	}
}
