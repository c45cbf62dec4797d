package contracts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

func merge(t *testing.T, b *contracts.Broker, service, version string) contracts.Answer {
	t.Helper()
	a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: service, Version: version, MainBranches: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAMergeTellsWhomItDoesNotMeet has a consumer that nobody can meet, because
// its main branch is not known.
func TestAMergeTellsWhomItDoesNotMeet(t *testing.T) {
	t.Parallel()
	b := journey(t)
	publish(t, b, "w1", "trunk", "web shop", "inventory", inStock)
	a := merge(t, b, "inventory", "i1")
	if r := a.Reasons[0]; a.Verdict != contracts.Unknown || r.Rule != contracts.RuleNoMainBranch || r.Consumer != "web shop" ||
		r.Next != "pact broker create-or-update-pacticipant --name 'web shop' --main-branch BRANCH" {
		t.Errorf("%s, %+v", a.Verdict, a.Reasons)
	}
	without, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "inventory", Version: "i1", MainBranches: true, Ignore: []contracts.IgnoreRule{{Service: "web shop"}}})
	if err != nil || without.Verdict != contracts.Yes {
		t.Errorf("without it %s because %+v, %v", without.Verdict, without.Reasons, err)
	}
	trunk := "trunk"
	if _, _, err := b.SavePacticipant(t.Context(), "web shop", contracts.PacticipantChange{MainBranch: &trunk}); err != nil {
		t.Fatal(err)
	}
	if a := merge(t, b, "inventory", "i1"); a.Verdict != contracts.Unknown || len(a.Warnings) != 0 || !strings.Contains(a.Reasons[0].Text, "web shop w1 (main branch)") {
		t.Errorf("with a main branch: %s, %q, %+v", a.Verdict, a.Warnings, a.Reasons)
	}
	trunk = "live"
	if _, _, err := b.SavePacticipant(t.Context(), "web shop", contracts.PacticipantChange{MainBranch: &trunk}); err != nil {
		t.Fatal(err)
	}
	want := []string{"web shop consumes inventory and has no version on its main branch, live, so none counts here. " +
		"If there should be one: platform contracts publish pacts --service 'web shop' --version VERSION --branch live"}
	if a := merge(t, b, "inventory", "i1"); a.Verdict != contracts.Yes || !slices.Equal(a.Warnings, want) {
		t.Errorf("with another one: %s, %q, want yes and %q", a.Verdict, a.Warnings, want)
	}
	place(t, b, contracts.Deployed, "web shop", "w1", "")
	if a := merge(t, b, "inventory", "i1"); a.Verdict != contracts.Unknown || len(a.Warnings) != 0 || a.Reasons[0].Rule != contracts.RuleNoMainBranch ||
		a.Reasons[0].Text != "web shop consumes inventory, and its version w1 is in production, but no version is on its main branch, live, so nobody knows what is on it." {
		t.Errorf("with another one, where it runs: %s, %q, %+v", a.Verdict, a.Warnings, a.Reasons)
	}
	if a := ask(t, b, "inventory", "i1"); len(a.Warnings) != 0 {
		t.Errorf("about an environment: %q", a.Warnings)
	}
}

func TestAMergeNamesTheMainBranchOfTheProvider(t *testing.T) {
	t.Parallel()
	b := journey(t)
	publish(t, b, "o2", "main", "orders", "billing", "a bill")
	for _, branch := range []string{"", "release/train"} {
		want := "platform contracts verify --provider billing --provider-url URL --version VERSION --branch main"
		if branch != "" {
			want = strings.TrimSuffix(want, "main") + branch
			if _, _, err := b.SavePacticipant(t.Context(), "billing", contracts.PacticipantChange{MainBranch: &branch}); err != nil {
				t.Fatal(err)
			}
		}
		a := merge(t, b, "orders", "o2")
		if a.Verdict != contracts.Unknown || a.Reasons[0].Next != want || len(a.Warnings) > 0 { // a reason says it already
			t.Errorf("main branch %q: %s, %q, next %q, want %q", branch, a.Verdict, a.Warnings, a.Reasons[0].Next, want)
		}
	}
}

// A tag names the main branch of a service that has none. That must not turn what is
// unknown into a yes: the version that has the tag is on no main branch to be met.
func TestAMergeDoesNotKnowWhatOnlyATagSays(t *testing.T) {
	t.Parallel()
	b := journey(t)
	publish(t, b, "w1", "feat/x", "web shop", "inventory", inStock)
	if _, _, err := b.AddTag(t.Context(), "web shop", "w1", "main"); err != nil {
		t.Fatal(err)
	}
	a := merge(t, b, "inventory", "i1")
	if r := a.Reasons[0]; a.Verdict != contracts.Unknown || r.Rule != contracts.RuleNoMainBranch || r.Consumer != "web shop" ||
		r.Text != "web shop consumes inventory, and its version w1 is tagged main, but no version is on its main branch, main, so nobody knows what is on it." ||
		r.Next != "platform contracts publish pacts --service 'web shop' --version VERSION --branch main" {
		t.Errorf("%s, %+v", a.Verdict, a.Reasons)
	}
}
