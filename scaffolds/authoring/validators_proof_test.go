//go:build proof

package authoring_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds/authoring"
)

const (
	workflow   = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo $GITHUB_REF\n"
	document   = "openapi: 3.1.0\ninfo: {title: X, version: \"1\"}\npaths:\n  /a: {get: {operationId: a, responses: {\"200\": {description: OK}}}}\n"
	kustomize  = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [pods.yaml]\n"
	deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: x, image: 'x:1', prots: []}]}\n"
	chart      = "apiVersion: v2\nname: x\nversion: 0.1.0\n"
	rules      = "groups:\n  - name: a\n    rules:\n      - {alert: A, expr: vector(1) > 2}\n"
	ruleTests  = "rule_files: [alerts.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    alert_rule_test:\n      - {eval_time: 1m, alertname: A, exp_alerts: [{}]}\n"
)

// Each validator is there, and tells a mistake that was planted for it.
func TestEachValidatorTellsAMistake(t *testing.T) {
	t.Parallel()
	overlay := [][3]string{{"golden/deploy/overlays/test/kustomization.yaml", "", kustomize}, {"golden/deploy/overlays/test/pods.yaml", "", deployment}}
	charted := [][3]string{{"golden/chart/Chart.yaml", "", chart}, {"golden/chart/values.yaml", "", "{}\n"}, {"golden/chart/templates/pods.yaml", "", deployment}}
	for _, c := range []struct {
		check, want string
		edits       [][3]string
	}{
		{"actionlint and shellcheck take the workflows", "SC2086", [][3]string{{"golden/.github/workflows/ci.yaml", "", workflow}}},
		{"shellcheck takes the scripts", "SC2086", [][3]string{{"golden/run.sh", "", "#!/bin/sh\necho $1\n"}}},
		{"redocly takes the API's document", "operation-4xx-response", [][3]string{{"golden/api/openapi.yaml", "", document}, {"golden/redocly.yaml", "", "rules: {operation-4xx-response: error}\n"}}},
		{"oasdiff finds nothing that breaks callers of the golden API", "API path removed", [][3]string{
			{"golden/api/openapi.yaml", "", document + strings.ReplaceAll("  /a: {get: {operationId: a, responses: {\"200\": {description: OK}}}}\n", "a:", "b:")},
			{"path.yaml", "templates:", "templates:\n  - {from: tmpl/openapi.yaml.tmpl, to: api/openapi.yaml}"}, {"tmpl/openapi.yaml.tmpl", "", document},
		}},
		{"gitleaks finds no secret", "github-pat", [][3]string{{"golden/settings.txt", "", "token = \"ghp" + "_" + "x7Kq2mVb9TzLw4Rj8NcYd3Hf6PsGa1Ue5Xo0" + "\"\n"}}},
		{"yamllint takes the YAML", "key-duplicates", [][3]string{{"golden/x.yaml", "", "a: 1\na: 2\n"}}},
		{"markdownlint takes the pages", "MD025", [][3]string{{"golden/x.md", "", "# A\n\n# B\n"}}},
		{"terraform takes the modules, formatted", "terraform -chdir=. fmt -check -diff: exit status 3", [][3]string{{"golden/x.tf", "", "locals {\na=1\n}\n"}}},
		{"terraform takes the modules, formatted", "undeclared", [][3]string{{"golden/x.tf", "", "output \"a\" {\n  value = local.nothing\n}\n"}}},
		{"BuildKit takes the Dockerfile, and the commands of its build stage run", "FromAsCasing", [][3]string{{"golden/Dockerfile", "", "FROM scratch as x\n"}}},
		{"kubeconform takes what kustomize makes", "prots", overlay},
		{"kube-score takes what kustomize makes", "no configured security context", overlay},
		{"conftest takes what kustomize makes", "has no label team", overlay},
		{"kubeconform takes what the chart makes", "prots", charted},
		{"kube-score takes what the chart makes", "no configured security context", charted},
		{"conftest takes what the chart makes", "has no label team", charted},
		{"promtool takes the rules, and they pass their tests", "exp:", [][3]string{{"golden/alerts.yaml", "", rules}, {"golden/rules_test.yaml", "", ruleTests}}},
		{"promtool takes the rules, and they pass their tests", "could not parse expression", [][3]string{
			{"golden/alerts.yaml", "", strings.Replace(rules, "vector(1) > 2", "vector(1", 1)}, {"golden/rules_test.yaml", "", ruleTests},
		}},
		{"promtool can read each question of the dashboards", "dashboard.json, query 1", [][3]string{{"golden/dashboard.json", "", `{"panels": [{"targets": [{"expr": "sum(rate(x[$__rate_interval])"}]}]}`}}},
	} {
		t.Run(c.check+": "+c.want, func(t *testing.T) {
			t.Parallel()
			r := testPath(t, newPath(t, append([][3]string{plain, few}, c.edits...)...), false)
			for _, check := range r.Checks {
				if check.Name != c.check {
					continue
				}
				if text := strings.Join(check.Details, "\n"); check.Status != authoring.Fail || !strings.Contains(text, c.want) {
					t.Errorf("%s: %s%s\n%s\nwant it to fail for %s", check.Name, check.Status, check.Reason, text, c.want)
				}
				return
			}
			t.Errorf("%s is not among the checks\n%s", c.check, failures(r))
		})
	}
}

// The image is built where an engine runs, and a mistake in it is told.
func TestAnImageThatCannotBeBuiltIsTold(t *testing.T) {
	t.Parallel()
	if exec.CommandContext(t.Context(), "docker", "info").Run() != nil {
		t.Skip("image not built here: no container engine runs")
	}
	r := testPath(t, newPath(t, plain, few, [3]string{"golden/Dockerfile", "", "FROM scratch\nCOPY nothing /\n"}), false)
	if !strings.Contains(failures(r), "nothing") {
		t.Errorf("it passes:\n%s", failures(r))
	}
}
