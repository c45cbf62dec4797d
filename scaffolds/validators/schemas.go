package validators

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Kubernetes is the release that manifests are judged by.
const Kubernetes = "v1.37.2"

// Schemas returns a folder with a JSON Schema for each kind of Kubernetes' own
// objects, in the layout that kubeconform reads. They are made once and kept in
// the user's cache, where "platform template test" looks for them.
func Schemas(ctx context.Context) (dir string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache: %w", err)
	}
	dir = filepath.Join(cache, "goldenpath", "kubernetes-schemas")
	made, err := os.ReadFile(filepath.Join(dir, "VERSION")) //nolint:gosec // a file of our own
	if err == nil && string(made) == Kubernetes {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	if err := writeSchemas(ctx, dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "VERSION"), []byte(Kubernetes), 0o600) // the last: then all are there
}

// writeSchemas makes the schemas from the description of the API in Kubernetes'
// repository, which the module proxy has, too.
func writeSchemas(ctx context.Context, dir string) error {
	api, err := kubernetesAPI(ctx)
	if err != nil {
		return err
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
	for name, definition := range api.Definitions {
		kinds, _ := definition["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 {
			continue // a part of objects, or something of every group
		}
		kind, _ := kinds[0].(map[string]any)
		group, _ := kind["group"].(string)
		file := strings.ToLower(fmt.Sprint(kind["kind"]))
		if group != "" {
			file += "-" + strings.Split(group, ".")[0]
		}
		file += "-" + fmt.Sprint(kind["version"]) + ".json"
		schema, err := json.Marshal(map[string]any{"$ref": "#/definitions/" + name, "definitions": needed(api.Definitions, name)})
		if err != nil {
			return fmt.Errorf("write the schema of %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), schema, 0o600); err != nil {
			return err
		}
	}
	return nil
}

type openAPI struct{ Definitions map[string]map[string]any }

func kubernetesAPI(ctx context.Context) (api openAPI, err error) {
	download := exec.CommandContext(ctx, "go", "mod", "download", "-json", "k8s.io/kubernetes@"+Kubernetes)
	out, err := download.Output()
	if err != nil {
		return api, fmt.Errorf("download Kubernetes' API: %w\n%s", err, out)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return api, fmt.Errorf("download Kubernetes' API: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(module.Dir, "api", "openapi-spec", "swagger.json"))
	if err != nil {
		return api, fmt.Errorf("read Kubernetes' API: %w", err)
	}
	if err := json.Unmarshal(text, &api); err != nil {
		return api, fmt.Errorf("read Kubernetes' API: %w", err)
	}
	return api, nil
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
