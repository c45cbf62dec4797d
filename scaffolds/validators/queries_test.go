package validators_test

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

const observability = "deploy/observability"

// query is an expression and where it stands.
type query struct{ where, expr string }

// queries returns every expression of the golden project, and the labels that
// each recorded series has.
func queries(t *testing.T, promql parser.Parser) (all []query, recorded series) {
	t.Helper()
	recorded = series{}
	for _, file := range ruleFiles(t) {
		groups, errs := rulefmt.Parse(read(t, observability, file), false, model.UTF8Validation, promql, slog.New(slog.DiscardHandler))
		if len(errs) > 0 {
			t.Fatalf("%s: %v", file, errs)
		}
		for _, group := range groups.Groups {
			for _, rule := range group.Rules {
				all = append(all, query{file + " " + rule.Alert + rule.Record, rule.Expr})
				for label := range rule.Labels {
					recorded.add(rule.Record, label)
				}
			}
		}
	}
	// What Grafana puts in the place of its variables.
	variables := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*", "$route", ".*")
	panels := 0
	for _, file := range named(t, "dashboard*.json") {
		var dashboard struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(read(t, observability, file), &dashboard); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, panel := range dashboard.Panels {
			for _, target := range panel.Targets {
				panels++
				all = append(all, query{file + " " + panel.Title, variables.Replace(target.Expr)})
			}
		}
	}
	if panels < 10 {
		t.Fatalf("found %d queries in the dashboards: this test looks in the wrong place", panels)
	}
	return all, recorded
}

// series are names of metrics and the labels that they have.
type series map[string][]string

func (s series) add(metric, label string) {
	if !slices.Contains(s[metric], label) {
		s[metric] = append(s[metric], label)
	}
}

// Every query is one that Prometheus understands, for metrics and labels that
// the running service has.
func TestQueriesFitTheRunningService(t *testing.T) {
	t.Parallel()
	promql := parser.NewParser(parser.Options{})
	all, known := queries(t, promql)
	for metric, has := range scrape(t) {
		known[metric] = append(has, "job", "instance") // Prometheus adds these
	}
	known["up"] = []string{"job", "instance"}
	for _, q := range all {
		expr, err := promql.ParseExpr(q.expr)
		if err != nil {
			t.Errorf("%s: %v\n%s", q.where, err, q.expr)
			continue
		}
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			selector, ok := node.(*parser.VectorSelector)
			if !ok {
				return nil
			}
			if _, ok := known[selector.Name]; !ok {
				t.Errorf("%s asks for %s, which nobody exports or records", q.where, selector.Name)
				return nil
			}
			if !slices.ContainsFunc(selector.LabelMatchers, ofService) {
				t.Errorf("%s asks for %s of every service", q.where, selector.Name)
			}
			for _, matcher := range selector.LabelMatchers {
				if matcher.Name != model.MetricNameLabel && !slices.Contains(known[selector.Name], matcher.Name) {
					t.Errorf("%s asks for %s by %s, it has %v", q.where, selector.Name, matcher.Name, known[selector.Name])
				}
			}
			return nil
		})
	}
}

func ofService(m *labels.Matcher) bool {
	return (m.Name == "job" || m.Name == "service") && m.Type == labels.MatchEqual && m.Value == "goldensvc"
}
