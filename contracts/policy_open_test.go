package contracts_test

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// TestNothingAskedAboutIsIgnored has questions that leave out what they ask about. A
// Pact Broker says yes, for nothing is left to judge; the gate refuses them, and its
// policy says unknown.
func TestNothingAskedAboutIsIgnored(t *testing.T) {
	t.Parallel()
	type selectors = []contracts.MatrixSelector
	orders, inventory := contracts.MatrixSelector{Pacticipant: "orders", Version: "o1"}, contracts.MatrixSelector{Pacticipant: "inventory", Version: "i1"}
	there := contracts.MatrixSelector{Pacticipant: "inventory", Environment: "production"}
	const why = "By this organisation's policy unknown: orders is asked about and ignored, so its pacts were not judged."
	tests := []struct {
		name          string
		ask           contracts.MatrixQuery
		broken        bool
		without, with contracts.Verdict
		reason        string
	}{
		{
			name: "the service", ask: contracts.MatrixQuery{Selectors: selectors{orders}, Ignore: selectors{{Pacticipant: "orders"}}, Environment: "production"},
			without: contracts.Yes, with: contracts.Unknown, reason: why,
		},
		{
			name: "the version", ask: contracts.MatrixQuery{Selectors: selectors{orders}, Ignore: selectors{orders}, Environment: "production"},
			without: contracts.Yes, with: contracts.Unknown, reason: why,
		},
		{
			name: "another version", ask: contracts.MatrixQuery{Selectors: selectors{orders}, Ignore: selectors{{Pacticipant: "orders", Version: "o9"}}, Environment: "production"},
			without: contracts.Yes, with: contracts.Yes, reason: "All required verification results are published and successful",
		},
		{
			name: "a version that is not known", ask: contracts.MatrixQuery{Selectors: selectors{{Pacticipant: "orders", Version: "o9"}}, Ignore: selectors{{Pacticipant: "orders"}}, Environment: "production"},
			without: contracts.Yes, with: contracts.Unknown, reason: why,
		},
		{
			name: "the whole service, of which all versions are asked about", ask: contracts.MatrixQuery{Selectors: selectors{{Pacticipant: "orders"}}, Ignore: selectors{{Pacticipant: "orders"}}, Environment: "production"},
			without: contracts.Yes, with: contracts.Unknown, reason: why,
		},
		{
			name: "one of two", ask: contracts.MatrixQuery{Selectors: selectors{orders, inventory}, Ignore: selectors{{Pacticipant: "orders"}}, Environment: "production"},
			without: contracts.Yes, with: contracts.Unknown, reason: why,
		},
		{
			name: "one of two, without a destination", ask: contracts.MatrixQuery{Selectors: selectors{orders, inventory}, Ignore: selectors{{Pacticipant: "orders"}}, LatestBy: "cvpv"},
			without: contracts.Yes, with: contracts.Unknown, reason: why,
		},
		{
			name: "what is there, and named", ask: contracts.MatrixQuery{Selectors: selectors{orders, there}, Ignore: selectors{{Pacticipant: "inventory"}}, LatestBy: "cvpv"},
			without: contracts.Yes, with: contracts.Yes, reason: "There are no missing dependencies",
		},
		{
			name: "and it is broken", broken: true, ask: contracts.MatrixQuery{Selectors: selectors{orders}, Ignore: selectors{{Pacticipant: "orders"}}, Environment: "production"},
			without: contracts.Yes, with: contracts.No, reason: why,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			if tt.broken {
				verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
			}
			for _, as := range []struct {
				policy contracts.Policy
				want   contracts.Verdict
			}{{contracts.Policy{}, tt.without}, {contracts.Policy{AtBroker: true}, tt.with}} {
				m, err := b.WithPolicy(as.policy).Matrix(t.Context(), tt.ask)
				if err != nil {
					t.Fatal(err)
				}
				if got := verdictOf(m); got != as.want || (as.policy.AtBroker && !strings.Contains(m.Reason(), tt.reason)) {
					t.Errorf("with %+v: %s because\n%s\nwant %s because %s", as.policy, got, m.Reason(), as.want, tt.reason)
				}
				if got := verdictOf(m); got != contracts.Yes && (strings.Contains(m.Reason(), "no missing dependencies") || (got == contracts.Unknown && m.Unknowns == 0)) {
					t.Errorf("%s with %d unknown because\n%s", got, m.Unknowns, m.Reason())
				}
			}
		})
	}
}

// TestAPolicyAsksTheGateAboutATag names several versions and a tag without latest, as Pact's
// client does: a consumer that is there without a pact counts. A branch of others is a
// destination that the gate does not know.
func TestAPolicyAsksTheGateAboutATag(t *testing.T) {
	t.Parallel()
	b := journey(t)
	publish(t, b, "w1", "main", "web", "inventory", inStock)
	if _, _, err := b.SaveVersion(t.Context(), "web", "w2", contracts.VersionChange{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.AddTag(t.Context(), "web", "w2", "live"); err != nil {
		t.Fatal(err)
	}
	both := []contracts.MatrixSelector{{Pacticipant: "orders", Version: "o1"}, {Pacticipant: "inventory", Version: "i1"}}
	for reason, q := range map[string]contracts.MatrixQuery{
		"web w2 is the newest with tag live and has published no pact with inventory.": {Selectors: both, LatestBy: "cvpv", Tag: "live"},
		"where would orders go? Name an environment":                                   {Selectors: both, LatestBy: "cvpv", Branch: "main"},
	} {
		m, err := b.WithPolicy(contracts.Policy{AtBroker: true}).Matrix(t.Context(), q)
		if got := verdictOf(m); err != nil || got != contracts.Unknown || !strings.Contains(m.Reason(), reason) {
			t.Errorf("%s, want unknown because %s, not\n%s\n%v", got, reason, m.Reason(), err)
		}
	}
}
