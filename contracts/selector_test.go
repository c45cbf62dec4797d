package contracts_test

import (
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// TestSelectorsThatContradictThemselvesAreRefused tries what would otherwise pick
// by one of its fields and forget the other.
func TestSelectorsThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "1", "main", "orders", "inventory", inStock)
	for _, tt := range []struct {
		name   string
		is     contracts.Selector
		branch string
		want   string // "" for nothing wrong
	}{
		{"a tag and a branch", contracts.Selector{Tag: "prod", Branch: "main"}, "", "cannot specify both a tag and a branch"},
		{"the provider's branch, and it has none", contracts.Selector{MatchingBranch: true}, "", "the providerVersionBranch must be specified when the selector matchingBranch=true is used"},
		{"the provider's branch", contracts.Selector{MatchingBranch: true}, "main", ""},
		{"a fallback of no tag", contracts.Selector{Branch: "x", FallbackTag: "prod"}, "", "a tag must be specified when a fallbackTag is specified"},
		{"a fallback of no branch", contracts.Selector{Tag: "x", FallbackBranch: "main"}, "", "a branch must be specified when a fallbackBranch is specified"},
		{"a branch where it runs", contracts.Selector{Branch: "main", Environment: "production"}, "", "cannot specify the field branch with the field environment"},
		{"the latest that is deployed", contracts.Selector{Latest: true, Deployed: true}, "", "cannot specify the field latest with the field deployed"},
		{"the main branch and another", contracts.Selector{MainBranch: true, Branch: "x"}, "", "cannot specify mainBranch=true with the field branch"},
		{"deployed and released", contracts.Selector{Deployed: true, Released: true}, "", "cannot specify more than one of deployed, released"},
		{"the latest of a branch", contracts.Selector{Latest: true, Branch: "x", FallbackBranch: "main"}, "", ""},
		{"deployed in an environment", contracts.Selector{Deployed: true, Environment: "production", Consumer: "orders"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := b.PactsForVerification(t.Context(), contracts.PactQuery{
				Provider: "inventory", ProviderBranch: tt.branch, Selectors: []contracts.Selector{{Latest: true}, tt.is},
			})
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			f := fault.From(err)
			if !fault.Is(err, fault.Invalid) || len(f.Fields) != 1 || f.Fields[0].Name != "selectors[1]" || f.Fields[0].Message != tt.want {
				t.Errorf("%v %+v, want %q", err, f, tt.want)
			}
		})
	}
}
