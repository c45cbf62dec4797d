package portal

import (
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
