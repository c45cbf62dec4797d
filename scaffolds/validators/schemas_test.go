//go:build proof

package validators_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yannh/kubeconform/pkg/validator"
)

// The release of Kubernetes that manifests are judged by.
const kubernetes = "v1.37.2"

// schemas makes a JSON Schema for each kind of Kubernetes' own objects, in the
// layout that kubeconform reads. The source is the description of the API in
// Kubernetes' repository, which the module proxy has, too.
func schemas(t *testing.T) (dir string) {
	t.Helper()
	download := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", "k8s.io/kubernetes@"+kubernetes)
	out, err := download.Output()
	if err != nil {
		t.Fatalf("download Kubernetes' API: %v\n%s", err, out)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(module.Dir, "api", "openapi-spec", "swagger.json"))
	if err != nil {
		t.Fatal(err)
	}
	var api struct{ Definitions map[string]map[string]any }
	if err := json.Unmarshal(text, &api); err != nil {
		t.Fatal(err)
	}
	for name, definition := range api.Definitions {
		switch {
		case strings.HasSuffix(name, ".util.intstr.IntOrString"), strings.HasSuffix(name, ".api.resource.Quantity"):
			delete(definition, "type") // a number will do, too
			definition["oneOf"] = []any{map[string]any{"type": "string"}, map[string]any{"type": "number"}}
		case definition["properties"] != nil && definition["additionalProperties"] == nil:
			definition["additionalProperties"] = false // a misspelt field is an error
		}
	}
	dir = t.TempDir()
	for name, definition := range api.Definitions {
		kinds, _ := definition["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 {
			continue // a part of objects, or something of every group
		}
		kind := labelsOf(kinds[0])
		group, _ := kind["group"].(string)
		file := strings.ToLower(fmt.Sprint(kind["kind"]))
		if group != "" {
			file += "-" + strings.Split(group, ".")[0]
		}
		file += "-" + fmt.Sprint(kind["version"]) + ".json"
		schema, err := json.Marshal(map[string]any{"$ref": "#/definitions/" + name, "definitions": needed(api.Definitions, name)})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), schema, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// needed returns a definition and those it refers to.
func needed(all map[string]map[string]any, name string) map[string]any {
	found := map[string]any{}
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				other := strings.TrimPrefix(ref, "#/definitions/")
				if _, seen := found[other]; !seen {
					found[other] = all[other]
					visit(all[other])
				}
			}
			for _, value := range v {
				visit(value)
			}
		case []any:
			for _, value := range v {
				visit(value)
			}
		}
	}
	found[name] = all[name]
	visit(all[name])
	return found
}

func TestKubernetesAcceptsTheManifests(t *testing.T) {
	t.Parallel()
	strict, err := validator.New([]string{filepath.Join(schemas(t), "{{.ResourceKind}}{{.KindSuffix}}.json")},
		validator.Opts{Strict: true, KubernetesVersion: strings.TrimPrefix(kubernetes, "v")})
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
