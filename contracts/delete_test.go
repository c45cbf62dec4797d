package contracts_test

import (
	"slices"
	"strings"
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
		"its name": func() error {
			renamed := production
			renamed.Name = "former"
			_, err := b.ReplaceEnvironment(t.Context(), renamed)
			return err
		},
	}
	for what, remove := range removals {
		if err := remove(); !fault.Is(err, fault.Conflict) || fault.From(err).Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	production.DisplayName = "The live one"
	if _, err := b.ReplaceEnvironment(t.Context(), production); err != nil {
		t.Errorf("its display name: %v", err)
	}
	if a := ask(t, b, "inventory", "i1"); a.Verdict != contracts.No {
		t.Errorf("afterwards %s, want no", a.Verdict)
	}
	leave(t, b, "orders")
	place(t, b, contracts.Deployed, "inventory", "i1", "")
	if a := ask(t, b, "orders", "o1"); a.Verdict != contracts.No {
		t.Errorf("before the integration goes %s, want no", a.Verdict)
	}
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

// deletePact deletes the pact of orders o1 with inventory.
func deletePact(t *testing.T, b *contracts.Broker) error {
	t.Helper()
	v, err := b.Version(t.Context(), "orders", "o1")
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Pacticipant(t.Context(), "inventory")
	if err != nil {
		t.Fatal(err)
	}
	return b.DeletePacts(t.Context(), []contracts.Pact{{ConsumerID: v.PacticipantID, ProviderID: p.ID, ConsumerVersionID: v.ID}})
}

// TestADeletedPactIsStillReliedOn deletes what the gate would say no by, in each way
// there is: what relies on it must not become what relies on nothing.
func TestADeletedPactIsStillReliedOn(t *testing.T) {
	t.Parallel()
	deleteIntegration := func(t *testing.T, b *contracts.Broker) error {
		t.Helper()
		return b.DeleteIntegration(t.Context(), "orders", "inventory")
	}
	deleteProvider := func(t *testing.T, b *contracts.Broker) error {
		t.Helper()
		return b.DeletePacticipant(t.Context(), "inventory")
	}
	const consumer, provider = "The pact of orders o1 with inventory was deleted on ", "orders o1 is in production, and its pact with inventory was deleted on "
	for name, tt := range map[string]struct {
		remove         func(t *testing.T, b *contracts.Broker) error
		runs           string // before and when it is removed
		follows        string // is deployed afterwards
		asked, version string
		text           string
	}{
		"the pact, and the consumer is asked about":        {deletePact, "inventory", "", "orders", "o1", consumer},
		"the integration, and the consumer is asked about": {deleteIntegration, "inventory", "", "orders", "o1", consumer},
		"the provider, and the consumer is asked about":    {deleteProvider, "", "", "orders", "o1", consumer},
		"the pact, and the provider is asked about":        {deletePact, "orders", "", "inventory", "i1", provider},
		"the integration, and the provider is asked about": {deleteIntegration, "inventory", "orders", "inventory", "i1", provider},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			leave(t, b, "inventory")
			publish(t, b, "o1", "main", "orders", "payments", inStock) // it has another pact, which is kept
			verifyBy(t, b, "payments", "p1", map[string]string{inStock: contracts.Passed})
			place(t, b, contracts.Deployed, "payments", "p1", "")
			verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
			if tt.runs != "" {
				place(t, b, contracts.Deployed, tt.runs, map[string]string{"orders": "o1", "inventory": "i1"}[tt.runs], "")
				if a := ask(t, b, tt.asked, tt.version); tt.runs != tt.asked && a.Verdict != contracts.No {
					t.Fatalf("before %s, want no", a.Verdict)
				}
			}
			if err := tt.remove(t, b); err != nil {
				t.Fatal(err)
			}
			if tt.follows != "" {
				place(t, b, contracts.Deployed, tt.follows, "o1", "")
			}
			a := ask(t, b, tt.asked, tt.version)
			told := slices.ContainsFunc(a.Reasons, func(r contracts.Reason) bool {
				return r.Rule == contracts.RuleWithdrawn && strings.HasPrefix(r.Text, tt.text) && r.Next == "platform contracts publish pacts --service orders --version o1"
			})
			if a.Verdict != contracts.Unknown || !told {
				t.Errorf("afterwards %s because %+v", a.Verdict, a.Reasons)
			}
			publish(t, b, "o1", "main", "orders", "inventory", inStock, soldOut)
			a = ask(t, b, tt.asked, tt.version)
			if a.Verdict == contracts.Yes || slices.ContainsFunc(a.Reasons, func(r contracts.Reason) bool { return r.Rule == contracts.RuleWithdrawn }) {
				t.Errorf("published again %s because %+v", a.Verdict, a.Reasons)
			}
		})
	}
}

// TestAFailureIsNotDeletedInFavourOfASuccess deletes results: what was said before
// must not become the newest if it is better.
func TestAFailureIsNotDeletedInFavourOfASuccess(t *testing.T) {
	t.Parallel()
	b := journey(t)
	list, err := b.Verifications(t.Context(), contracts.VerificationFilter{})
	if err != nil || len(list) != 1 || list[0].Verdict() != contracts.Yes {
		t.Fatalf("%+v, %v", list, err)
	}
	first, second := verify(t, b, "i1", map[string]string{inStock: contracts.Failed}), verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
	if err := b.DeleteVerification(t.Context(), second.ID); err != nil {
		t.Errorf("another failure counts in its place: %v", err)
	}
	err = b.DeleteVerification(t.Context(), first.ID)
	if f := fault.From(err); !fault.Is(err, fault.Conflict) || f.Hint != "Verify again, the newest result counts: platform contracts verify --provider inventory --provider-url URL --version i1" {
		t.Errorf("a failure after a success: %v, %+v", err, f)
	}
	if a := ask(t, b, "orders", "o1"); a.Verdict != contracts.No {
		t.Errorf("afterwards %s, want no", a.Verdict)
	}
	if err := b.DeleteVerification(t.Context(), list[0].ID); err != nil {
		t.Errorf("the success before: %v", err)
	}
	if err := b.DeleteVerification(t.Context(), first.ID); err != nil {
		t.Errorf("a failure with nothing before it: %v", err)
	}
	if a := ask(t, b, "orders", "o1"); a.Verdict != contracts.Unknown {
		t.Errorf("in the end %s, want unknown", a.Verdict)
	}
}

// TestAServiceMayStopRelyingOnAnother replaces the version that relies on inventory by
// one that does not: nothing says so but that the integration is deleted.
func TestAServiceMayStopRelyingOnAnother(t *testing.T) {
	t.Parallel()
	b := journey(t)
	sees(t, b, "orders", "o2")
	place(t, b, contracts.Deployed, "orders", "o1", "")
	err := b.DeleteIntegration(t.Context(), "orders", "inventory")
	const why = "Version o1 of orders, which relies on inventory, is in production. Deleted, it would no longer count there, and the gate could say yes by mistake."
	if f := fault.From(err); !fault.Is(err, fault.Conflict) || f.Message != why {
		t.Errorf("while o1 is there: %v", err)
	}
	place(t, b, contracts.Deployed, "orders", "o2", "")
	if a := ask(t, b, "inventory", "i1"); a.Verdict != contracts.Unknown {
		t.Errorf("a consumer is there without a pact: %s, want unknown", a.Verdict)
	}
	if err := b.DeleteIntegration(t.Context(), "orders", "inventory"); err != nil {
		t.Fatal(err)
	}
	for service, version := range map[string]string{"inventory": "i1", "orders": "o2"} {
		if a := ask(t, b, service, version); a.Verdict != contracts.Yes {
			t.Errorf("%s %s: %s because %+v", service, version, a.Verdict, a.Reasons)
		}
	}
	if a := ask(t, b, "orders", "o1"); a.Verdict != contracts.Unknown {
		t.Errorf("the version that relied on it: %s, want unknown", a.Verdict)
	}
}
