package contracts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
	"github.com/goldenpath/platform/internal/fault"
)

// journey is the small world most tests of the gate start from: orders consumes
// inventory, inventory i1 has verified it and runs in production.
func journey(t *testing.T) *contracts.Broker {
	t.Helper()
	b := newBroker()
	publish(t, b, "o1", "main", "orders", "inventory", "a product in stock", "a product out of stock")
	verify(t, b, "i1", map[string]string{"a product in stock": contracts.Passed, "a product out of stock": contracts.Passed})
	deploy(t, b, "inventory", "i1")
	return b
}

// verify records what a version of inventory says about the latest pact of orders.
func verify(t *testing.T, b *contracts.Broker, version string, results map[string]string) contracts.Verification {
	t.Helper()
	return verifyBy(t, b, "inventory", version, results)
}

// verifyBy records what a version of a provider says about the latest pact of orders.
func verifyBy(t *testing.T, b *contracts.Broker, provider, version string, results map[string]string) contracts.Verification {
	t.Helper()
	pair, err := b.Pair(t.Context(), "orders", provider)
	if err != nil {
		t.Fatal(err)
	}
	v := contracts.Verification{
		Consumer: "orders", Provider: provider, PactSHA: pair.SHA, ProviderVersion: version, ProviderBranch: "main", Success: true,
	}
	for description, status := range results {
		r := contracts.InteractionResult{Description: description, Status: status}
		if status == contracts.Failed {
			v.Success = false
			r.Mismatches = []string{"$.stock: expected 1 to be a number"}
		}
		v.Interactions = append(v.Interactions, r)
	}
	v, err = b.RecordVerification(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func deploy(t *testing.T, b *contracts.Broker, service, version string) {
	t.Helper()
	_, err := b.RecordDeployment(t.Context(), contracts.Deployment{Service: service, Version: version, Environment: "production"})
	if err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, b *contracts.Broker, service, version string) contracts.Answer {
	t.Helper()
	a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: service, Version: version, Environment: "production"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheGate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name             string
		before           func(t *testing.T, b *contracts.Broker)
		service, version string
		want             contracts.Verdict
		wantText         string
		wantNext         string
		wantInteractions []string
	}{
		{
			name: "a kept pact is a yes", service: "orders", version: "o1", want: contracts.Yes,
			wantText: "inventory i1 (in production) keeps the pact of orders o1.",
		},
		{
			name: "a broken pact is a no that names the interaction", service: "inventory", version: "i2", want: contracts.No,
			before: func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				deploy(t, b, "orders", "o1")
				verify(t, b, "i2", map[string]string{"a product in stock": contracts.Failed, "a product out of stock": contracts.Passed})
			},
			wantText:         `inventory i2 breaks the pact of orders o1 (in production): "a product in stock" failed.`,
			wantNext:         `platform contracts verify --provider inventory --provider-url URL --version "$(git rev-parse HEAD)"`,
			wantInteractions: []string{"a product in stock"},
		},
		{
			name: "a missing result is unknown, whatever the client claims", service: "inventory", version: "i2", want: contracts.Unknown,
			before: func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				deploy(t, b, "orders", "o1")
				verify(t, b, "i2", map[string]string{"a product in stock": contracts.Passed})
			},
			wantText:         `inventory i2 has verified the pact of orders o1 (in production) without a result for every interaction: "a product out of stock".`,
			wantInteractions: []string{"a product out of stock"},
		},
		{
			name: "a version nobody verified is unknown", service: "inventory", version: "i9", want: contracts.Unknown,
			wantText: "Version i9 of inventory is not known", wantNext: "platform contracts verify --provider inventory --provider-url URL --version i9",
		},
		{
			name: "a version nobody published is unknown", service: "orders", version: "o9", want: contracts.Unknown,
			wantText: "Version o9 of orders is not known", wantNext: "platform contracts publish pacts --service orders --version o9",
		},
		{
			name: "a service nobody knows is unknown, with similar names", service: "order", version: "o1", want: contracts.Unknown,
			wantText: "Similar names: orders.",
		},
		{
			name: "a provider that is nowhere is unknown", service: "orders", version: "o2", want: contracts.Unknown,
			before: func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				publish(t, b, "o2", "main", "orders", "billing", "a bill")
			},
			wantText: "orders o2 needs billing, and no version of billing is recorded in production.",
			wantNext: "platform contracts record-deployment --service billing --version VERSION --environment production",
		},
		{
			name: "a new pact the provider has not verified is unknown", service: "orders", version: "o2", want: contracts.Unknown,
			before: func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				publish(t, b, "o2", "main", "orders", "inventory", "something new")
			},
			wantText: "inventory i1 (in production) has not verified the pact of orders o2.",
			wantNext: "platform contracts verify --provider inventory --provider-url URL --version i1",
		},
		{
			name: "a consumer that is there without a pact is unknown", service: "inventory", version: "i1", want: contracts.Unknown,
			before: func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				if _, err := b.AddToBranch(t.Context(), "orders", "main", "o0"); err != nil {
					t.Fatal(err)
				}
				deploy(t, b, "orders", "o0")
			},
			wantText: "orders o0 is in production and has published no pact with inventory.",
			wantNext: "platform contracts publish pacts --service orders --version o0",
		},
		{
			name: "every co-resident version counts", service: "orders", version: "o1", want: contracts.No,
			before: func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				verify(t, b, "i2", map[string]string{"a product in stock": contracts.Failed})
				_, err := b.RecordDeployment(t.Context(), contracts.Deployment{
					Service: "inventory", Version: "i2", Environment: "production", ApplicationInstance: "blue",
				})
				if err != nil {
					t.Fatal(err)
				}
			},
			wantText:         "inventory i2 (in production) breaks the pact of orders o1",
			wantInteractions: []string{"a product in stock"},
		},
		{
			name: "names are quoted for the shell", service: "odd name; rm", version: "1", want: contracts.Unknown,
			wantNext: "platform contracts publish pacts --service 'odd name; rm' --version 1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			if tt.before != nil {
				tt.before(t, b)
			}
			a := ask(t, b, tt.service, tt.version)
			if a.Verdict != tt.want || len(a.Reasons) == 0 || a.Reasons[0].Verdict != tt.want {
				t.Fatalf("verdict %s with %+v, want %s", a.Verdict, a.Reasons, tt.want)
			}
			r := a.Reasons[0]
			if !strings.Contains(r.Text, tt.wantText) || (tt.wantNext != "" && r.Next != tt.wantNext) {
				t.Errorf("reason %q, next %q\nwant   %q, next %q", r.Text, r.Next, tt.wantText, tt.wantNext)
			}
			if diff := cmp.Diff(tt.wantInteractions, r.Interactions); diff != "" {
				t.Errorf("interactions (-want +got):\n%s", diff)
			}
			if !strings.Contains(a.Summary, tt.service) || !strings.Contains(a.Summary, "production") {
				t.Errorf("summary %q", a.Summary)
			}
		})
	}
}

func TestTheGateKnowsEnvironments(t *testing.T) {
	t.Parallel()
	_, err := journey(t).CanIDeploy(t.Context(), contracts.Question{Service: "orders", Version: "o1", Environment: "prod"})
	if f := fault.From(err); f.Code != fault.NotFound || !strings.Contains(f.Hint, "production, test") {
		t.Errorf("error %v with hint %q, want a list of environments", err, f.Hint)
	}
}

func TestAVerdictMayBeTooOld(t *testing.T) {
	t.Parallel()
	store := contractstest.NewStore()
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	b := contracts.New(store, store, func() time.Time { return now })
	publish(t, b, "o1", "main", "orders", "inventory", "one")
	verify(t, b, "i1", map[string]string{"one": contracts.Passed})
	deploy(t, b, "inventory", "i1")
	now = now.Add(48 * time.Hour)
	for age, want := range map[time.Duration]contracts.Verdict{0: contracts.Yes, 72 * time.Hour: contracts.Yes, 24 * time.Hour: contracts.Unknown} {
		a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "orders", Version: "o1", Environment: "production", MaxAge: age})
		if err != nil || a.Verdict != want {
			t.Errorf("at most %s old: %s %v, want %s", age, a.Verdict, err, want)
		}
	}
}

func TestGateStatuses(t *testing.T) {
	t.Parallel()
	b := journey(t)
	publish(t, b, "o2", "feat/x", "orders", "inventory", "something new")
	got, err := b.GateStatuses(t.Context(), "production", []string{"orders", "inventory", "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]contracts.GateStatus{
		"orders":    {Service: "orders", Version: "o1", Environment: "production", Verdict: contracts.Yes},
		"inventory": {Service: "inventory", Version: "i1", Environment: "production", Verdict: contracts.Yes},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// A service that consumes itself meets the version that is to come, which nobody may
// say is there already.
func TestWhatIsToComeIsNotSaidToBeThere(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "i1", "main", "inventory", "inventory", "one")
	publish(t, b, "i2", "main", "inventory", "inventory", "one")
	pair, err := b.Pair(t.Context(), "inventory", "inventory")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.RecordVerification(t.Context(), contracts.Verification{
		Consumer: "inventory", Provider: "inventory", PactSHA: pair.SHA, ProviderVersion: "i1", Success: true,
		Interactions: []contracts.InteractionResult{{Description: "one", Status: contracts.Passed}},
	}); err != nil {
		t.Fatal(err)
	}
	deploy(t, b, "inventory", "i1")
	for _, to := range []contracts.Question{{Environment: "production"}, {ToTag: "live"}, {MainBranches: true}} {
		for version, want := range map[string]string{
			"i1": "inventory i1 keeps the pact of inventory i1.",
			"i2": "inventory i2 has not verified the pact of inventory i2.",
		} {
			to.Service, to.Version = "inventory", version
			a, err := b.CanIDeploy(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Reasons[0].Text; got != want {
				t.Errorf("%+v: %q, want %q", to, got, want)
			}
		}
	}
}

func TestNoConsumerIsCut(t *testing.T) {
	t.Parallel()
	const consumers = 150
	b := newBroker()
	for i := range consumers {
		name := "consumer-" + strings.Repeat("i", i+1)
		publish(t, b, "1", "main", name, "inventory", "one")
		pair, err := b.Pair(t.Context(), name, "inventory")
		if err != nil {
			t.Fatal(err)
		}
		status := contracts.Passed
		if i == 0 { // the oldest, which a limit would cut
			status = contracts.Failed
		}
		_, err = b.RecordVerification(t.Context(), contracts.Verification{
			Consumer: name, Provider: "inventory", PactSHA: pair.SHA, ProviderVersion: "i1", Success: status == contracts.Passed,
			Interactions: []contracts.InteractionResult{{Description: "one", Status: status}},
		})
		if err != nil {
			t.Fatal(err)
		}
		deploy(t, b, name, "1")
	}
	a := ask(t, b, "inventory", "i1")
	if a.Verdict != contracts.No || len(a.Reasons) != consumers {
		t.Errorf("verdict %s of %d reasons, want no of %d", a.Verdict, len(a.Reasons), consumers)
	}
	m, err := b.Matrix(t.Context(), contracts.MatrixQuery{
		Selectors: []contracts.MatrixSelector{{Pacticipant: "inventory", Version: "i1"}}, Environment: "production", LatestBy: "cvpv", Limit: 100,
	})
	if err != nil {
		t.Fatal(err)
	}
	if m.Deployable == nil || *m.Deployable || len(m.Rows) != 100 || m.Successes != consumers-1 {
		t.Errorf("deployable %v with %d rows and %d successes", m.Deployable, len(m.Rows), m.Successes)
	}
}
