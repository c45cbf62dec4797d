package scaffolds_test

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds"
)

// A review is asked of the owner, by the name that the code's home knows it by.
func TestTheOwnerIsAskedToReview(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, owner, module, want string }{
		{"a group", "checkout", "github.com/acme/orders", "\n* @acme/checkout\n"},
		{"a group by its reference", "group:default/checkout", "gitlab.com/acme/shop/orders", "\n* @acme/checkout\n"},
		{"a person", "user:default/ada", "github.com/acme/orders", "\n* @ada\n"},
		{"an unknown organisation", "checkout", "", "\n# * @ORGANISATION/checkout\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tree, err := goHTTP(t).Render(scaffolds.Answers{Name: "orders", Owner: c.owner, Module: c.module}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range tree.Files {
				if f.Path == "CODEOWNERS" && !strings.HasSuffix(string(f.Body), c.want) {
					t.Errorf("got %q, want it to end in %q", f.Body, c.want)
				}
			}
		})
	}
}

// Costs of a service that is part of nothing are added up under its own name.
func TestEveryServiceSaysWhoPays(t *testing.T) {
	t.Parallel()
	for system, want := range map[string]string{"": "orders", "system:default/shop": "shop"} {
		tree, err := goHTTP(t).Render(scaffolds.Answers{Name: "orders", Owner: "checkout", System: system}, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, f := range tree.Files {
			for _, tag := range []string{`feature: "`, `feature     = "`} {
				if _, after, ok := strings.Cut(string(f.Body), tag); ok {
					seen++
					if !strings.HasPrefix(after, want+`"`) {
						t.Errorf("system %q: %s has the feature %.20q, want %s", system, f.Path, after, want)
					}
				}
			}
		}
		if seen != 2 {
			t.Errorf("system %q: %d files name a feature, want Kubernetes' labels and Terraform's tags", system, seen)
		}
	}
}

// A link leads to where the code is; where that is unknown, a page is named by
// its path, and the catalog has no link that leads nowhere.
func TestLinksLeadToTheCode(t *testing.T) {
	t.Parallel()
	for module, want := range map[string]string{"github.com/acme/orders": "https://github.com/acme/orders/blob/main/", "": ""} {
		tree, err := goHTTP(t).Render(scaffolds.Answers{Name: "orders", Owner: "checkout", Module: module}, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, f := range tree.Files {
			text := string(f.Body)
			if strings.Contains(text, "https://example.com/orders") {
				t.Errorf("module %q: %s links to a host that was made up", module, f.Path)
			}
			switch f.Path {
			case "deploy/observability/alerts.yaml", "deploy/observability/slo.rules.gen.yaml":
				seen += strings.Count(text, `runbook_url: "`+want+"docs/runbooks/")
			case "catalog-info.yaml":
				if strings.Contains(text, "links:") != (want != "") || !strings.Contains(text, want) {
					t.Errorf("module %q: the catalog's links are\n%s", module, text)
				}
			}
		}
		if seen < 8 {
			t.Errorf("module %q: %d alerts lead to %sdocs/runbooks", module, seen, want)
		}
	}
}
