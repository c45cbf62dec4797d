package validators_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
	"go.yaml.in/yaml/v3"
)

// policies are the rules of policy/, ready to be asked.
func policies(t *testing.T) rego.PreparedEvalQuery {
	t.Helper()
	query, err := rego.New(rego.Query("data.main.deny"), rego.Load([]string{"policy"}, nil)).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return query
}

// denied returns what the rules say against manifests.
func denied(t *testing.T, rules rego.PreparedEvalQuery, manifests []byte) (reasons []string) {
	t.Helper()
	documents := []any{}
	decoder := yaml.NewDecoder(bytes.NewReader(manifests))
	for {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, map[string]any{"path": "-", "contents": object}) // as conftest combines them
	}
	results, err := rules.Eval(t.Context(), rego.EvalInput(documents))
	if err != nil || len(results) != 1 {
		t.Fatalf("%v, %v", results, err)
	}
	found, ok := results[0].Expressions[0].Value.([]any)
	if !ok {
		t.Fatalf("the rules say %v", results)
	}
	for _, reason := range found {
		reasons = append(reasons, fmt.Sprint(reason))
	}
	slices.Sort(reasons)
	return reasons
}

func TestPoliciesAllowTheManifests(t *testing.T) {
	t.Parallel()
	rules := policies(t)
	for _, environment := range environments {
		manifests, err := build(t, environment).AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		if reasons := denied(t, rules, manifests); len(reasons) > 0 {
			t.Errorf("%s:\n%s", environment, strings.Join(reasons, "\n"))
		}
	}
}

// Each rule notices what it is there for.
func TestPoliciesNoticeEachMistake(t *testing.T) {
	t.Parallel()
	rules := policies(t)
	manifests, err := build(t, "production").AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"team: golden-team", "crew: golden-team", "has no label team"},
		{"environment: production", "environ: production", "pods of goldensvc have no label environment"},
		{"registry.example.com/goldensvc:set-by-ci", "registry.example.com/goldensvc:latest", "another one tomorrow"},
		{"registry.example.com/goldensvc:set-by-ci", "registry.example.com:5000/goldensvc", "another one tomorrow"},
		{"cpu: 100m", "gpu: 100m", "has no requests.cpu"},
		{"limits:", "limit:", "has no limits.memory"},
		{"runAsNonRoot: true", "runAsNonRoot: false", "may run as root"},
		{"readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write where"},
		{"allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "more rights"},
		{"- ALL", "- CHOWN", "keeps capabilities"},
		{"automountServiceAccountToken: false", "automountServiceAccountToken: true", "get a token"},
		{"livenessProbe:", "liveProbe:", "has no livenessProbe"},
		{"readinessProbe:", "readyProbe:", "has no readinessProbe"},
		{"startupProbe:", "startProbe:", "has no startupProbe"},
		{"kind: PodDisruptionBudget", "kind: PodDisruption", "no PodDisruptionBudget"},
		{"kind: NetworkPolicy", "kind: Network", "no NetworkPolicy is about goldensvc"},
		{"podSelector:\n    matchLabels:\n      app.kubernetes.io/name: goldensvc", "podSelector:\n    matchLabels:\n      app.kubernetes.io/name: other", "no NetworkPolicy is about goldensvc"},
	} {
		mutant := strings.ReplaceAll(string(manifests), c.from, c.to)
		if reasons := denied(t, rules, []byte(mutant)); mutant == string(manifests) || !strings.Contains(strings.Join(reasons, "\n"), c.want) {
			t.Errorf("%q instead of %q is denied for %q, want %q", c.to, c.from, reasons, c.want)
		}
	}
}
