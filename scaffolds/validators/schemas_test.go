//go:build proof

package validators_test

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yannh/kubeconform/pkg/validator"

	"github.com/goldenpath/platform/scaffolds/validators"
)

func TestKubernetesAcceptsTheManifests(t *testing.T) {
	t.Parallel()
	schemas, err := validators.Schemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	strict, err := validator.New([]string{filepath.Join(schemas, "{{.ResourceKind}}{{.KindSuffix}}.json")},
		validator.Opts{Strict: true, KubernetesVersion: strings.TrimPrefix(validators.Kubernetes, "v")})
	if err != nil {
		t.Fatal(err)
	}
	check := func(manifests []byte) (problems []error) {
		for _, r := range strict.Validate("manifests", io.NopCloser(bytes.NewReader(manifests))) {
			if r.Status != validator.Valid {
				problems = append(problems, r.Err)
			}
		}
		return problems
	}
	for _, environment := range environments {
		objects, err := build(t, environment).AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		if problems := check(objects); len(problems) > 0 {
			t.Errorf("%s: %v", environment, problems)
		}
		if problems := check(mustRender(t, chartFolder, values(t, environment))); len(problems) > 0 {
			t.Errorf("%s, by the chart: %v", environment, problems)
		}
		// The judge would notice.
		for _, mistake := range [][2]string{
			{"maxUnavailable: 1", "maxUnavailble: 1"},
			{"averageUtilization: 70", `averageUtilization: "70"`},
			{"kind: PodDisruptionBudget", "kind: PodDisruptionBudgets"},
			{"policyTypes:", "policyType:"},
		} {
			if !bytes.Contains(objects, []byte(mistake[0])) || len(check(bytes.ReplaceAll(objects, []byte(mistake[0]), []byte(mistake[1])))) == 0 {
				t.Errorf("%s: %q instead of %q is not noticed", environment, mistake[1], mistake[0])
			}
		}
	}
}
