package validators_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
)

const chartFolder = golden + "/deploy/helm"

// values are those of an environment, with the image that its overlay has.
func values(t *testing.T, environment string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := yaml.Unmarshal(read(t, "deploy/helm/values-"+environment+".yaml"), &v); err != nil {
		t.Fatal(err)
	}
	v["image"] = map[string]any{"tag": "set-by-ci"}
	return v
}

// render returns what Helm would send to a cluster for the chart in dir.
func render(t *testing.T, dir string, values map[string]any) (manifests []byte, err error) {
	t.Helper()
	chart, err := loader.Load(dir)
	if err != nil {
		return nil, err
	}
	release := common.ReleaseOptions{Name: "release", Namespace: "shop", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(chart, values, release, common.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, ".yaml") {
			manifests = fmt.Appendf(manifests, "---\n%s\n", files[name])
		}
	}
	return manifests, nil
}

func mustRender(t *testing.T, dir string, values map[string]any) []byte {
	t.Helper()
	manifests, err := render(t, dir, values)
	if err != nil {
		t.Fatal(err)
	}
	return manifests
}

// byKind reads manifests.
func byKind(t *testing.T, manifests []byte) map[string]map[string]any {
	t.Helper()
	objects := map[string]map[string]any{}
	decoder := yaml.NewDecoder(bytes.NewReader(manifests))
	for {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, manifests)
		}
		if kind := fmt.Sprint(object["kind"]); object != nil {
			if objects[kind] != nil {
				t.Fatalf("there are two objects of the kind %s", kind)
			}
			objects[kind] = object
		}
	}
}

// What Helm sends is what kustomize sends, but for labels that tell Helm's
// objects from others.
func TestTheChartMakesWhatKustomizeMakes(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		kustomized, err := build(t, environment).AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		want, got := byKind(t, kustomized), byKind(t, mustRender(t, chartFolder, values(t, environment)))
		for kind, object := range got {
			labels := labelsOf(labelsOf(object["metadata"])["labels"])
			for label, value := range map[string]string{"app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": "goldensvc-0.1.0"} {
				if labels[label] != value {
					t.Errorf("%s: %s has the label %s: %v, want %s", environment, kind, label, labels[label], value)
				}
				delete(labels, label)
			}
		}
		for kind := range want {
			if !reflect.DeepEqual(want[kind], got[kind]) {
				a, _ := yaml.Marshal(want[kind])
				b, _ := yaml.Marshal(got[kind])
				t.Errorf("%s: %s\n%s", environment, kind, differing(string(a), string(b)))
			}
			delete(got, kind)
		}
		if len(got) > 0 {
			t.Errorf("%s: kustomize does not make %v", environment, slices.Sorted(maps.Keys(got)))
		}
	}
}

// differing returns the lines that are in one text only.
func differing(want, got string) string {
	var out strings.Builder
	for sign, texts := range map[string][2]string{"-": {want, got}, "+": {got, want}} {
		others := strings.Split(texts[1], "\n")
		for line := range strings.SplitSeq(texts[0], "\n") {
			if !slices.Contains(others, line) {
				out.WriteString(sign + line + "\n")
			}
		}
	}
	return out.String()
}

func TestHelmLintsTheChart(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		for _, message := range lint.RunAll(chartFolder, values(t, environment), "shop").Messages {
			if !strings.Contains(message.Error(), "icon is recommended") {
				t.Errorf("%s: %v", environment, message)
			}
		}
	}
	dir := chartWith(t, "Chart.yaml", "apiVersion: v2", "apiVersion: v9")
	if len(lint.RunAll(dir, values(t, "test"), "shop").Messages) < 2 {
		t.Error("a chart of a version that does not exist passes")
	}
}

// chartWith returns a copy of the chart in which a file is changed.
func chartWith(t *testing.T, file, from, to string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(chartFolder)); err != nil {
		t.Fatal(err)
	}
	body := read(t, "deploy/helm", file)
	changed := bytes.ReplaceAll(body, []byte(from), []byte(to))
	if bytes.Equal(changed, body) {
		t.Fatalf("%s has no %q", file, from)
	}
	if err := os.WriteFile(filepath.Join(dir, file), changed, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A value that cannot be meant is refused, in words that lead to it.
func TestTheChartRefusesWrongValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ values, want string }{
		{"{}", "environment is not set"},
		{"environment: test\nimage: {tag: ''}", "the image is not set: give --set image.digest"},
		{"image: {tag: latest}", "/image/tag"},
		{"image: {tag: v1, digest: 'sha256:" + strings.Repeat("0", 64) + "'}", "both set"},
		{"image: {digest: 'sha256:0'}", "/image/digest"},
		{"autoscaling: {min: 3, max: 2}", "autoscaling.min is 3, autoscaling.max 2"},
		{"autoscaling: {min: 0}", "/autoscaling/min"},
		{"autoscaling: {maximum: 3}", "maximum"},
		{"replicas: 3", "replicas"},
		{"env: [{name: ADMIN_ADDR, value: ':1'}]", "/env/0/name"},
		{"env: [{name: LOG_LEVEL, value: 1}]", "/env/0/value"},
		{"egress: [{ports: [{port: 1}]}]", "to"},
		{"resources: {limits: {memroy: 1Gi}}", "memroy"},
		{"resources: {limits: {memory: null}}", "memory"},
		{"team: a b", "/team"},
	} {
		given := map[string]any{}
		if c.values != "{}" {
			given = values(t, "test")
		}
		var more map[string]any
		if err := yaml.Unmarshal([]byte(c.values), &more); err != nil {
			t.Fatal(err)
		}
		maps.Copy(given, more)
		if out, err := render(t, chartFolder, given); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q\n%s", c.values, err, c.want, out)
		}
	}
}

// Settings, secrets and whom to talk to can be added, names may look like
// numbers or be as long as they get, and what is made passes the policies.
func TestTheChartTakesMore(t *testing.T) {
	t.Parallel()
	given := values(t, "production")
	more := `
image: {tag: "", digest: "sha256:` + strings.Repeat("a", 64) + `"}
env: [{name: LOG_LEVEL, value: debug}]
envFrom: [{secretRef: {name: database}}]
egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app.kubernetes.io/name: postgres}}}], ports: [{protocol: TCP, port: 5432}]}]
consumes: []
team: "123"
`
	if err := yaml.Unmarshal([]byte(more), &given); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"goldensvc", "123", "a-1", strings.Repeat("a", 63)} {
		dir := chartFolder
		if name != "goldensvc" {
			dir = chartWith(t, "Chart.yaml", "goldensvc", name)
		}
		manifests := mustRender(t, dir, given)
		if reasons := denied(t, manifests); len(reasons) > 0 {
			t.Errorf("%s: %q", name, reasons)
		}
		objects := byKind(t, manifests)
		for kind, object := range objects {
			metadata := labelsOf(object["metadata"])
			if metadata["name"] != name {
				t.Errorf("%s is called %v, want %s", kind, metadata["name"], name)
			}
			for label, value := range labelsOf(metadata["labels"]) {
				if text, ok := value.(string); !ok || text == "" || len(text) > 63 {
					t.Errorf("%s has the label %s: %v", kind, label, value)
				}
			}
		}
		for _, want := range []string{"@sha256:aaa", "name: LOG_LEVEL", "secretRef:", "port: 5432", "app.kubernetes.io/name: postgres"} {
			if !strings.Contains(string(manifests), want) {
				t.Errorf("%s: there is no %s in\n%s", name, want, manifests)
			}
		}
	}
}
