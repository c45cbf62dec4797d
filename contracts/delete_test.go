package contracts_test

import (
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// TestWhatRunsCannotBeDeleted deletes the provider that breaks a pact from the
// broker while it runs: nothing would say no any more.
func TestWhatRunsCannotBeDeleted(t *testing.T) {
	t.Parallel()
	b := journey(t)
	verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
	place(t, b, contracts.Deployed, "inventory", "i1", "blue box")
	place(t, b, contracts.Released, "inventory", "i1", "")
	const hint = "If it has left, record that first: platform contracts record-undeployment --service inventory --environment production; " +
		"platform contracts record-undeployment --service inventory --environment production --application-instance 'blue box'; " +
		"platform contracts record-support-ended --service inventory --version i1 --environment production"
	deleteVersion := func() error { return b.DeleteVersion(t.Context(), "inventory", "i1") }
	deleteService := func() error { return b.DeletePacticipant(t.Context(), "inventory") }
	for what, remove := range map[string]func() error{"Version i1 of inventory": deleteVersion, "inventory": deleteService} {
		err := remove()
		f := fault.From(err)
		want := what + " is in production. Deleted, it would no longer count there, and the gate could say yes by mistake."
		if !fault.Is(err, fault.Conflict) || f.Message != want || f.Hint != hint {
			t.Errorf("%v\nhint %s\nwant %s\nhint %s", err, f.Hint, want, hint)
		}
	}
	if a := ask(t, b, "orders", "o1"); a.Verdict != contracts.No {
		t.Errorf("afterwards %s, want no", a.Verdict)
	}
	leave(t, b, "inventory")
	if err := deleteVersion(); err != nil {
		t.Errorf("a version that has left: %v", err)
	}
	if err := deleteService(); err != nil {
		t.Errorf("a service that has left: %v", err)
	}
}
