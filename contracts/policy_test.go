package contracts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// verdictOf is a matrix's answer in the words of the gate.
func verdictOf(m contracts.Matrix) contracts.Verdict {
	switch {
	case m.Deployable == nil:
		return contracts.Unknown
	case *m.Deployable:
		return contracts.Yes
	}
	return contracts.No
}

func ignoreFor(t *testing.T, b *contracts.Broker, subject string) contracts.IgnoreRule {
	t.Helper()
	rule, err := b.AddIgnoreRule(t.Context(), contracts.IgnoreRule{
		Service: subject, Owner: "checkout", Reason: "it leaves", ExpiresAt: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

// TestAPolicyWeighsOnTheBroker asks what pipelines ask, with and without a policy,
// in a world where orders o1 relies on inventory i1 in production.
func TestAPolicyWeighsOnTheBroker(t *testing.T) {
	t.Parallel()
	type broker = contracts.Broker
	here := func(service, version string) contracts.MatrixQuery {
		return contracts.MatrixQuery{
			Selectors: []contracts.MatrixSelector{{Pacticipant: service, Version: version}}, Environment: "production", LatestBy: "cvpv",
		}
	}
	between := contracts.MatrixQuery{
		Selectors: []contracts.MatrixSelector{{Pacticipant: "orders", Version: "o1"}, {Pacticipant: "inventory", Version: "i1"}}, LatestBy: "cvpv",
	}
	aged := contracts.Policy{AtBroker: true, MaxAge: time.Nanosecond}
	tests := []struct {
		name          string
		before        func(t *testing.T, b *broker)
		policy        contracts.Policy
		ask           contracts.MatrixQuery
		without, with contracts.Verdict
		unknowns      int // with the policy
		reason        string
	}{
		{
			name: "what is kept and fresh is a yes", policy: contracts.Policy{AtBroker: true, MaxAge: time.Hour}, ask: here("orders", "o1"),
			without: contracts.Yes, with: contracts.Yes, reason: "All required verification results are published and successful",
		},
		{
			name: "a policy for the gate alone leaves the broker as it is", policy: contracts.Policy{MaxAge: time.Nanosecond}, ask: here("orders", "o1"),
			without: contracts.Yes, with: contracts.Yes, reason: "All required verification results are published and successful",
		},
		{
			name: "a verdict that is too old", policy: aged, ask: here("orders", "o1"),
			without: contracts.Yes, with: contracts.Unknown, unknowns: 1,
			reason: "By this organisation's policy unknown: inventory i1 (in production) verified the pact of orders o1 too long ago",
		},
		{
			name: "a verdict that is too old, between two versions", policy: aged, ask: between,
			without: contracts.Yes, with: contracts.Unknown, unknowns: 1,
			reason: "By this organisation's policy unknown: inventory i1 verified the pact of orders o1 too long ago, on ",
		},
		{
			name: "a claim without a result for every interaction", policy: contracts.Policy{AtBroker: true}, ask: here("orders", "o1"),
			before:  func(t *testing.T, b *broker) { t.Helper(); claim(t, b, []contracts.InteractionResult{}) },
			without: contracts.Yes, with: contracts.Unknown, unknowns: 1, reason: "without a result for every interaction",
		},
		{
			name: "a claim without a result for every interaction, between two versions", policy: contracts.Policy{AtBroker: true}, ask: between,
			before:  func(t *testing.T, b *broker) { t.Helper(); claim(t, b, []contracts.InteractionResult{}) },
			without: contracts.Yes, with: contracts.Unknown, unknowns: 1,
			reason: "By this organisation's policy unknown: inventory i1 verified the pact of orders o1 without a result for every interaction.",
		},
		{
			name: "a consumer that is there without a pact", policy: contracts.Policy{AtBroker: true}, ask: here("inventory", "i1"),
			before: func(t *testing.T, b *broker) {
				t.Helper()
				sees(t, b, "orders", "o2")
				deploy(t, b, "orders", "o2")
			},
			without: contracts.Yes, with: contracts.Unknown, unknowns: 1, reason: "has published no pact with inventory",
		},
		{
			name: "a broken pact stays a no, however old", policy: aged, ask: here("orders", "o1"),
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
			},
			without: contracts.No, with: contracts.No, reason: "The verification for the pact between",
		},
		{
			name: "a stored rule counts under the policy, and says whose it is", policy: contracts.Policy{AtBroker: true}, ask: here("orders", "o1"),
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
				ignoreFor(t, b, "inventory")
			},
			without: contracts.No, with: contracts.Yes, reason: "checkout ignored inventory until ",
		},
		{
			name: "a stored rule never speaks for whom it is about", policy: contracts.Policy{AtBroker: true}, ask: here("inventory", "i2"),
			before: func(t *testing.T, b *broker) {
				t.Helper()
				deploy(t, b, "orders", "o1")
				verify(t, b, "i2", map[string]string{inStock: contracts.Failed})
				ignoreFor(t, b, "inventory")
			},
			without: contracts.No, with: contracts.No, reason: "The verification for the pact between",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			if tt.before != nil {
				tt.before(t, b)
			}
			plain, err := b.Matrix(t.Context(), tt.ask)
			if err != nil {
				t.Fatal(err)
			}
			if got := verdictOf(plain); got != tt.without {
				t.Errorf("without a policy: %s because\n%s\nwant %s", got, plain.Reason(), tt.without)
			}
			m, err := b.WithPolicy(tt.policy).Matrix(t.Context(), tt.ask)
			if err != nil {
				t.Fatal(err)
			}
			if got := verdictOf(m); got != tt.with || !strings.Contains(m.Reason(), tt.reason) || m.Unknowns != tt.unknowns {
				t.Errorf("with the policy: %s, %d unknown, because\n%s\nwant %s, %d, because %s", got, m.Unknowns, m.Reason(), tt.with, tt.unknowns, tt.reason)
			}
			yes := true
			tt.ask.Success = []*bool{&yes}
			if m, err := b.WithPolicy(tt.policy).Matrix(t.Context(), tt.ask); err != nil || verdictOf(m) != tt.with {
				t.Errorf("with the policy, and shown only what succeeded: %s, %v, want %s", verdictOf(m), err, tt.with)
			}
			success := false
			for _, r := range m.Reasons {
				success = success || r.Type == "success"
			}
			if success != (tt.with == contracts.Yes) {
				t.Errorf("%s with a sentence of success: %t", tt.with, success)
			}
		})
	}
}

func TestAnIgnoredVersionSpeaksForNoneBesideIt(t *testing.T) {
	t.Parallel()
	b := journey(t)
	sees(t, b, "inventory", "i2")
	place(t, b, contracts.Deployed, "inventory", "i2", "blue") // beside i1, and nobody verified it
	m, err := b.Matrix(t.Context(), contracts.MatrixQuery{
		Selectors:   []contracts.MatrixSelector{{Pacticipant: "orders", Version: "o1"}},
		Ignore:      []contracts.MatrixSelector{{Pacticipant: "inventory", Version: "i1"}},
		Environment: "production", LatestBy: "cvpv",
	})
	if err != nil || verdictOf(m) != contracts.Unknown || !strings.Contains(m.Reason(), "(i2)") {
		t.Errorf("%s because\n%s, %v; want unknown because of i2", verdictOf(m), m.Reason(), err)
	}
}

func TestAPolicyIsWhatItWas(t *testing.T) {
	t.Parallel()
	b := newBroker()
	strict := b.WithPolicy(contracts.Policy{MaxAge: time.Hour, AtBroker: true})
	if b.Policy() != (contracts.Policy{}) || strict.Policy() != (contracts.Policy{MaxAge: time.Hour, AtBroker: true}) {
		t.Errorf("policies %+v and %+v", b.Policy(), strict.Policy())
	}
}

// TestQuestionsOnlyMakeThePolicyStricter asks the gate for longer and shorter ages
// than the policy's.
func TestQuestionsOnlyMakeThePolicyStricter(t *testing.T) {
	t.Parallel()
	b := journey(t).WithPolicy(contracts.Policy{MaxAge: 24 * time.Hour})
	for asked, want := range map[time.Duration]time.Duration{0: 24 * time.Hour, time.Hour: time.Hour, 72 * time.Hour: 24 * time.Hour} {
		a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "orders", Version: "o1", Environment: "production", MaxAge: asked})
		if err != nil || a.MaxAge != want {
			t.Errorf("asked for %s: %s counts, %v; want %s", asked, a.MaxAge, err, want)
		}
	}
}

// TestAPolicyWeighsOnSeveralVersions asks for two versions at once, or for one twice:
// what the gate misses for one of them is not there because another one comes along.
func TestAPolicyWeighsOnSeveralVersions(t *testing.T) {
	t.Parallel()
	versions := func(pairs ...string) (out []contracts.MatrixSelector) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, contracts.MatrixSelector{Pacticipant: pairs[i], Version: pairs[i+1]})
		}
		return out
	}
	for name, tt := range map[string]struct {
		selectors []contracts.MatrixSelector
		missing   string // what is missed; "" is nothing
	}{
		"nothing is missed":                  {versions("orders", "o1", "other", "1"), ""},
		"a consumer that published nothing":  {versions("orders", "o2", "other", "1"), "orders has pacts with inventory, but version o2 published none."},
		"the same twice":                     {versions("orders", "o2", "orders", "o2"), "orders has pacts with inventory, but version o2 published none."},
		"a provider that verified nothing":   {versions("inventory", "i2", "other", "1"), "Version i2 of inventory has not verified any pact."},
		"a consumer is there without a pact": {versions("inventory", "i1", "other", "1"), "orders o3 is in production and has published no pact with inventory."},
		"that consumer gets another version": {versions("inventory", "i1", "orders", "o1"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			publish(t, b, "o1", "main", "orders", "inventory", inStock, soldOut)
			for _, v := range versions("orders", "o2", "orders", "o3", "inventory", "i1", "inventory", "i2", "other", "1") {
				sees(t, b, v.Pacticipant, v.Version)
			}
			verify(t, b, "i1", kept())
			if strings.Contains(tt.missing, "o3") || tt.missing == "" && tt.selectors[0].Pacticipant == "inventory" {
				place(t, b, contracts.Deployed, "orders", "o3", "")
			} else {
				place(t, b, contracts.Deployed, "inventory", "i1", "")
			}
			q := contracts.MatrixQuery{Selectors: tt.selectors, Environment: "production", LatestBy: "cvpv"}
			m, err := b.WithPolicy(contracts.Policy{AtBroker: true}).Matrix(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			want := contracts.Yes
			if tt.missing != "" {
				want = contracts.Unknown
			}
			if got := verdictOf(m); got != want || !strings.Contains(m.Reason(), tt.missing) {
				t.Errorf("%s and not %s, because\n%s", got, want, m.Reason())
			}
		})
	}
}

// TestAPolicyHasNoHoles asks in ways that leave the gate less to be asked about: for
// all versions of a counterpart, beside what stays there, without a destination.
func TestAPolicyHasNoHoles(t *testing.T) {
	t.Parallel()
	selector := func(service, version string) contracts.MatrixSelector {
		return contracts.MatrixSelector{Pacticipant: service, Version: version}
	}
	both := []contracts.MatrixSelector{selector("orders", "o1"), selector("inventory", "i2")}
	released := func(t *testing.T, b *contracts.Broker) {
		t.Helper()
		place(t, b, contracts.Released, "inventory", "i1", "")
		verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
	}
	unverified := func(t *testing.T, b *contracts.Broker) {
		t.Helper()
		sees(t, b, "inventory", "i3")
	}
	withdrawn := func(t *testing.T, b *contracts.Broker) {
		t.Helper()
		if err := deletePact(t, b); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		before    func(t *testing.T, b *contracts.Broker)
		selectors []contracts.MatrixSelector
		nowhere   bool
		want      contracts.Verdict
		reason    string
	}{
		"a version that comes along takes the place of none that is released": {
			released, both, false, contracts.No, "inventory i1 (in production) breaks the pact of orders o1",
		},
		"all versions of a service take the place of none": {
			func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				unverified(t, b)
				place(t, b, contracts.Released, "inventory", "i3", "")
			},
			[]contracts.MatrixSelector{selector("orders", "o1"), selector("inventory", "")},
			false, contracts.Unknown, "",
		},
		"without a destination, one of two has verified nothing": {
			unverified, append(both, selector("inventory", "i3")), true, contracts.Unknown, "inventory i3 has not verified the pact of orders o1.",
		},
		"without a destination, the pact was deleted": {withdrawn, both, true, contracts.Unknown, "The pact of orders o1 with inventory was deleted on "},
		"a service that talks to itself breaks what is released of it": {
			func(t *testing.T, b *contracts.Broker) {
				t.Helper()
				publish(t, b, "1", "main", "shop", "shop", inStock)
				place(t, b, contracts.Released, "shop", "1", "")
				publish(t, b, "2", "main", "shop", "payments", inStock)
				sees(t, b, "payments", "p1")
			},
			[]contracts.MatrixSelector{selector("shop", "2")},
			false, contracts.Unknown, "shop 2 has not verified the pact of shop 1 (in production).",
		},
		"without a destination, all is well": {unverified, both, true, contracts.Yes, ""},
		"without a destination, alone":       {unverified, both[:1], true, contracts.Unknown, "where would orders go? Name an environment"},
		"without a version":                  {unverified, []contracts.MatrixSelector{selector("inventory", "")}, false, contracts.Unknown, "which version of inventory? Name one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			publish(t, b, "o1", "main", "orders", "inventory", inStock, soldOut)
			publish(t, b, "o1", "main", "orders", "payments", inStock)
			verify(t, b, "i1", kept())
			verify(t, b, "i2", kept())
			verifyBy(t, b, "payments", "p1", map[string]string{inStock: contracts.Passed})
			place(t, b, contracts.Deployed, "payments", "p1", "")
			tt.before(t, b)
			q := contracts.MatrixQuery{Selectors: tt.selectors, LatestBy: "cvp"}
			if !tt.nowhere {
				q.Environment = "production"
			}
			m, err := b.WithPolicy(contracts.Policy{AtBroker: true}).Matrix(t.Context(), q)
			if got := verdictOf(m); err != nil || got != tt.want || !strings.Contains(m.Reason(), tt.reason) {
				t.Errorf("%s and not %s, because\n%s\n%v", got, tt.want, m.Reason(), err)
			}
		})
	}
}
