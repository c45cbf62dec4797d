package contracts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// TestWhatIsMadeAgainReliesOnWhatItDid deletes a version that the gate says no to, alone
// or with its service and its integration, and makes one of its name: a version is a
// commit, and what that relies on is not forgotten with it.
func TestWhatIsMadeAgainReliesOnWhatItDid(t *testing.T) {
	t.Parallel()
	removals := map[string]func(t *testing.T, b *contracts.Broker) []error{
		"the version": func(t *testing.T, b *contracts.Broker) []error {
			t.Helper()
			return []error{b.DeleteVersion(t.Context(), "orders", "o1")}
		},
		"the service": func(t *testing.T, b *contracts.Broker) []error {
			t.Helper()
			return []error{b.DeletePacticipant(t.Context(), "orders")}
		},
		"the version and the integration": func(t *testing.T, b *contracts.Broker) []error {
			t.Helper()
			return []error{b.DeleteVersion(t.Context(), "orders", "o1"), b.DeleteIntegration(t.Context(), "orders", "inventory")}
		},
		"the integration, and with it what has no other": func(t *testing.T, b *contracts.Broker) []error {
			t.Helper()
			return []error{b.DeleteIntegration(t.Context(), "orders", "inventory")}
		},
		"the pact and both services": func(t *testing.T, b *contracts.Broker) []error {
			t.Helper()
			return []error{deletePact(t, b), b.DeletePacticipant(t.Context(), "orders"), b.DeletePacticipant(t.Context(), "inventory")}
		},
	}
	for name, remove := range removals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			leave(t, b, "inventory")
			verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
			for _, err := range remove(t, b) {
				if err != nil {
					t.Fatal(err)
				}
			}
			withdrawn := func(a contracts.Answer) bool {
				return slices.ContainsFunc(a.Reasons, func(r contracts.Reason) bool {
					return r.Rule == contracts.RuleWithdrawn && strings.Contains(r.Text, "pact") && r.Next == "platform contracts publish pacts --service orders --version o1"
				})
			}
			for service, version := range map[string]string{"orders": "o1", "inventory": "i1"} {
				if _, _, err := b.SaveVersion(t.Context(), service, version, contracts.VersionChange{}); err != nil {
					t.Fatal(err)
				}
			}
			place(t, b, contracts.Deployed, "orders", "o1", "")
			if a := ask(t, b, "orders", "o1"); a.Verdict != contracts.Unknown || !withdrawn(a) {
				t.Errorf("the consumer: %s because %+v", a.Verdict, a.Reasons)
			}
			if a := ask(t, b, "inventory", "i1"); a.Verdict != contracts.Unknown || !withdrawn(a) {
				t.Errorf("the provider: %s because %+v", a.Verdict, a.Reasons)
			}
			publish(t, b, "o1", "main", "orders", "inventory", inStock, soldOut)
			if a := ask(t, b, "orders", "o1"); withdrawn(a) || a.Verdict == contracts.Yes {
				t.Errorf("published again: %s because %+v", a.Verdict, a.Reasons)
			}
		})
	}
}

// TestAProviderStaysWhileNobodyKnowsWhatIsReliedOn deletes a provider of which a version
// that is there should have a pact and has none: with the provider went that it should.
func TestAProviderStaysWhileNobodyKnowsWhatIsReliedOn(t *testing.T) {
	t.Parallel()
	b := journey(t)
	leave(t, b, "inventory")
	if _, _, err := b.SaveVersion(t.Context(), "orders", "o2", contracts.VersionChange{}); err != nil {
		t.Fatal(err)
	}
	place(t, b, contracts.Deployed, "orders", "o2", "")
	err := b.DeletePacticipant(t.Context(), "inventory")
	const want = "orders o2 is in production and has published no pact with inventory, which orders consumes."
	if f := fault.From(err); !fault.Is(err, fault.Conflict) || !strings.HasPrefix(f.Message, want) ||
		!strings.Contains(f.Hint, "platform contracts publish pacts --service orders --version o2") || !strings.HasSuffix(f.Hint, "/broker/integrations/provider/inventory/consumer/orders") {
		t.Errorf("%v, %+v", err, f)
	}
	if a := ask(t, b, "inventory", "i1"); a.Verdict != contracts.Unknown {
		t.Errorf("the provider: %s, want unknown", a.Verdict)
	}
	if err := b.DeleteIntegration(t.Context(), "orders", "inventory"); err != nil {
		t.Errorf("nothing of it is needed any more: %v", err)
	}
	if _, err := b.Pacticipant(t.Context(), "inventory"); !fault.Is(err, fault.NotFound) {
		t.Errorf("and so it went: %v", err)
	}
}

// TestWhatRunsReliesOnWhatItPublished publishes, in the place of a deleted pact, another one
// that the provider keeps, while what relies on the first runs.
func TestWhatRunsReliesOnWhatItPublished(t *testing.T) {
	t.Parallel()
	b := journey(t)
	verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
	other := func() error {
		_, err := b.Publish(t.Context(), contracts.Publication{
			Consumer: "orders", Version: "o1", Contracts: []contracts.Contract{{Content: pactJSON("orders", "inventory", "something else")}},
		})
		return err
	}
	place(t, b, contracts.Deployed, "orders", "o1", "")
	if err := deletePact(t, b); err != nil {
		t.Fatal(err)
	}
	err := other()
	const want = "orders o1 is in production, and its pact with inventory, which was deleted on "
	if f := fault.From(err); !fault.Is(err, fault.Conflict) || !strings.HasPrefix(f.Message, want) || f.Hint == "" {
		t.Errorf("while it runs: %v", err)
	}
	if a := ask(t, b, "inventory", "i1"); a.Verdict != contracts.Unknown {
		t.Errorf("afterwards %s, want unknown", a.Verdict)
	}
	publish(t, b, "o1", "main", "orders", "inventory", inStock, soldOut)
	if a := ask(t, b, "inventory", "i1"); a.Verdict != contracts.No {
		t.Errorf("published again %s, want no", a.Verdict)
	}
	leave(t, b, "orders")
	if err := deletePact(t, b); err != nil {
		t.Fatal(err)
	}
	if err := other(); err != nil {
		t.Errorf("a pact that was published by mistake can be mended: %v", err)
	}
}

// TestATagDeploysAgain tags versions with the name of an environment: tagged once more a
// version has come back, but one that is published once more with its tag has not.
func TestATagDeploysAgain(t *testing.T) {
	t.Parallel()
	b := journey(t)
	publish(t, b, "o2", "main", "orders", "inventory", "something else")
	runs := func(want string) {
		t.Helper()
		there, err := b.Deployments(t.Context(), contracts.DeploymentFilter{Kind: contracts.Deployed, Current: true})
		if err != nil || slices.ContainsFunc(there, func(d contracts.Deployment) bool { return d.Service == "orders" && d.Version != want }) || len(there) != 2 {
			t.Errorf("%+v, want %s, %v", there, want, err)
		}
	}
	for _, version := range []string{"o1", "o2", "o1", "o2"} {
		if _, _, err := b.AddTag(t.Context(), "orders", version, "production"); err != nil {
			t.Fatal(err)
		}
		runs(version)
	}
	if _, err := b.Publish(t.Context(), contracts.Publication{
		Version: "o1", Tags: []string{"production"}, Contracts: []contracts.Contract{{Content: pactJSON("orders", "inventory", inStock, soldOut)}},
	}); err != nil {
		t.Fatal(err)
	}
	runs("o2")
}
