package pact_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/pact"
)

// TestWhatIsWrongComesInOneOrder has a provider that breaks several things at once:
// people compare two runs, and programs what was recorded of them.
func TestWhatIsWrongComesInOneOrder(t *testing.T) {
	t.Parallel()
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, `{"sku": 1, "stock": "3", "list": [{"c": 1}, {"a": 2}], "price": {"amount": "9"}}`)
	})
	broken := pact.Pact{SHA: "sha", Consumer: "orders", Content: []byte(`{"consumer": {"name": "orders"}, "provider": {"name": "inventory"}, "interactions": [
		{"description": "all of it", "request": {"method": "GET", "path": "/products/A1"},
		 "response": {"status": 200, "headers": {"Content-Type": "application/json", "X-B": "b", "X-A": "a", "X-C": "c"},
			"body": {"sku": "A1", "stock": 3, "name": "bolt", "zone": "x", "maker": "y", "list": [{"c": "1"}, {"a": "2"}], "price": {"amount": 9, "currency": "EUR"}},
			"matchingRules": {"body": {"$": {"matchers": [{"match": "type"}]}}}}}],
		"metadata": {"pactSpecification": {"version": "3.0.0"}}}`)}
	verifier := realVerifier(t)
	want := []string{
		"Status: expected 200 but was 418.",
		"Header X-A: Expected a header 'X-A' but was missing.",
		"Header X-B: Expected a header 'X-B' but was missing.",
		"Header X-C: Expected a header 'X-C' but was missing.",
		"Body: Actual map is missing the following keys: maker, name, zone.",
		"Body at $.list[0].c: Expected 1 (Integer) to be the same type as '1' (String).",
		"Body at $.list[1].a: Expected 2 (Integer) to be the same type as '2' (String).",
		"Body at $.price: Actual map is missing the following keys: currency.",
		"Body at $.price.amount: Expected '9' (String) to be the same type as 9 (Integer).",
		"Body at $.sku: Expected 1 (Integer) to be the same type as 'A1' (String).",
		"Body at $.stock: Expected '3' (String) to be the same type as 3 (Integer).",
	}
	for range 10 {
		got := verified(t, verifier, request(address, broken))[0]
		if diff := cmp.Diff(want, got.Interactions[0].Mismatches); diff != "" {
			t.Errorf("mismatches (-want +got):\n%s", diff)
		}
	}
}
