//go:build proof

package live_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// prometheus is a real one, which scrapes every second and has the services'
// own rules.
type prometheus struct {
	*program

	address string
	begun   time.Time
}

func newPrometheus(t *testing.T, of map[string]instances, projects ...project) *prometheus {
	t.Helper()
	var config strings.Builder
	config.WriteString("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files:\n")
	for _, p := range projects {
		folder := filepath.Join(p.dir, observability)
		fmt.Fprintf(&config, "  - %s/*.rules.gen.yaml\n  - %s/alerts*.yaml\n", folder, folder)
	}
	config.WriteString("scrape_configs:\n")
	for _, p := range projects {
		targets := []string{}
		for _, s := range of[p.name] {
			targets = append(targets, strconv.Quote(s.admin))
		}
		fmt.Fprintf(&config, "  - {job_name: %q, static_configs: [{targets: [%s]}]}\n", p.name, strings.Join(targets, ", "))
	}
	p := &prometheus{program: newProgram(t, "prometheus"), address: free(t), begun: time.Now()}
	file := filepath.Join(p.dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p.words = []string{
		needed(t, "prometheus", "prometheus"), "--config.file", file, "--storage.tsdb.path", filepath.Join(p.dir, "data"), "--web.listen-address", p.address,
	}
	p.start(t)
	p.up(t, func() bool {
		response, err := http.Get("http://" + p.address + "/-/ready") //nolint:noctx // It answers or refuses.
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return p
}

// ask asks its API, and stores the answer's data.
func (p *prometheus) ask(t *testing.T, path string, query url.Values, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.address+"/api/v1/"+path+"?"+query.Encode(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("prometheus: %s %v %v\n%s", path, query, err, text)
	}
	answer := struct{ Data any }{into}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
}

// points is how many values a panel that shows everything since the start has
// for a query. What is no number is none: Grafana draws nothing there.
func (p *prometheus) points(t *testing.T, expr string) (n int) {
	t.Helper()
	var data struct {
		Result []struct{ Values [][2]any }
	}
	p.ask(t, "query_range", url.Values{
		"query": {expr}, "step": {"1"}, "start": {seconds(p.begun)}, "end": {seconds(time.Now())},
	}, &data)
	for _, series := range data.Result {
		for _, each := range series.Values {
			text, _ := each[1].(string)
			if value, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(value) {
				n++
			}
		}
	}
	return n
}

func seconds(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// labelValues is what a dashboard's variable can be set to.
func (p *prometheus) labelValues(t *testing.T, metric, label string) (values []string) {
	t.Helper()
	p.ask(t, "label/"+label+"/values", url.Values{"match[]": {metric}}, &values)
	return values
}

// alerts are those that are pending or firing, "service: name".
func (p *prometheus) alerts(t *testing.T) (names []string) {
	t.Helper()
	var data struct {
		Alerts []struct{ Labels map[string]string }
	}
	p.ask(t, "alerts", nil, &data)
	for _, each := range data.Alerts {
		name := each.Labels["service"] + ": " + each.Labels["alertname"]
		if each.Labels["slo"] != "" {
			name += " " + each.Labels["slo"]
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// tells waits until an alert is pending or firing, or until none is.
func (p *prometheus) tells(t *testing.T, alert string, want bool) {
	t.Helper()
	what := "until " + alert + " is over"
	if want {
		what = "for the alert " + alert
	}
	until(t, what, func() bool { return slices.Contains(p.alerts(t), alert) == want })
}
