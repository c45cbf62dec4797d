package authoring

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/scaffolds"
)

// queryValidators judge what Prometheus is asked.
func queryValidators() []validator {
	return []validator{
		{name: "promtool takes the rules, and they pass their tests", tools: []string{"promtool"}, files: []string{"**/rules_test*.yaml"}, look: func(ctx context.Context, s *service) []string {
			rules, tests := ruleFiles(s.tree)
			wrong := s.run(ctx, "promtool", append([]string{"check", "rules"}, rules...)...)
			return append(wrong, s.run(ctx, "promtool", append([]string{"test", "rules"}, tests...)...)...)
		}},
		{name: "promtool can read each question of the dashboards", tools: []string{"promtool"}, files: []string{"**/dashboard*.json"}, look: dashboards},
	}
}

// ruleFiles finds files with rules, and files with tests of them.
func ruleFiles(tree *scaffolds.Tree) (rules, tests []string) {
	for _, name := range fitting(tree, []string{"**/*.yaml", "**/*.yml"}) {
		var file struct {
			Groups []struct{ Rules []yaml.Node }
			Tests  []yaml.Node
		}
		if yaml.Unmarshal(fileOf(tree, name).Body, &file) != nil {
			continue // no document of these, or told elsewhere
		}
		switch {
		case len(file.Tests) > 0:
			tests = append(tests, name)
		case len(file.Groups) > 0 && len(file.Groups[0].Rules) > 0:
			rules = append(rules, name)
		}
	}
	return rules, tests
}

// dashboards lets Prometheus' own parser read each query: as a rule, because that
// is what its program takes.
func dashboards(ctx context.Context, s *service) []string {
	type rule struct {
		Record string `yaml:"record"`
		Expr   string `yaml:"expr"`
	}
	type group struct {
		Name  string `yaml:"name"`
		Rules []rule `yaml:"rules"`
	}
	var groups []group
	for _, name := range s.with("**/dashboard*.json") {
		var dashboard any
		if err := json.Unmarshal(fileOf(s.tree, name).Body, &dashboard); err != nil {
			return []string{name + ": " + err.Error()}
		}
		for i, expr := range expressions(dashboard) {
			groups = append(groups, group{fmt.Sprintf("%s, query %d", name, i+1), []rule{{"dashboard:query", expr}}})
		}
	}
	body, err := yaml.Marshal(map[string]any{"groups": groups})
	if err != nil {
		return messages(err)
	}
	file := filepath.Join(s.scratch, "dashboards.yaml")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		return messages(err)
	}
	return s.run(ctx, "promtool", "check", "rules", "--lint=none", file)
}

// expressions are the queries of a dashboard, with times in the place of what
// Grafana puts there. Other variables stand in texts.
func expressions(v any) (out []string) {
	times := strings.NewReplacer("$__rate_interval", "5m", "$__interval", "1m", "$__range", "1h")
	switch v := v.(type) {
	case map[string]any:
		if expr, ok := v["expr"].(string); ok {
			out = append(out, times.Replace(expr))
		}
		for _, key := range []string{"panels", "targets"} {
			out = append(out, expressions(v[key])...)
		}
	case []any:
		for _, each := range v {
			out = append(out, expressions(each)...)
		}
	}
	return out
}
