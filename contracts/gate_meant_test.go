package contracts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
)

// TestATagThatIsNoneMayMeanAnEnvironment asks to join what has a tag. Where no
// version of anybody has it, there is nobody to break a contract with, and a typing
// error would be a yes.
func TestATagThatIsNoneMayMeanAnEnvironment(t *testing.T) {
	t.Parallel()
	none := func(tag, environment string) string {
		return fmt.Sprintf(`No version of any service has the tag %q. Did you mean the environment %s? If the tag is meant, put it first on what is there.`, tag, environment)
	}
	const note = `No version of any service has the tag "live". Environments are named by --environment: production, test.`
	for _, tt := range []struct {
		name          string
		q             contracts.Question
		tagged        string // gets the tag live
		want          contracts.Verdict
		next, warning string
		reason        string
	}{
		{
			name: "a consumer, misspelt", q: contracts.Question{Service: "orders", Version: "o1", ToTag: "pord"}, want: contracts.Unknown,
			reason: none("pord", "production"), next: "platform contracts can-i-deploy --service orders --version o1 --environment production",
		},
		{
			name: "a provider, misspelt", q: contracts.Question{Service: "inventory", Version: "i1", ToTag: "pord"}, want: contracts.Unknown,
			reason: none("pord", "production"), next: "platform contracts can-i-deploy --service inventory --version i1 --environment production",
		},
		{
			name: "an abbreviation", q: contracts.Question{Service: "inventory", Version: "i1", ToTag: "Prd"}, want: contracts.Unknown,
			reason: none("Prd", "production"), next: "platform contracts can-i-deploy --service inventory --version i1 --environment production",
		},
		{
			name: "the name of an environment", want: contracts.Unknown, reason: none("production", "production"),
			q: contracts.Question{
				Service: "orders", Branch: "main", ToTag: "production", MaxAge: 48 * time.Hour,
				Ignore: []contracts.IgnoreRule{{Service: "legacy app"}, {Service: "web", Version: "1"}},
			},
			next:    "platform contracts can-i-deploy --service orders --branch main --environment production --max-age 48h0m0s --ignore 'legacy app' --ignore web:1",
			warning: "You asked about the newest version on branch main, which is o1 now. When you deploy it may be another: name the version.",
		},
		{
			name: "a tag like no environment", q: contracts.Question{Service: "inventory", Version: "i1", ToTag: "live"}, want: contracts.Yes, warning: note,
		},
		{
			name: "a tag like no environment, and a provider is needed", q: contracts.Question{Service: "orders", Version: "o1", ToTag: "live"}, want: contracts.Unknown, warning: note,
			reason: "orders o1 needs inventory, and no version of inventory has the tag live.",
			next:   "pact broker create-version-tag --pacticipant inventory --version VERSION --tag live",
		},
		{
			name: "three letters like those of an environment", q: contracts.Question{Service: "inventory", Version: "i1", ToTag: "dev"}, want: contracts.Yes,
			warning: strings.Replace(note, "live", "dev", 1),
		},
		{name: "a tag that only the service asked about has", q: contracts.Question{Service: "inventory", Version: "i1", ToTag: "prodd"}, tagged: "inventory", want: contracts.Yes},
		{
			name: "a tag that a stranger has", q: contracts.Question{Service: "orders", Version: "o1", ToTag: "prodd"}, tagged: "stranger", want: contracts.Unknown,
			reason: "orders o1 needs inventory, and no version of inventory has the tag prodd.",
			next:   "pact broker create-version-tag --pacticipant inventory --version VERSION --tag prodd",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			if tt.tagged != "" {
				if _, _, err := b.AddTag(t.Context(), tt.tagged, "i1", tt.q.ToTag); err != nil {
					t.Fatal(err)
				}
			}
			a, err := b.CanIDeploy(t.Context(), tt.q)
			if err != nil || a.Verdict != tt.want {
				t.Fatalf("%s, %v, want %s: %+v", a.Verdict, err, tt.want, a.Reasons)
			}
			got := []string{"", "", strings.Join(a.Warnings, "\n")}
			if len(a.Reasons) > 0 {
				got[0], got[1] = a.Reasons[0].Text, a.Reasons[0].Next
			}
			if diff := cmp.Diff([]string{tt.reason, tt.next, tt.warning}, got); diff != "" {
				t.Errorf("reason, next, warning (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAServiceThatIsNoneMayBeMisspelt has the command that asks about the one that
// was meant, beside the one that makes a new one known.
func TestAServiceThatIsNoneMayBeMisspelt(t *testing.T) {
	t.Parallel()
	b := journey(t)
	a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "odrers", Tag: "v 1", Environment: "production"})
	if err != nil || a.Verdict != contracts.Unknown || len(a.Reasons) != 1 {
		t.Fatalf("%s, %v: %+v", a.Verdict, err, a.Reasons)
	}
	want := "No service called odrers has published or verified a contract. Similar names: orders. " +
		"Did you mean this? platform contracts can-i-deploy --service orders --tag 'v 1' --environment production"
	if diff := cmp.Diff(want, a.Reasons[0].Text); diff != "" {
		t.Error(diff)
	}
}
