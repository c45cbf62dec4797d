package catalogtest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
)

// committed is a Reader whose locations are at a commit, each by its author.
type committed struct {
	Reader

	at      string
	changed map[string]string // by whom a file was changed last
	asked   []string          // since which commit
}

// Open returns the folder of a location as of a commit.
func (c *committed) Open(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	tree, err := c.Reader.Open(ctx, l)
	if err != nil {
		return nil, err
	}
	tree.Commit = c.at
	tree.Commits = func(_ context.Context, since string, files []string) map[string][]catalog.FileCommit {
		c.asked = append(c.asked, since)
		found := map[string][]catalog.FileCommit{}
		for _, file := range files {
			if who := c.changed[file]; who != "" {
				found[file] = []catalog.FileCommit{{Commit: catalog.Commit{ID: "by-" + who, Author: who, At: At(len(who)), Subject: "as " + who + " wants"}}}
			}
		}
		return found
	}
	return tree, nil
}

// testWhoChangedWhat changes files by several people and reads all at once.
func testWhoChangedWhat(t *testing.T, s *shop) {
	t.Helper()
	from := &committed{Reader: s.reader, at: "c1", changed: map[string]string{"orders/catalog-info.yaml": "ada"}}
	s.Catalog = catalog.New(s.backend.Store, s.backend.Unit, from, slog.New(slog.DiscardHandler))
	s.files["api/openapi.json"] = &fstest.MapFile{Data: []byte(`{"openapi": "3.1.0"}`)}
	s.files["api/catalog-info.yaml"] = file(strings.Replace(api("fleet", "checkout"), "definition: ", "definition: {$text: openapi.json}\n  was: ", 1))
	id := s.register(t, shopFolder).Location.ID
	tell := func(name string) []string {
		t.Helper()
		changes, err := s.History(t.Context(), ref(name), 0)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range slices.Backward(changes) {
			parts := []string{fmt.Sprintf("%s by %s in %s", c.What, c.Who(), c.CommitID())}
			for _, f := range c.Fields {
				parts = append(parts, fmt.Sprintf("%s: %s > %s", f.Path, f.Before, f.After))
			}
			out = append(out, strings.Join(parts, ", "))
		}
		return out
	}
	// What was just registered nobody but the one who did brought.
	want(t, "new", tell("component:orders"), []string{"added by platform in c1"})

	from.at = "c5"
	from.changed = map[string]string{
		"orders/catalog-info.yaml": "bob", "inventory/catalog-info.yaml": "cyd", "api/catalog-info.yaml": "d", "api/openapi.json": "eve",
	}
	orders := service("orders", "warehouse", "consumesApis: [inventory]", "providesApis: [orders]", "note: \"one\\ntwo\\n\"")
	s.files["orders/catalog-info.yaml"] = file(strings.Replace(orders, "  tags: [go]\n", "  annotations: {acme.io/tier: \"1\"}\n", 1), api("orders", "checkout"))
	delete(s.files, "inventory/catalog-info.yaml")
	s.files["api/openapi.json"] = &fstest.MapFile{Data: []byte(`{"openapi": "3.1.1"}`)}
	s.files["new/catalog-info.yaml"] = file(service("fresh", "checkout"))
	s.refresh(t, id)
	want(t, "asked", from.asked, []string{"c1"})
	want(t, "changed", tell("component:orders"), []string{
		"added by platform in c1",
		"changed by bob in by-bob, metadata.annotations.acme.io/tier:  > 1, metadata.tags: [\"go\"] > , " +
			"spec.owner: checkout > warehouse, spec.note:  > 2 lines",
	})
	want(t, "untouched", tell("api:orders"), []string{"added by platform in c1"})
	want(t, "gone", tell("component:inventory"), []string{"added by platform in c1", "orphaned by cyd in by-cyd"})
	want(t, "included", tell("api:fleet"), []string{"added by platform in c1", `changed by eve, d in by-eve, spec.definition: {"openapi": "3.1.0"} > {"openapi": "3.1.1"}`})
	want(t, "added later", tell("component:fresh"), []string{"added by platform in c5"}) // nobody knows who made that file

	s.refresh(t, id)
	want(t, "asked about nothing", from.asked, []string{"c1"})
}
