package contracts_test

import (
	"slices"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// picked lists the consumer versions whose pacts inventory would verify.
func picked(t *testing.T, b *contracts.Broker, selectors ...contracts.Selector) []string {
	t.Helper()
	pacts, err := b.PactsForVerification(t.Context(), contracts.PactQuery{Provider: "inventory", Selectors: selectors, AddressesOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range pacts {
		out = append(out, p.ConsumerVersions...)
	}
	slices.Sort(out)
	return out
}

func tag(t *testing.T, b *contracts.Broker, version, name string) {
	t.Helper()
	if _, _, err := b.AddTag(t.Context(), "orders", version, name); err != nil {
		t.Fatal(err)
	}
}

// TestTheLatestWithATagMayRelyOnNobody looks at versions of which the newest with the
// tag has stopped to rely on the provider.
func TestTheLatestWithATagMayRelyOnNobody(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "1", "trunk", "orders", "inventory", "one")
	publish(t, b, "2", "trunk", "orders", "billing", "two")
	publish(t, b, "3", "trunk", "orders", "inventory", "three")
	tag(t, b, "1", "live")
	tag(t, b, "2", "live")
	tag(t, b, "3", "next")
	for _, tt := range []struct {
		name string
		is   contracts.Selector
		want []string
	}{
		{"the latest, and it has no pact", contracts.Selector{Tag: "live", Latest: true}, nil},
		{"its fallback", contracts.Selector{Tag: "live", Latest: true, FallbackTag: "next"}, []string{"3"}},
		{"all that have the tag", contracts.Selector{Tag: "live"}, []string{"1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := picked(t, b, tt.is); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestATagNamesTheMainBranch is what pipelines from before branches rely on: the tag
// comes to a version that is on a branch already, so it names no branch of its own.
func TestATagNamesTheMainBranch(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "1", "feat/x", "orders", "inventory", "one")
	publish(t, b, "2", "feat/x", "orders", "inventory", "two")
	tag(t, b, "1", "live")
	tag(t, b, "1", "main")
	tag(t, b, "2", "master")
	p, err := b.Pacticipant(t.Context(), "orders")
	if err != nil || p.MainBranch != "main" {
		t.Errorf("main branch %q %v, want main", p.MainBranch, err)
	}
	if got := picked(t, b); !slices.Equal(got, []string{"1"}) {
		t.Errorf("without selectors %v are verified, want the latest tagged main", got)
	}
}
