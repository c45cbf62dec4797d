package authoring

import (
	"context"
	"os"
	"path"
	"path/filepath"
)

// objects are what a service sends to a cluster, and what that is made from.
type objects struct {
	from string
	yaml []byte
}

// objectValidators judge what kustomize and Helm make.
func objectValidators() []validator {
	var all []validator
	for _, maker := range []struct {
		name, tool, glob string
		make             func(context.Context, *service) ([]objects, []string)
	}{
		{"kustomize", "kubectl", "**/overlays/*/kustomization.yaml", kustomized},
		{"the chart", "helm", "**/Chart.yaml", charted},
	} {
		for _, judge := range []struct {
			name  string
			ready func() string
			words func(*service) []string
		}{
			// Strict: a misspelt field is an error, where a cluster would ignore it.
			{"kubeconform", schemasMissing, func(*service) []string {
				return []string{"-strict", "-schema-location", filepath.Join(schemasFolder(), "{{.ResourceKind}}{{.KindSuffix}}.json"), "-"}
			}},
			// A CPU limit slows down requests while the node has time to spare; images
			// are named by digest; pods are spread by topologySpreadConstraints; and one
			// instance is enough where nobody waits.
			{"kube-score", nil, func(*service) []string {
				return []string{
					"score", "--color", "never", "--exit-one-on-warning", "--ignore-container-cpu-limit", "--ignore-test", "container-image-pull-policy",
					"--ignore-test", "deployment-has-host-podantiaffinity", "--ignore-test", "horizontalpodautoscaler-replicas", "-",
				}
			}},
			{"conftest", nil, func(s *service) []string {
				return []string{"test", "--no-color", "--combine", "--policy", filepath.Join(s.standards, "policy"), "-"}
			}},
		} {
			all = append(all, validator{
				name: judge.name + " takes what " + maker.name + " makes", tools: []string{maker.tool, judge.name}, files: []string{maker.glob}, ready: judge.ready,
				look: func(ctx context.Context, s *service) (wrong []string) {
					made, wrong := maker.make(ctx, s)
					for _, o := range made {
						if said := run(ctx, s.dir, o.yaml, judge.name, judge.words(s)...); len(said) > 0 {
							wrong = append(wrong, o.from+":")
							wrong = append(wrong, said...)
						}
					}
					return wrong
				},
			})
		}
	}
	return all
}

// kustomized makes the objects of each overlay.
func kustomized(ctx context.Context, s *service) (made []objects, wrong []string) {
	for _, file := range s.with("**/overlays/*/kustomization.yaml") {
		body, said := output(ctx, s.dir, "kubectl", "kustomize", path.Dir(file))
		made, wrong = append(made, objects{path.Dir(file), body}), append(wrong, said...)
	}
	return made, wrong
}

// charted makes the objects of each chart, with the values of each environment
// and an image, as a pipeline gives it.
func charted(ctx context.Context, s *service) (made []objects, wrong []string) {
	for _, file := range s.with("**/Chart.yaml") {
		dir := path.Dir(file)
		values := s.with(dir + "/values-*.yaml")
		if len(values) == 0 {
			values = []string{dir + "/values.yaml"}
		}
		for _, name := range values {
			body, said := output(ctx, s.dir, "helm", "template", "release", dir, "--values", name, "--set-string", "image.tag=v1")
			made, wrong = append(made, objects{name, body}), append(wrong, said...)
		}
	}
	return made, wrong
}

// schemasFolder is where a schema for each kind of Kubernetes' objects is kept:
// they are made once from its API's description, and are too many to ship.
func schemasFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "goldenpath", "kubernetes-schemas")
}

func schemasMissing() string {
	if _, err := os.Stat(filepath.Join(schemasFolder(), "deployment-apps-v1.json")); err == nil {
		return ""
	}
	return "Kubernetes' schemas are not in " + schemasFolder()
}
