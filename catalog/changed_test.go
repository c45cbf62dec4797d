package catalog_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
)

func TestWhichLocationsAChangeConcerns(t *testing.T) {
	t.Parallel()
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, versioned{}, slog.New(slog.DiscardHandler))
	names := map[string]string{}
	for name, l := range map[string]catalog.Location{
		"default": {Target: "https://github.com/Acme/orders"},
		"ssh":     {Target: "git@github.com:acme/orders.git", Branch: "main"},
		"dev":     {Target: "https://github.com/acme/orders.git", Branch: "dev"},
		"tag":     {Target: "https://github.com/acme/orders.git", Branch: "refs/tags/v1"},
		"other":   {Target: "https://github.com/acme/other.git"},
	} {
		r, err := c.Register(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		names[r.Location.ID] = name
	}
	org := catalog.Location{ID: "org", Type: catalog.LocationGitHubOrg, Target: "https://github.com/acme", CreatedAt: time.Now(), RefreshAt: time.Now().Add(time.Hour)}
	if err := fake.InTx(t.Context(), func(ctx context.Context) error { return fake.SaveLocation(ctx, org) }); err != nil {
		t.Fatal(err)
	}
	names["org"] = "org"
	orders := catalog.RepositoryEvent{Target: "https://github.com/acme/orders.git", Branch: "main", DefaultBranch: "main"}
	for _, tt := range []struct {
		name   string
		change func(e *catalog.RepositoryEvent)
		want   []string
	}{
		{"a push whose files are unknown", func(*catalog.RepositoryEvent) {}, []string{"default", "ssh"}},
		{"a catalog file", func(e *catalog.RepositoryEvent) { e.Files = []string{"catalog-info.yaml"} }, []string{"default", "ssh"}},
		{"an included file", func(e *catalog.RepositoryEvent) { e.Files = []string{"api/orders.proto"} }, []string{"default", "ssh"}},
		{"a document", func(e *catalog.RepositoryEvent) { e.Files = []string{"docs/new.md"} }, []string{"default", "ssh"}},
		{"code", func(e *catalog.RepositoryEvent) { e.Files = []string{"main.go", "api/other.proto"} }, nil},
		{"another branch", func(e *catalog.RepositoryEvent) { e.Branch = "dev" }, []string{"dev"}},
		{"a tag", func(e *catalog.RepositoryEvent) { e.Branch = "v1" }, []string{"tag"}},
		{"a branch that nobody reads", func(e *catalog.RepositoryEvent) { e.Branch = "wip" }, nil},
		{"the repository itself", func(e *catalog.RepositoryEvent) { e.Branch, e.Listed = "", true }, []string{"default", "dev", "org", "ssh", "tag"}},
		{"a repository of another company", func(e *catalog.RepositoryEvent) { e.Target = "https://github.com/acme2/orders.git" }, nil},
		{"a repository that is not covered", func(e *catalog.RepositoryEvent) { e.Target = "https://github.com/acme/new.git" }, []string{"org"}},
		{"code in one that is not covered", func(e *catalog.RepositoryEvent) {
			e.Target, e.Files = "https://github.com/acme/new.git", []string{"main.go"}
		}, nil},
	} {
		e := orders
		tt.change(&e)
		ids, err := c.Changed(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, id := range ids {
			got = append(got, names[id])
		}
		if diff := cmp.Diff(tt.want, sorted(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		for _, id := range ids {
			if l := locationOf(t, c, id); l.RefreshAt.After(time.Now()) {
				t.Errorf("%s: %s is due at %s", tt.name, names[id], l.RefreshAt)
			}
		}
	}
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// versioned reads every location as an API of its own, and knows its version.
type versioned struct{}

// Open opens the folder.
func (versioned) Open(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	name := fmt.Sprintf("a%x", sha256.Sum256([]byte(l.String())))[:20]
	files := &counting{MapFS: fstest.MapFS{
		"catalog-info.yaml": {Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: " + name +
			"}\nspec: {type: grpc, lifecycle: production, owner: x, definition: {$text: api/orders.proto}}\n")},
		"api/orders.proto": {Data: []byte("syntax")},
	}}
	tree, err := countingReader{files}.Open(ctx, l)
	tree.Version = func() string { return "1" }
	return tree, err
}
