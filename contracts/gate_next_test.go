package contracts_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// TestTheNextCommandChangesTheAnswer does what the command of an unknown does, for
// versions that stand in every place a version can: it verifies the pacts that the
// command takes, with the version it names.
func TestTheNextCommandChangesTheAnswer(t *testing.T) {
	t.Parallel()
	const other = "something new"
	tests := []struct {
		name     string
		before   func(t *testing.T, b *contracts.Broker)
		to       contracts.Question // production when empty
		selector string
	}{
		{name: "the newest on the main branch", before: func(t *testing.T, b *contracts.Broker) {
			t.Helper()
			publish(t, b, "o2", "main", "orders", "inventory", other)
		}},
		{name: "not the newest on the main branch", selector: `'{"consumer":"orders","version":"o2"}'`, before: func(t *testing.T, b *contracts.Broker) {
			t.Helper()
			publish(t, b, "o2", "main", "orders", "inventory", other)
			publish(t, b, "o3", "main", "orders", "inventory", inStock)
		}},
		{name: "the newest on another branch", selector: `'{"consumer":"orders","version":"o2"}'`, before: func(t *testing.T, b *contracts.Broker) {
			t.Helper()
			publish(t, b, "o2", "feat/x", "orders", "inventory", other)
		}},
		{name: "an older one on another branch", selector: `'{"consumer":"orders","version":"o2"}'`, before: func(t *testing.T, b *contracts.Broker) {
			t.Helper()
			publish(t, b, "o2", "feat/x", "orders", "inventory", other)
			publish(t, b, "o3", "feat/x", "orders", "inventory", inStock)
		}},
		{name: "on no branch", selector: `'{"consumer":"orders","version":"o2"}'`, before: func(t *testing.T, b *contracts.Broker) {
			t.Helper()
			publish(t, b, "o2", "", "orders", "inventory", other)
		}},
		{name: "in another environment", before: func(t *testing.T, b *contracts.Broker) {
			t.Helper()
			publish(t, b, "o2", "feat/x", "orders", "inventory", other)
			if _, err := b.RecordDeployment(t.Context(), contracts.Deployment{Service: "orders", Version: "o2", Environment: "test"}); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "a merge", to: contracts.Question{MainBranches: true}, selector: `'{"consumer":"orders","version":"o2"}'`, before: func(t *testing.T, b *contracts.Broker) {
			t.Helper()
			publish(t, b, "o2", "feat/x", "orders", "inventory", other)
		}},
		{
			name: "the provider, and a consumer known by its tag", selector: `'{"consumer":"orders","version":"o2"}'`,
			to: contracts.Question{Service: "inventory", Version: "i1", ToTag: "live"},
			before: func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				publish(t, b, "o2", "feat/x", "orders", "inventory", other)
				if _, _, err := b.AddTag(t.Context(), "orders", "o2", "live"); err != nil {
					t.Fatal(err)
				}
			},
		},
		{name: "the provider, and a consumer that runs", to: contracts.Question{Service: "inventory", Version: "i1", Environment: "production"}, before: func(t *testing.T, b *contracts.Broker) {
			t.Helper()
			publish(t, b, "o2", "feat/x", "orders", "inventory", other)
			deploy(t, b, "orders", "o2")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			tt.before(t, b)
			q := tt.to
			if q.Service == "" {
				q.Service, q.Version = "orders", "o2"
			}
			if q.ToTag == "" && !q.MainBranches {
				q.Environment = "production"
			}
			a, err := b.CanIDeploy(t.Context(), q)
			if err != nil || a.Verdict != contracts.Unknown {
				t.Fatalf("%s, %v: %+v", a.Verdict, err, a.Reasons)
			}
			command, selector, _ := strings.Cut(a.Reasons[0].Next, " --selector ")
			if command != "platform contracts verify --provider inventory --provider-url URL --version i1" || selector != tt.selector {
				t.Errorf("next %s, want the selector %s", a.Reasons[0].Next, tt.selector)
			}
			verifySelected(t, b, strings.Trim(selector, "'"))
			if a, err := b.CanIDeploy(t.Context(), q); err != nil || a.Verdict != contracts.Yes {
				t.Errorf("afterwards %s, %v: %+v", a.Verdict, err, a.Reasons)
			}
		})
	}
}

// verifySelected has inventory i1 keep every pact that the selector takes.
func verifySelected(t *testing.T, b *contracts.Broker, selector string) {
	t.Helper()
	q := contracts.PactQuery{Provider: "inventory"}
	if selector != "" {
		var s struct{ Consumer, Version string }
		if err := json.Unmarshal([]byte(selector), &s); err != nil {
			t.Fatal(err)
		}
		q.Selectors = []contracts.Selector{{Consumer: s.Consumer, Version: s.Version}}
	}
	pacts, err := b.PactsForVerification(t.Context(), q)
	if err != nil || len(pacts) == 0 {
		t.Fatalf("%d pacts, %v", len(pacts), err)
	}
	for _, p := range pacts {
		doc, err := contracts.ParsePact("", p.Content)
		if err != nil {
			t.Fatal(err)
		}
		v := contracts.Verification{Consumer: p.Consumer, Provider: p.Provider, PactSHA: p.SHA, ProviderVersion: "i1", Success: true}
		for _, in := range doc.People() {
			v.Interactions = append(v.Interactions, contracts.InteractionResult{Description: in.Description, Status: contracts.Passed})
		}
		if _, err := b.RecordVerification(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
}
