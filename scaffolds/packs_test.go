package scaffolds_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds"
)

// A pack that wraps what another one brings comes after it, in whatever order
// they were chosen: else it would wrap what is replaced.
func TestTheCacheIsJoinedAfterTheDatabase(t *testing.T) {
	t.Parallel()
	for _, packs := range [][]string{{"cache", "postgres"}, {"postgres", "cache"}} {
		tree, err := goHTTP(t).Render(scaffolds.Answers{Name: "orders", Owner: "checkout", Packs: packs}, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(tree.Files, func(f scaffolds.File) bool { return f.Path == "internal/packs/packs_gen.go" })
		code := string(tree.Files[at].Body)
		database, cache := strings.Index(code, "postgres.Join("), strings.Index(code, "cache.Join(")
		if database < 0 || cache < database {
			t.Errorf("%v are joined in the wrong order:\n%s", packs, code)
		}
	}
}

// Grafana takes 40 characters of a uid, and keeps one dashboard for each: also
// when the names of two services begin alike, or one is called like a pack.
func TestEachDashboardHasAUIDOfItsOwn(t *testing.T) {
	t.Parallel()
	uid := regexp.MustCompile(`(?m)^  "uid": "([A-Za-z0-9_-]{1,40})",$`)
	known := map[string]string{}
	long := strings.Repeat("a", 62)
	for _, name := range []string{"orders", "orders-cache", long + "b", long + "c"} {
		tree, err := goHTTP(t).Render(scaffolds.Answers{Name: name, Owner: "checkout", Packs: []string{"cache", "postgres"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		dashboards := 0
		for _, f := range tree.Files {
			if ok, _ := path.Match("deploy/observability/dashboard*.json", f.Path); !ok {
				continue
			}
			dashboards++
			found := uid.FindSubmatch(f.Body)
			if found == nil {
				t.Fatalf("%s of %s has no uid that Grafana takes", f.Path, name)
			}
			if other := known[string(found[1])]; other != "" {
				t.Errorf("%s of %s has the uid of %s: %s", f.Path, name, other, found[1])
			}
			known[string(found[1])] = f.Path + " of " + name
		}
		if dashboards != 3 {
			t.Errorf("%s has %d dashboards, want 3", name, dashboards)
		}
	}
}

// Of who reaches nobody outside, the chart does not say that it reaches private
// networks.
func TestTheChartSaysWhomTheServiceReaches(t *testing.T) {
	t.Parallel()
	for pack, want := range map[string]bool{"helm": false, "cache": true, "postgres": true} {
		answers := scaffolds.Answers{Name: "orders", Owner: "checkout", Packs: []string{pack}}
		if want {
			answers.Packs = append(answers.Packs, "helm")
		}
		tree, err := goHTTP(t).Render(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(tree.Files, func(f scaffolds.File) bool { return f.Path == "deploy/helm/values.yaml" })
		if got := strings.Contains(string(tree.Files[at].Body), "private networks"); got != want {
			t.Errorf("with the pack %q private networks are spoken of: %t, want %t", pack, got, want)
		}
	}
}
