package contracts_test

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// TestTheMatrixNamesWhichOwnVersion has a service with a pact with itself: o1 was kept
// by o1 and broken by o2, o3 nobody verified. Each reason names the versions of its row.
func TestTheMatrixNamesWhichOwnVersion(t *testing.T) {
	t.Parallel()
	version := func(number string) contracts.MatrixSelector {
		return contracts.MatrixSelector{Pacticipant: "orders", Version: number}
	}
	const (
		failed     = "The verification for the pact between version o1 of orders and version o2 of orders failed"
		unverified = "There is no verified pact between version o3 of orders and "
	)
	tests := map[string]struct {
		q    contracts.MatrixQuery
		want []string
	}{
		"one version, with everybody": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o1")}, LatestBy: "cvpv"}, []string{failed},
		},
		"one version, with the newest that verified it": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o1")}, LatestBy: "cvp"}, []string{failed},
		},
		"the one that broke it": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o2")}, LatestBy: "cvpv"}, []string{failed},
		},
		"both": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o1"), version("o2")}, LatestBy: "cvpv"}, []string{failed},
		},
		"both, the other first": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o2"), version("o1")}, LatestBy: "cvpv"}, []string{failed},
		},
		"the one that nobody verified": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o3")}, LatestBy: "cvpv"}, []string{unverified + "any version of orders"},
		},
		"two, of which neither verified the second": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o2"), version("o3")}, LatestBy: "cvpv"}, []string{unverified + "any of the selected versions of orders"},
		},
		"beside another service": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o1"), version("o2"), {Pacticipant: "inventory"}}, LatestBy: "cvpv"}, []string{failed},
		},
		"one that nobody verified, beside another service": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o3"), {Pacticipant: "inventory"}}, LatestBy: "cvpv"}, []string{unverified + "version o3 of orders"},
		},
		"all of them": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{{Pacticipant: "orders"}}, LatestBy: "cvpv"},
			[]string{
				"The verification for the pact between any version of orders and any version of orders failed",
				"There is no verified pact between any version of orders and any version of orders",
			},
		},
		"to an environment": {
			contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{version("o1")}, Environment: "production", LatestBy: "cvpv"}, []string{failed},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			for _, number := range []string{"o1", "o2", "o3"} {
				sees(t, b, "orders", number)
			}
			sees(t, b, "inventory", "i1")
			publish(t, b, "o1", "main", "orders", "orders", inStock)
			verifyOwn(t, b, "o1", true)
			verifyOwn(t, b, "o2", false)
			publish(t, b, "o3", "main", "orders", "orders", soldOut)
			m, err := b.Matrix(t.Context(), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range m.Reasons {
				if r.Type == "error" {
					got = append(got, r.Text)
				}
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s\n%+v", strings.Join(got, "\n"), strings.Join(tt.want, "\n"), m.Rows)
			}
		})
	}
}

// verifyOwn records what a version of orders said of the newest pact of orders with
// itself.
func verifyOwn(t *testing.T, b *contracts.Broker, version string, success bool) {
	t.Helper()
	itself, err := b.Pair(t.Context(), "orders", "orders")
	if err != nil {
		t.Fatal(err)
	}
	status := map[bool]string{true: contracts.Passed, false: contracts.Failed}[success]
	if _, err := b.RecordVerification(t.Context(), contracts.Verification{
		Consumer: "orders", Provider: "orders", PactSHA: itself.SHA, ProviderVersion: version, Success: success,
		Interactions: []contracts.InteractionResult{{Description: inStock, Status: status}},
	}); err != nil {
		t.Fatal(err)
	}
}
