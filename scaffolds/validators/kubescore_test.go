package validators_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"testing"
)

// accepted are kube-score's findings that we live with, and why.
var accepted = map[string]string{
	"test Deployment container-image-pull-policy":                   "an image is named by its digest, so pulling it anew brings nothing",
	"production Deployment container-image-pull-policy":             "an image is named by its digest, so pulling it anew brings nothing",
	"test HorizontalPodAutoscaler horizontalpodautoscaler-replicas": "in test, one instance is enough at night",
	"test Deployment deployment-has-host-podantiaffinity":           "topologySpreadConstraints spread pods, over zones, too",
	"production Deployment deployment-has-host-podantiaffinity":     "topologySpreadConstraints spread pods, over zones, too",
}

// kubeScore returns what kube-score finds: an object's kind and the check.
// There is no CPU limit, on purpose: it would slow down requests while the node
// has time to spare; what is requested is there all the same.
func kubeScore(t *testing.T, manifests []byte) (found []string) {
	t.Helper()
	score := exec.CommandContext(t.Context(), tool(t, "kube-score"), "score", "--output-format", "json",
		"--kubernetes-version", "v1.37", "--ignore-container-cpu-limit", "-")
	score.Stdin = bytes.NewReader(manifests)
	out, err := score.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var report []struct {
		Type   struct{ Kind string } `json:"type_meta"`
		Checks []struct {
			Check   struct{ ID string }
			Grade   int
			Skipped bool
		}
	}
	if err := json.Unmarshal(out, &report); err != nil || len(report) == 0 {
		t.Fatalf("kube-score: %v about %d objects\n%s", err, len(report), out)
	}
	const ok = 10
	for _, object := range report {
		for _, check := range object.Checks {
			if !check.Skipped && check.Grade < ok {
				found = append(found, object.Type.Kind+" "+check.Check.ID)
			}
		}
	}
	return found
}

func TestKubeScoreAcceptsTheManifests(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, environment := range environments {
		manifests, err := build(t, environment).AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range kubeScore(t, manifests) {
			seen[environment+" "+finding] = true
			if accepted[environment+" "+finding] == "" {
				t.Errorf("%s: %s", environment, finding)
			}
		}
	}
	for finding, why := range accepted {
		if !seen[finding] {
			t.Errorf("nothing is found any more that has to be accepted: %s (%s)", finding, why)
		}
	}
}

// Mistakes are found, or the test above says nothing.
func TestKubeScoreNoticesMistakes(t *testing.T) {
	t.Parallel()
	manifests, err := build(t, "production").AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{":set-by-ci", ":latest", "Deployment container-image-tag"},
		{"readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "Deployment container-security-context-readonlyrootfilesystem"},
		{"kind: NetworkPolicy", "kind: Network", "Deployment pod-networkpolicy"},
		{"runAsUser: 65532", "runAsUser: 0", "Deployment container-security-context-user-group-id"},
	} {
		mutant := bytes.ReplaceAll(manifests, []byte(c.from), []byte(c.to))
		if found := kubeScore(t, mutant); !slices.Contains(found, c.want) {
			t.Errorf("with %q: found %q, want %s", c.to, found, c.want)
		}
	}
}
