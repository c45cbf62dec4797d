package portal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// TestAnIgnoredReasonDoesNotLookAsIfItCounted asks the gate before and after
// somebody has a rule for the provider that breaks the pact.
func TestAnIgnoredReasonDoesNotLookAsIfItCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	ask := func() string {
		t.Helper()
		answer := w.get(t, "/contracts/orders/inventory?service=orders&environment=production&version="+worldVersion("b"))
		checkPage(t, w, answer, http.StatusOK)
		_, gate, found := strings.Cut(wordsOf(answer.Body.String()), "Can I deploy?")
		if !found {
			t.Fatal("the page has no gate")
		}
		gate, _, _ = strings.Cut(gate, "relies on")
		return gate
	}
	const broken = "breaks the pact of orders"
	there := "inventory " + worldVersion("d")[:7] + " deployed in production just now"
	if body := ask(); !strings.Contains(body, "No inventory") || !strings.Contains(body, broken) || !strings.Contains(body, there) || strings.Contains(body, "Ignored") {
		t.Errorf("before: %s", body)
	}
	rule, err := w.contracts.AddIgnoreRule(t.Context(), contracts.IgnoreRule{
		Service: "inventory", Owner: "checkout", Reason: "it is being moved", ExpiresAt: time.Now().Add(48 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	body := ask()
	for _, want := range []string{
		"Ignored inventory", broken, "checkout has it ignored until " + rule.ExpiresAt.Format("2006-01-02 15:04 MST"),
		": it is being moved. Without that it would be no.",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q:\n%s", want, body)
		}
	}
	if strings.Contains(body, "No inventory") {
		t.Errorf("what is ignored looks as if it counted: %s", body)
	}
}

// TestAContradictedSuccessShowsWhatFailed opens the page of a verification that its
// client called a success, and that names a failure without details.
func TestAContradictedSuccessShowsWhatFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	pair, err := w.contracts.Pair(t.Context(), "orders", "inventory")
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.contracts.RecordClaim(t.Context(), contracts.Verification{
		Consumer: "orders", Provider: "inventory", PactSHA: pair.SHA, ProviderVersion: "c1", Success: true,
		Interactions: []contracts.InteractionResult{{Description: "something else", Status: contracts.Failed}},
	})
	if err != nil {
		t.Fatal(err)
	}
	answer := w.get(t, fmt.Sprintf("/contracts/orders/inventory?verification=%d", v.ID))
	checkPage(t, w, answer, http.StatusOK)
	_, shown, _ := strings.Cut(wordsOf(answer.Body.String()), "All verifications")
	shown, _, _ = strings.Cut(shown, "relies on")
	for _, want := range []string{"Unverified", "0 passed, 1 failed", "There is no result.", "something else", "The verifier did not say what was wrong."} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page does not say %q:\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "Nothing differed") {
		t.Errorf("a result that is none reads like a pass: %s", shown)
	}
}

// TestAPendingInteractionIsMarked shows what the consumer marked as pending, and its
// result, so that nobody wonders why a build passed that the gate says no to.
func TestAPendingInteractionIsMarked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	_, err := w.contracts.Publish(t.Context(), contracts.Publication{Version: "p1", Contracts: []contracts.Contract{{Content: []byte(`{"consumer":{"name":"orders"},"provider":{"name":"inventory"},
		"interactions":[{"type":"Synchronous/HTTP","description":"a new shelf","pending":true,"request":{"method":"GET","path":"/shelf"},"response":{"status":200}}],
		"metadata":{"pactSpecification":{"version":"4.0"}}}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := w.contracts.Pair(t.Context(), "orders", "inventory")
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.contracts.RecordVerification(t.Context(), contracts.Verification{
		Consumer: "orders", Provider: "inventory", PactSHA: pair.SHA, ProviderVersion: "c1",
		Interactions: []contracts.InteractionResult{{Description: "a new shelf", Status: contracts.Failed}},
	})
	if err != nil {
		t.Fatal(err)
	}
	answer := w.get(t, fmt.Sprintf("/contracts/orders/inventory?verification=%d", v.ID))
	checkPage(t, w, answer, http.StatusOK)
	if n := strings.Count(wordsOf(answer.Body.String()), "a new shelf pending"); n != 2 {
		t.Errorf("it is marked %d times, want in the pact and in the verification:\n%s", n, wordsOf(answer.Body.String()))
	}
}
