package contracts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

// TestWhichTagNamesABranch tags versions: the first tag of one that is fresh and has no
// branch names its branch; a later one, a second one, or one beside a branch names none.
func TestWhichTagNamesABranch(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		branch string
		after  []time.Duration // each tag comes so long after the version
		want   []string
	}{
		"the first tag":               {"", []time.Duration{9 * time.Second}, []string{"tag0"}},
		"too late":                    {"", []time.Duration{11 * time.Second}, nil},
		"the second tag":              {"", []time.Duration{time.Second, 2 * time.Second}, []string{"tag0"}},
		"the second, the first late":  {"", []time.Duration{11 * time.Second, 12 * time.Second}, nil},
		"a version that is on branch": {"feature", []time.Duration{time.Second}, []string{"feature"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			now := start
			store := contractstest.NewStore()
			b := contracts.New(store, store, func() time.Time { return now })
			publish(t, b, "1", tt.branch, "orders", "inventory", inStock)
			for i, after := range tt.after {
				now = start.Add(after)
				if _, _, err := b.AddTag(t.Context(), "orders", "1", "tag"+string(rune('0'+i))); err != nil {
					t.Fatal(err)
				}
			}
			v, err := b.Version(t.Context(), "orders", "1")
			if err != nil {
				t.Fatal(err)
			}
			details, err := b.VersionDetails(t.Context(), []int64{v.ID})
			var got []string
			for _, branch := range details[v.ID].Branches {
				got = append(got, branch.Name)
			}
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("branches %q, want %q, %v", got, tt.want, err)
			}
		})
	}
}

// TestWhatLatestByLeaves has two versions of a consumer, each verified by two of the
// provider's: the newest row is left for each pair of versions, for each version of the
// consumer, or for both services.
func TestWhatLatestByLeaves(t *testing.T) {
	t.Parallel()
	b := newBroker()
	for _, consumer := range []string{"o1", "o2"} {
		publish(t, b, consumer, "main", "orders", "inventory", inStock, consumer)
		for _, provider := range []string{"i1", "i2", "i1"} { // what i1 says again is what it says
			verify(t, b, provider, map[string]string{inStock: contracts.Passed, consumer: contracts.Passed})
		}
	}
	for by, want := range map[string][]string{
		"cvpv": {"o2 i2", "o2 i1", "o1 i2", "o1 i1"},
		"cvp":  {"o2 i2", "o1 i2"},
		"cp":   {"o2 i2"},
		"":     {"o2 i2", "o2 i1", "o2 i1", "o1 i2", "o1 i1", "o1 i1"},
	} {
		m, err := b.Matrix(t.Context(), contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{{Pacticipant: "orders"}, {Pacticipant: "inventory"}}, LatestBy: by})
		var got []string
		for i := range m.Rows {
			got = append(got, m.Rows[i].ConsumerVersion+" "+m.Rows[i].ProviderVersion)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("by %q: %q, want %q, %v", by, got, want, err)
		}
	}
}

// TestNoticesSayWhatSelectedAPact reads the sentences that a verifier prints of selectors
// that have words of their own.
func TestNoticesSayWhatSelectedAPact(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "o1", "feature", "orders", "inventory", inStock)
	tag := func(service, version, name string) {
		t.Helper()
		if _, _, err := b.AddTag(t.Context(), service, version, name); err != nil {
			t.Fatal(err)
		}
	}
	tag("orders", "o1", "live")
	before := func(t *testing.T, q contracts.PactQuery) string {
		t.Helper()
		q.Provider = "inventory"
		list, err := b.PactsForVerification(t.Context(), q)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d pacts, %v", len(list), err)
		}
		var lines []string
		for _, n := range list[0].NoticesFor("The pact") {
			lines = append(lines, n.When+": "+n.Text)
		}
		return strings.Join(lines, "\n")
	}
	for text, s := range map[string]contracts.Selector{
		"latest version tagged 'live' (o1)":                                                                                     {Tag: "live", Latest: true},
		"latest version of orders tagged 'live' (o1)":                                                                           {Tag: "live", Latest: true, Consumer: "orders"},
		"all consumer versions tagged 'live' (o1)":                                                                              {Tag: "live"},
		"all orders versions tagged 'live' (o1)":                                                                                {Tag: "live", Consumer: "orders"},
		"latest version tagged 'live' (fallback tag used as no pact was found with tag 'next') (o1)":                            {Tag: "next", Latest: true, FallbackTag: "live"},
		"latest version from branch 'feature' (fallback branch used as no pact was found from branch 'next') (o1)":              {Branch: "next", FallbackBranch: "feature"},
		"latest version of orders from branch 'feature' (o1)":                                                                   {Branch: "feature", Consumer: "orders"},
		"latest version of orders that has a pact with inventory (o1)":                                                          {Latest: true, Consumer: "orders"},
		"matching the following criterion:\n    * latest version of a consumer that has a pact with inventory (o1)":             {Latest: true},
		"The pact is being verified because the pact content belongs to the consumer version matching the following criterion:": {Latest: true},
	} {
		if got := before(t, contracts.PactQuery{Selectors: []contracts.Selector{s}}); !strings.Contains(got, text) {
			t.Errorf("%+v: %s\nwant %s", s, got, text)
		}
	}
	two := before(t, contracts.PactQuery{Selectors: []contracts.Selector{{Latest: true}, {Branch: "feature"}}})
	if !strings.Contains(two, "belongs to the consumer versions matching the following criteria:\n    * ") {
		t.Errorf("by two selectors: %s", two)
	}
	pending := contracts.PactQuery{Selectors: []contracts.Selector{{Latest: true}}, IncludePending: true, ProviderTags: []string{"dev", "prod"}}
	const any = "any versions of inventory with tag 'dev' and 'prod'"
	for _, want := range []string{
		"before_verification: This pact is in pending state for this version of inventory because a successful verification result for a versions of inventory with tag 'dev' and 'prod' has not yet been published.",
		"after_verification:success_true_published_false: This pact is still in pending state for " + any + " as the successful verification results with these tags have not yet been published.",
		"after_verification:success_true_published_true: This pact is no longer in pending state for " + any + ", as a successful verification result with these tags has been published.",
	} {
		if got := before(t, pending); !strings.Contains(got, want) {
			t.Errorf("two tags:\n%s\nwant %s", got, want)
		}
	}
	verify(t, b, "i1", map[string]string{inStock: contracts.Passed})
	for _, name := range []string{"dev", "prod"} {
		tag("inventory", "i1", name)
	}
	if got, want := before(t, pending), "This pact has previously been successfully verified by a version of inventory with tag 'dev' and 'prod'. If this verification fails, it will fail the build."; !strings.Contains(got, want) {
		t.Errorf("verified:\n%s\nwant %s", got, want)
	}
}
