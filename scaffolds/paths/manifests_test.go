package paths_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// golden lists the golden project of every path.
func golden(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("*", "golden"))
	if err != nil || len(found) == 0 {
		t.Fatalf("found %v (%v), want golden projects", found, err)
	}
	return found
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// find returns the files below dir whose names end like suffix.
func find(t *testing.T, dir, suffix string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, suffix) {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("found %v (%v), want files *%s in %s", found, err, suffix, dir)
	}
	return found
}

// The version that CI tests with is the one that the image is built with.
func TestOneVersionOfGo(t *testing.T) {
	t.Parallel()
	for _, project := range golden(t) {
		image := regexp.MustCompile(`golang:([0-9.]+)-`).FindSubmatch(read(t, project, "Dockerfile"))
		ci := regexp.MustCompile(`go-version: "([0-9.]+)"`).FindSubmatch(read(t, project, ".github", "workflows", "ci.yaml"))
		gitlab := regexp.MustCompile(`image: golang:([0-9.]+)-`).FindSubmatch(read(t, project, ".gitlab-ci.yml"))
		if image == nil || ci == nil || gitlab == nil || !bytes.Equal(image[1], ci[1]) || !bytes.Equal(image[1], gitlab[1]) {
			t.Errorf("%s: the image has %q, GitHub %q, GitLab %q", project, image, ci, gitlab)
		}
	}
}

// manifest is the part of a Kubernetes object that points at something else.
type manifest struct {
	Kind     string                `yaml:"kind"`
	Metadata struct{ Name string } `yaml:"metadata"`
	Spec     struct {
		Ports []struct {
			TargetPort string `yaml:"targetPort"`
		} `yaml:"ports"`
		Template struct {
			Spec struct {
				ServiceAccountName string      `yaml:"serviceAccountName"`
				Containers         []container `yaml:"containers"`
			} `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

type container struct {
	Image string `yaml:"image"`
	Ports []struct {
		Name string `yaml:"name"`
	} `yaml:"ports"`
	Liveness  probe `yaml:"livenessProbe"`
	Readiness probe `yaml:"readinessProbe"`
	Startup   probe `yaml:"startupProbe"`
	Resources struct {
		Limits map[string]string `yaml:"limits"`
	} `yaml:"resources"`
}

type probe struct {
	HTTPGet struct {
		Path string `yaml:"path"`
		Port string `yaml:"port"`
	} `yaml:"httpGet"`
}

// kustomization is the part of one that points at files and objects.
type kustomization struct {
	Resources []string `yaml:"resources"`
	Replicas  []struct {
		Name string `yaml:"name"`
	} `yaml:"replicas"`
	Images []struct {
		Name string `yaml:"name"`
	} `yaml:"images"`
	Patches []struct {
		Target struct {
			Kind string `yaml:"kind"`
			Name string `yaml:"name"`
		} `yaml:"target"`
	} `yaml:"patches"`
}

// Everything a manifest names is there: kustomize skips an image that no
// container has, and a cluster takes a probe of a port that nobody opens.
func TestManifestsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, project := range golden(t) {
		kubernetes := filepath.Join(project, "deploy", "kubernetes")
		objects := map[string]manifest{}
		for _, file := range find(t, filepath.Join(kubernetes, "base"), ".yaml") {
			if filepath.Base(file) == "kustomization.yaml" {
				continue
			}
			for _, m := range decode[manifest](t, file) {
				objects[m.Kind+" "+m.Metadata.Name] = m
			}
		}
		images := checkObjects(t, objects)
		for _, file := range find(t, kubernetes, "kustomization.yaml") {
			for _, k := range decode[kustomization](t, file) {
				checkKustomization(t, file, k, objects, images)
			}
		}
	}
}

func decode[T any](t *testing.T, file string) []T {
	t.Helper()
	var all []T
	decoder := yaml.NewDecoder(bytes.NewReader(read(t, file)))
	for {
		var one T
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, one)
	}
}

// checkObjects returns the images that containers run.
func checkObjects(t *testing.T, objects map[string]manifest) map[string]bool {
	t.Helper()
	images, ports, deployments := map[string]bool{}, map[string]bool{}, 0
	for name, m := range objects {
		if m.Kind != "Deployment" {
			continue
		}
		deployments++
		pod := m.Spec.Template.Spec
		if _, ok := objects["ServiceAccount "+pod.ServiceAccountName]; !ok {
			t.Errorf("%s runs as %q, which is not there", name, pod.ServiceAccountName)
		}
		for _, c := range pod.Containers {
			images[c.Image] = true
			own := map[string]bool{}
			for _, port := range c.Ports {
				own[port.Name], ports[port.Name] = true, true
			}
			for _, p := range []probe{c.Liveness, c.Readiness, c.Startup} {
				if !own[p.HTTPGet.Port] || !strings.HasPrefix(p.HTTPGet.Path, "/") {
					t.Errorf("%s is probed at port %q, path %q", name, p.HTTPGet.Port, p.HTTPGet.Path)
				}
			}
			if c.Resources.Limits["memory"] == "" {
				t.Errorf("%s may use all memory of its node", name)
			}
		}
	}
	if deployments == 0 {
		t.Error("there is no Deployment")
	}
	for name, m := range objects {
		for _, port := range m.Spec.Ports {
			if !ports[port.TargetPort] {
				t.Errorf("%s leads to the port %q, which no container opens", name, port.TargetPort)
			}
		}
	}
	return images
}

func checkKustomization(t *testing.T, file string, k kustomization, objects map[string]manifest, images map[string]bool) {
	t.Helper()
	for _, resource := range k.Resources {
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), resource)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, replicas := range k.Replicas {
		if _, ok := objects["Deployment "+replicas.Name]; !ok {
			t.Errorf("%s: there is no Deployment %q to set the replicas of", file, replicas.Name)
		}
	}
	for _, image := range k.Images {
		if !images[image.Name] {
			t.Errorf("%s: no container has the image %q", file, image.Name)
		}
	}
	for _, patch := range k.Patches {
		if _, ok := objects[patch.Target.Kind+" "+patch.Target.Name]; !ok {
			t.Errorf("%s: there is no %s %q to patch", file, patch.Target.Kind, patch.Target.Name)
		}
	}
}
