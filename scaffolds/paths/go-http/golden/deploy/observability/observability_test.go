package observability_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/golden/service/internal/packs/packstest"
	"example.com/golden/service/internal/telemetry"
)

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// all reads the files of a kind: the service's and those that packs bring.
func all(t *testing.T, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("found %v (%v), want files %s", names, err, pattern)
	}
	found := map[string]string{}
	for _, name := range names {
		found[name] = read(t, name)
	}
	return found
}

func joined(files map[string]string) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text.WriteString(files[name])
	}
	return text.String()
}

// exported are the metrics that the service has from the start, those without
// a value yet among them.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	described := make(chan *prometheus.Desc)
	go func() {
		registry := telemetry.NewMetrics().Registry()
		packstest.Register(registry)
		registry.Describe(described)
		close(described)
	}()
	names := map[string]bool{"up": true} // Prometheus' own
	fqName := regexp.MustCompile(`fqName: "([^"]+)"`)
	for desc := range described {
		for _, suffix := range []string{"", "_bucket", "_count", "_sum"} {
			names[fqName.FindStringSubmatch(desc.String())[1]+suffix] = true
		}
	}
	return names
}

// A query for a metric that nobody exports is no error for Prometheus: the
// alert never fires, the panel stays empty.
func TestEveryMetricAskedForIsExported(t *testing.T) {
	known := exported(t)
	rules := joined(all(t, "*.rules.gen.yaml")) + joined(all(t, "alerts*.yaml"))
	for _, recorded := range regexp.MustCompile(`(?m)- record: (\S+)`).FindAllStringSubmatch(rules, -1) {
		known[recorded[1]] = true
	}
	files := map[string][]string{"rules": ruleQueries(rules)}
	for file, text := range all(t, "dashboard*.json") {
		files[file] = panelQueries(t, file, text)
	}
	for file, queries := range files {
		if len(queries) == 0 {
			t.Errorf("%s asks for nothing: this test looks in the wrong place", file)
		}
		for _, query := range queries {
			for _, name := range asked(query) {
				if !known[name] {
					t.Errorf("%s: asks for %s, which neither internal/telemetry nor a pack registers", file, name)
				}
			}
		}
	}
}

// The one who is woken up needs a page that says what to do.
func TestEveryAlertIsTestedAndHasARunbook(t *testing.T) {
	rules := joined(all(t, "*.rules.gen.yaml")) + joined(all(t, "alerts*.yaml"))
	tests := joined(all(t, "rules_test*.yaml"))
	alerts := regexp.MustCompile(`(?m)- alert: (\S+)`).FindAllStringSubmatch(rules, -1)
	if len(alerts) == 0 {
		t.Fatal("there are no alerts")
	}
	runbooks := filepath.Join("..", "..", "docs", "runbooks")
	// The pages of packs list their own.
	index := read(t, runbooks, "index.md") + joined(all(t, filepath.Join("..", "..", "docs", "packs", "*.md")))
	for _, found := range alerts {
		page := found[1] + ".md"
		if _, err := os.Stat(filepath.Join(runbooks, page)); err != nil {
			t.Errorf("%s has no runbook: %v", found[1], err)
		}
		if !strings.Contains(index, "("+page+")") && !strings.Contains(index, "(../runbooks/"+page+")") {
			t.Errorf("neither docs/runbooks/index.md nor a page in docs/packs lists %s", page)
		}
		if !strings.Contains(rules, "/runbooks/"+page+`"`) {
			t.Errorf("%s does not link to its runbook", found[1])
		}
		if !regexp.MustCompile(`alertname: ` + found[1] + `\n\s+exp_alerts:\n`).MatchString(tests) {
			t.Errorf("rules_test.yaml has no case in which %s fires", found[1])
		}
	}
}

func TestTheDashboardsCanBeImported(t *testing.T) {
	known := map[string]string{}
	for file, text := range all(t, "dashboard*.json") {
		var dashboard struct {
			UID    string
			Title  string
			Tags   []string
			Panels []struct {
				Title, Description, Type string
				Targets                  []struct{ Expr string }
			}
		}
		if err := json.Unmarshal([]byte(text), &dashboard); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		// Without a uid, each import makes one more dashboard.
		if dashboard.Title == "" || len(dashboard.UID) > 40 || dashboard.UID == "" {
			t.Errorf("%s: title %q, uid %q: Grafana wants a title, and at most 40 characters of a uid", file, dashboard.Title, dashboard.UID)
		}
		if other := known[dashboard.UID]; other != "" {
			t.Errorf("%s has the uid of %s: Grafana keeps one of them", file, other)
		}
		known[dashboard.UID] = file
		// The dashboards of a service lead to each other by this tag.
		if !slices.Contains(dashboard.Tags, "goldensvc") {
			t.Errorf("%s: the tags %v lack the service's name", file, dashboard.Tags)
		}
		for _, panel := range dashboard.Panels {
			if panel.Type != "row" && (panel.Description == "" || len(panel.Targets) == 0) {
				t.Errorf("%s: the panel %q says not what it shows, or shows nothing", file, panel.Title)
			}
		}
	}
}
