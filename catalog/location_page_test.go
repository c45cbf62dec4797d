package catalog_test

import (
	"log/slog"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
)

// TestEntitiesSayOnWhichPageTheyAre: the annotations lead people, and plugins of
// a Backstage, to the file; also on a company's own host.
func TestEntitiesSayOnWhichPageTheyAre(t *testing.T) {
	t.Parallel()
	for target, want := range map[string][2]string{
		"https://github.com/acme/orders.git":       {"url:https://github.com/acme/orders/blob/main/svc/catalog-info.yaml", "url:https://github.com/acme/orders/tree/main/svc/"},
		"https://github.acme.io/acme/orders":       {"url:https://github.acme.io/acme/orders/blob/main/svc/catalog-info.yaml", "url:https://github.acme.io/acme/orders/tree/main/svc/"},
		"https://GitLab.acme.io/a/b/orders.git":    {"url:https://GitLab.acme.io/a/b/orders/-/blob/main/svc/catalog-info.yaml", "url:https://GitLab.acme.io/a/b/orders/-/tree/main/svc/"},
		"https://bitbucket.org/acme/orders.git":    {"url:https://bitbucket.org/acme/orders/src/main/svc/catalog-info.yaml", "url:https://bitbucket.org/acme/orders/src/main/svc/"},
		"https://gitea.acme.io/acme/orders.git":    {"url:https://gitea.acme.io/acme/orders/src/branch/main/svc/catalog-info.yaml", "url:https://gitea.acme.io/acme/orders/src/branch/main/svc/"},
		"https://git.acme.io/acme/orders.git":      {"git:https://git.acme.io/acme/orders.git#main:svc/catalog-info.yaml", ""},
		"ssh://git@gitlab.acme.io/acme/orders.git": {"git:ssh://git@gitlab.acme.io/acme/orders.git#main:svc/catalog-info.yaml", ""},
	} {
		fake := catalogtest.NewFake()
		reader := catalogtest.Reader{target: fstest.MapFS{"svc/catalog-info.yaml": group("a")}}
		c := catalog.New(fake, fake, reader, slog.New(slog.DiscardHandler))
		if _, err := c.Register(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: target, Branch: "main"}); err != nil {
			t.Fatal(err)
		}
		e, err := c.Get(t.Context(), catalog.NewRef("Group", "", "a"))
		if err != nil {
			t.Fatal(err)
		}
		got := [2]string{e.Metadata.Annotations[catalog.AnnotationLocation], e.Metadata.Annotations[catalog.AnnotationSourceLocation]}
		if got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
		// What the annotation says leads back to the same repository.
		if want[1] != "" {
			page, err := catalog.ParseLocation(got[0][len("url:"):], "", "")
			if err != nil || page.Branch != "main" || page.Path != "svc/catalog-info.yaml" {
				t.Errorf("%s: its page leads to %s, %v", target, page, err)
			}
		}
	}
}
