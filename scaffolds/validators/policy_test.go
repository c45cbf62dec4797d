package validators_test

import (
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// denied returns what conftest says against manifests. It is a program of its
// own: as a module it needs more others than all that is here together.
func denied(t *testing.T, manifests []byte) (reasons []string) {
	t.Helper()
	conftest := exec.CommandContext(t.Context(), tool(t, "conftest"), "test", "--combine", "--policy", "../authoring/standards/policy", "--output", "json", "-")
	conftest.Stdin = strings.NewReader(string(manifests))
	out, err := conftest.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var results []struct {
		Successes int
		Failures  []struct{ Msg string }
	}
	if err := json.Unmarshal(out, &results); err != nil || len(results) != 1 {
		t.Fatalf("conftest: %v about %d inputs\n%s", err, len(results), out)
	}
	if results[0].Successes+len(results[0].Failures) == 0 {
		t.Fatal("conftest knows no rule")
	}
	for _, failure := range results[0].Failures {
		reasons = append(reasons, failure.Msg)
	}
	slices.Sort(reasons)
	return reasons
}

func TestPoliciesAllowTheManifests(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		manifests, err := build(t, environment).AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		if reasons := denied(t, manifests); len(reasons) > 0 {
			t.Errorf("%s:\n%s", environment, strings.Join(reasons, "\n"))
		}
	}
}

// Each rule notices what it is there for.
func TestPoliciesNoticeEachMistake(t *testing.T) {
	t.Parallel()
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
		if reasons := denied(t, []byte(mutant)); mutant == string(manifests) || !strings.Contains(strings.Join(reasons, "\n"), c.want) {
			t.Errorf("%q instead of %q is denied for %q, want %q", c.to, c.from, reasons, c.want)
		}
	}
}
