package observability_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ruleQueries returns the expressions in files of rules.
func ruleQueries(rules string) (queries []string) {
	lines := strings.Split(rules, "\n")
	for i, line := range lines {
		key, query, found := strings.Cut(line, "expr:")
		if !found || strings.TrimSpace(key) != "" {
			continue
		}
		if query = strings.TrimSpace(query); strings.HasPrefix(query, "|") || strings.HasPrefix(query, ">") {
			var block strings.Builder
			for _, more := range lines[i+1:] {
				if strings.TrimSpace(more) != "" && !strings.HasPrefix(more, key+" ") {
					break
				}
				block.WriteString(more + "\n")
			}
			query = block.String()
		}
		queries = append(queries, query)
	}
	return queries
}

// panelQueries returns the expressions of a dashboard.
func panelQueries(t *testing.T, file, text string) (queries []string) {
	t.Helper()
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal([]byte(text), &dashboard); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			queries = append(queries, target.Expr)
		}
	}
	return queries
}

var (
	comments = regexp.MustCompile(`(?m)^\s*#.*$`)
	texts    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`)
	// What stands between these has names of labels, or durations.
	within = regexp.MustCompile(`\{[^}]*\}|\[[^]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)`)
	// Numbers such as 1e15 and 5m are no names; what is before a bracket is a function.
	words = regexp.MustCompile(`[0-9][0-9a-zA-Z.]*|([a-zA-Z_:][a-zA-Z0-9_:]*)(\s*\()?`)
	// Words of the language that are no functions.
	keywords = []string{"and", "or", "unless", "atan2", "bool", "offset", "group_left", "group_right", "inf", "nan"}
)

// asked returns the metrics that a query in PromQL is about.
func asked(query string) (metrics []string) {
	bare := within.ReplaceAllString(texts.ReplaceAllString(comments.ReplaceAllString(query, ""), ""), " ")
	for _, word := range words.FindAllStringSubmatch(bare, -1) {
		name, function := word[1], word[2] != ""
		if name != "" && !function && !slices.Contains(keywords, strings.ToLower(name)) {
			metrics = append(metrics, name)
		}
	}
	return metrics
}

func TestAsked(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][]string{
		`up`:                                          {"up"},
		`sum(rate(typo_total[5m]))`:                   {"typo_total"},
		`sum by (a, b) (x{c="d e"})`:                  {"x"},
		`sum(x) without (a) / y`:                      {"x", "y"},
		`x and on(job) y unless (z)`:                  {"x", "y", "z"},
		`x * on(a) group_left(b) y`:                   {"x", "y"},
		`x * on(a) group_left y`:                      {"x", "y"},
		`min(x < 1e15) > bool 0.5`:                    {"x"},
		`slo:errors:ratio_rate1h > 2`:                 {"slo:errors:ratio_rate1h"},
		`x{a=~"}|y"} offset 5m`:                       {"x"},
		`absent(x{a='b'}[$__rate_interval] @ 3)`:      {"x"},
		`histogram_quantile(0.99, sum by (le) (x_b))`: {"x_b"},
		"# y is\nx\n  or\n0 * z":                      {"x", "z"},
	} {
		if got := asked(query); !slices.Equal(got, want) {
			t.Errorf("%s asks for %v, want %v", query, got, want)
		}
	}
}

func TestRuleQueries(t *testing.T) {
	t.Parallel()
	got := ruleQueries("      - alert: A\n        expr: a > 1\n      - alert: B\n        # why\n        expr: |-\n          b\n          or c\n        for: 5m\n")
	if want := []string{"a > 1", "          b\n          or c\n"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
