package contracts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

// TestAReasonAboutSeveralIsIgnoredWithEachOfThem asks about a version that published
// nothing, of a service that has pacts with two others.
func TestAReasonAboutSeveralIsIgnoredWithEachOfThem(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ends := map[string]time.Time{"counts": now.Add(time.Hour), "ended": now.Add(-time.Hour)}
	rule := func(id, service string) contracts.IgnoreRule {
		return contracts.IgnoreRule{ID: id + " " + service, Service: service, Owner: "ada", Reason: "it leaves", ExpiresAt: ends[id]}
	}
	for _, tt := range []struct {
		name    string
		ignore  []string
		stored  []contracts.IgnoreRule
		verdict contracts.Verdict
		by      string   // subject and id of the first rule
		used    []string // rules that are told about
		says    []string
	}{
		{name: "each by its own rule", ignore: []string{"inventory", "prices"}, verdict: contracts.Yes, by: "inventory ", used: []string{"inventory ×1", "prices ×1"}},
		{
			name: "one of them", ignore: []string{"inventory"}, verdict: contracts.Unknown,
			says: []string{"Ignoring inventory changed nothing: what is about it is about prices, too."},
		},
		{
			name: "one by the question, one by a stored rule", ignore: []string{"prices"}, stored: []contracts.IgnoreRule{rule("counts", "inventory")}, verdict: contracts.Yes,
			by: "prices ", used: []string{"prices ×1", "inventory ×1"},
		},
		{
			name: "by two stored rules", stored: []contracts.IgnoreRule{rule("counts", "inventory"), rule("counts", "prices")}, verdict: contracts.Yes,
			by: "inventory counts inventory", used: []string{"inventory ×1", "prices ×1"},
		},
		{
			name: "one rule has ended", ignore: []string{"prices"}, stored: []contracts.IgnoreRule{rule("ended", "inventory")}, verdict: contracts.Unknown,
			used: []string{"inventory ×1, ended"}, says: []string{"Ignoring prices changed nothing: what is about it is about inventory, too."},
		},
		{name: "both rules have ended", stored: []contracts.IgnoreRule{rule("ended", "inventory"), rule("ended", "prices")}, verdict: contracts.Unknown, used: []string{"inventory ×1, ended", "prices ×1, ended"}},
		{name: "an ended rule alone would not have helped", stored: []contracts.IgnoreRule{rule("ended", "inventory")}, verdict: contracts.Unknown},
		{
			name: "a rule that has ended beside one that counts", ignore: []string{"prices"}, stored: []contracts.IgnoreRule{rule("ended", "inventory"), rule("counts", "inventory")},
			verdict: contracts.Yes, by: "prices ", used: []string{"prices ×1", "inventory ×1"},
		},
		{
			name: "twice the same", ignore: []string{"inventory", "prices", "inventory"}, verdict: contracts.Yes, by: "inventory ", used: []string{"inventory ×1", "prices ×1"},
			says: []string{"Ignoring inventory changed nothing: what is about it is ignored already."},
		},
		{
			name: "one more, that nothing is about", ignore: []string{"inventory", "web", "prices"}, verdict: contracts.Yes, by: "inventory ", used: []string{"inventory ×1", "prices ×1"},
			says: []string{"Nothing here is about web, so ignoring it changed nothing."},
		},
		{
			name: "one version of them", ignore: []string{"inventory:1", "prices"}, verdict: contracts.Unknown,
			says: []string{"Nothing here is about inventory:1, so ignoring it changed nothing.", "Ignoring prices changed nothing: what is about it is about inventory, too."},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store := contractstest.NewStore()
			for _, r := range tt.stored {
				if err := store.InsertIgnoreRule(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			b := contracts.New(store, store, nil)
			publish(t, b, "o1", "main", "orders", "inventory", "x")
			publish(t, b, "o1", "main", "orders", "prices", "x")
			publish(t, b, "w1", "main", "web", "elsewhere", "x")
			sees(t, b, "orders", "o2")
			rules, err := b.ParseIgnores(t.Context(), tt.ignore)
			if err != nil {
				t.Fatal(err)
			}
			a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "orders", Version: "o2", Environment: "production", Ignore: rules})
			if err != nil || len(a.Reasons) != 1 || a.Reasons[0].Rule != contracts.RuleNothingPublished {
				t.Fatalf("%+v, %v", a.Reasons, err)
			}
			by := ""
			if r := a.Reasons[0].IgnoredBy; r != nil {
				by = r.Subject() + " " + r.ID
			}
			var used []string
			for _, u := range a.Rules {
				text := fmt.Sprintf("%s ×%d", u.Subject(), u.Reasons)
				if u.Expired {
					text += ", ended"
				}
				used = append(used, text)
			}
			if a.Verdict != tt.verdict || by != tt.by {
				t.Errorf("%s, ignored by %q; want %s by %q", a.Verdict, by, tt.verdict, tt.by)
			}
			if diff := cmp.Diff(tt.used, used); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
			if !slices.Equal(a.Warnings, tt.says) {
				t.Errorf("said %q, want %q", a.Warnings, tt.says)
			}
		})
	}
}
