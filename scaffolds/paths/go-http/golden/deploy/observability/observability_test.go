package observability_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

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

// exported are the metrics that the service has from the start, those without
// a value yet among them.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	described := make(chan *prometheus.Desc)
	go func() {
		telemetry.NewMetrics().Registry().Describe(described)
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
	rules := read(t, "slo.rules.gen.yaml") + read(t, "alerts.yaml")
	for _, recorded := range regexp.MustCompile(`(?m)- record: (\S+)`).FindAllStringSubmatch(rules, -1) {
		known[recorded[1]] = true
	}
	selector := regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_:]*)\{`)
	for file, text := range map[string]string{"rules": rules, "dashboard.json": read(t, "dashboard.json")} {
		selectors := selector.FindAllStringSubmatch(text, -1)
		if len(selectors) == 0 {
			t.Errorf("%s asks for no metric: this test looks in the wrong place", file)
		}
		for _, found := range selectors {
			if !known[found[1]] {
				t.Errorf("%s: asks for %s, which the service does not export", file, found[1])
			}
		}
	}
}

// The one who is woken up needs a page that says what to do.
func TestEveryAlertIsTestedAndHasARunbook(t *testing.T) {
	rules, tests := read(t, "slo.rules.gen.yaml")+read(t, "alerts.yaml"), read(t, "rules_test.yaml")
	alerts := regexp.MustCompile(`(?m)- alert: (\S+)`).FindAllStringSubmatch(rules, -1)
	if len(alerts) == 0 {
		t.Fatal("there are no alerts")
	}
	runbooks := filepath.Join("..", "..", "docs", "runbooks")
	index := read(t, runbooks, "index.md")
	for _, found := range alerts {
		page := found[1] + ".md"
		if _, err := os.Stat(filepath.Join(runbooks, page)); err != nil {
			t.Errorf("%s has no runbook: %v", found[1], err)
		}
		if !strings.Contains(index, "("+page+")") {
			t.Errorf("docs/runbooks/index.md does not list %s", page)
		}
		if !strings.Contains(rules, "/runbooks/"+page+`"`) {
			t.Errorf("%s does not link to its runbook", found[1])
		}
		if !regexp.MustCompile(`alertname: ` + found[1] + `\n\s+exp_alerts:\n`).MatchString(tests) {
			t.Errorf("rules_test.yaml has no case in which %s fires", found[1])
		}
	}
}

func TestTheDashboardCanBeImported(t *testing.T) {
	var dashboard struct {
		UID    string
		Title  string
		Panels []struct {
			Title, Description, Type string
			Targets                  []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	if dashboard.Title == "" || dashboard.UID == "" || len(dashboard.UID) > 40 {
		t.Errorf("title %q, uid %q: Grafana wants both, and at most 40 characters of the second", dashboard.Title, dashboard.UID)
	}
	for _, panel := range dashboard.Panels {
		if panel.Type != "row" && (panel.Description == "" || len(panel.Targets) == 0) {
			t.Errorf("the panel %q says not what it shows, or shows nothing", panel.Title)
		}
	}
}
