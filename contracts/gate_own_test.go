package contracts_test

import (
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// TestAServiceMeetsItsOwnVersionsThatStay asks for version 2 of a service that talks to
// itself and breaks what version 1 relies on.
func TestAServiceMeetsItsOwnVersionsThatStay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		there func(t *testing.T, b *contracts.Broker)
		want  contracts.Verdict
	}{
		"nothing is there": {func(*testing.T, *contracts.Broker) {}, contracts.Yes},
		"it takes the place of version 1": {
			func(t *testing.T, b *contracts.Broker) { t.Helper(); place(t, b, contracts.Deployed, "shop", "1", "") }, contracts.Yes,
		},
		"version 1 is released": {
			func(t *testing.T, b *contracts.Broker) { t.Helper(); place(t, b, contracts.Released, "shop", "1", "") }, contracts.No,
		},
		"version 1 runs under two instances": {
			func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				place(t, b, contracts.Deployed, "shop", "1", "blue")
				place(t, b, contracts.Deployed, "shop", "1", "green")
			}, contracts.No,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			for _, step := range []struct{ version, interaction, status string }{
				{"1", inStock, contracts.Failed}, {"2", soldOut, contracts.Passed},
			} {
				publish(t, b, step.version, "main", "shop", "shop", step.interaction)
				pair, err := b.Pair(t.Context(), "shop", "shop")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := b.RecordVerification(t.Context(), contracts.Verification{
					Consumer: "shop", Provider: "shop", PactSHA: pair.SHA, ProviderVersion: "2", Success: step.status == contracts.Passed,
					Interactions: []contracts.InteractionResult{{Description: step.interaction, Status: step.status}},
				}); err != nil {
					t.Fatal(err)
				}
			}
			tt.there(t, b)
			a := ask(t, b, "shop", "2")
			const text = `shop 2 breaks the pact of shop 1 (in production): "a product in stock" failed.`
			if a.Verdict != tt.want || (tt.want == contracts.No && a.Reasons[0].Text != text) {
				t.Errorf("%s because %+v", a.Verdict, a.Reasons)
			}
		})
	}
}
