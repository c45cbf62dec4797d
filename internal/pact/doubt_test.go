package pact_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/pact"
)

// TestADoubtAboutStatesIsKept has it in the log of what was verified, and beside
// the failures that it may explain.
func TestADoubtAboutStatesIsKept(t *testing.T) {
	t.Parallel()
	const doubt = "Whether the provider sets up provider states is not known: it answered 500."
	withState := soldOut()
	withState.state = "B2 is sold out"
	for _, tt := range []struct {
		name   string
		pact   pact.Pact
		bodies map[string]string
		doubts []string // interactions with the doubt among what is wrong
		logged bool
	}{
		{"all is well", pactOf("orders", inStock(), withState), map[string]string{"/products/A1": three, "/products/B2": none}, nil, true},
		{"one with a state fails, and one without", pactOf("orders", inStock(), withState), map[string]string{}, []string{withState.description}, true},
		{"nothing has a state", pactOf("orders", inStock(), soldOut()), map[string]string{}, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := request(provider(t, tt.bodies), tt.pact)
			r.StatesDoubt = doubt
			got := verified(t, realVerifier(t), r)[0]
			var doubts []string
			for _, in := range got.Interactions {
				if strings.Contains(strings.Join(in.Mismatches, "\n"), doubt) {
					doubts = append(doubts, in.Description)
				}
				if want := map[bool]string{true: contracts.Passed, false: contracts.Failed}[len(tt.bodies) > 0]; in.Status != want {
					t.Errorf("%s is %s, want %s", in.Description, in.Status, want)
				}
			}
			if diff := cmp.Diff(tt.doubts, doubts); diff != "" {
				t.Errorf("in doubt (-want +got):\n%s", diff)
			}
			if strings.HasPrefix(got.Log, doubt+"\n") != tt.logged {
				t.Errorf("the log begins with %.200q", got.Log)
			}
		})
	}
}
