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

// TestWhatIsReliedOnWhereItRunsCannotBeDeleted takes the promise away that i1 breaks
// while orders runs, and the environment in which it does.
func TestWhatIsReliedOnWhereItRunsCannotBeDeleted(t *testing.T) {
	t.Parallel()
	b := journey(t)
	verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
	place(t, b, contracts.Deployed, "orders", "o1", "")
	production, err := b.Environment(t.Context(), "production")
	if err != nil {
		t.Fatal(err)
	}
	removals := map[string]func() error{
		"the integration":  func() error { return b.DeleteIntegration(t.Context(), "orders", "inventory") },
		"all integrations": func() error { return b.DeleteIntegrations(t.Context()) },
		"the environment":  func() error { return b.DeleteEnvironment(t.Context(), production.ID) },
	}
	for what, remove := range removals {
		if err := remove(); !fault.Is(err, fault.Conflict) || fault.From(err).Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if a := ask(t, b, "inventory", "i1"); a.Verdict != contracts.No {
		t.Errorf("afterwards %s, want no", a.Verdict)
	}
	leave(t, b, "orders")
	place(t, b, contracts.Deployed, "inventory", "i1", "")
	if err := b.DeleteIntegration(t.Context(), "orders", "inventory"); err != nil {
		t.Errorf("of a consumer that has left: %v", err)
	}
	if list, err := b.Deployments(t.Context(), contracts.DeploymentFilter{EnvironmentID: production.ID, Current: true}); err != nil || len(list) != 1 || list[0].Service != "inventory" {
		t.Errorf("what still runs is forgotten: %+v, %v", list, err)
	}
	leave(t, b, "inventory")
	if err := b.DeleteEnvironment(t.Context(), production.ID); err != nil {
		t.Errorf("an environment that is empty: %v", err)
	}
}
