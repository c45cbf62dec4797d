//go:build proof

package live_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// project is a generated service, built.
type project struct{ name, dir, program string }

// generate makes two services as people do, with "platform render": inventory,
// which has no packs, and orders, which has every one and calls inventory.
func generate(t *testing.T) (inventory, orders project) {
	t.Helper()
	dir := t.TempDir()
	platform := filepath.Join(dir, "platform")
	run(t, "../../..", "go", "build", "-o", platform, "./cmd/platform")
	render := func(name string, words ...string) project {
		into := filepath.Join(dir, name)
		run(t, dir, append([]string{
			platform, "render", "go-http", "--into", into, "--set", "name=" + name, "--set", "owner=live", "--set", "module=example.com/live/" + name,
		}, words...)...)
		return project{name: name, dir: into, program: filepath.Join(into, "bin", name)}
	}
	inventory = render("inventory")
	orders = render("orders", "--set", "consumes=inventory", "--provider", "inventory="+filepath.Join(inventory.dir, "api/openapi.yaml"),
		"--pack", "postgres,cache,helm")
	orders.addOperations(t)
	for _, p := range []project{inventory, orders} {
		// What two goroutines do at once under load shows only there.
		run(t, p.dir, "go", "build", "-race", "-o", p.program, "./cmd/"+p.name)
	}
	return inventory, orders
}

// addOperations does what the service's README says under "Add an operation":
// a new service calls nobody, so it gets two operations that call.
func (p project) addOperations(t *testing.T) {
	t.Helper()
	document := filepath.Join(p.dir, "api/openapi.yaml")
	api := read(t, document)
	changed := strings.Replace(api, "\ncomponents:\n", "\n"+read(t, "testdata/stock/paths.yaml")+"components:\n", 1) + read(t, "testdata/stock/schemas.yaml")
	for file, text := range map[string]string{
		document: changed,
		filepath.Join(p.dir, "internal/httpapi/stock.go"):           read(t, "testdata/stock/handler.go"),
		filepath.Join(p.dir, "internal/clients/inventory/stock.go"): read(t, "testdata/stock/client.go"),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, p.dir, "go", "generate", "./internal/httpapi/openapi")
}

// deployed is what the service's own Deployment says about running it.
type deployed struct {
	env   []string
	probe int // seconds between two looks at readiness
}

func (p project) deployed(t *testing.T) (d deployed) {
	t.Helper()
	var deployment struct {
		Spec struct {
			Template struct {
				Spec struct {
					Containers []struct {
						Env            []struct{ Name, Value string }
						ReadinessProbe struct {
							HTTPGet          struct{ Path string } `yaml:"httpGet"`
							PeriodSeconds    int                   `yaml:"periodSeconds"`
							FailureThreshold int                   `yaml:"failureThreshold"`
						} `yaml:"readinessProbe"`
					}
				}
			}
		}
	}
	text := read(t, filepath.Join(p.dir, "deploy/kubernetes/base/deployment.yaml"))
	if err := yaml.Unmarshal([]byte(text), &deployment); err != nil {
		t.Fatal(err)
	}
	containers := deployment.Spec.Template.Spec.Containers
	if len(containers) != 1 || containers[0].ReadinessProbe.HTTPGet.Path != "/readyz" || containers[0].ReadinessProbe.FailureThreshold != 1 {
		t.Fatalf("%s: this test does not know how to run %+v", p.name, containers)
	}
	for _, each := range containers[0].Env {
		if each.Name != "HTTP_ADDR" && each.Name != "ADMIN_ADDR" {
			d.env = append(d.env, each.Name+"="+each.Value)
		}
	}
	d.probe = containers[0].ReadinessProbe.PeriodSeconds
	if d.probe < 1 || len(d.env) == 0 {
		t.Fatalf("%s: its Deployment sets %v and looks every %s seconds", p.name, d.env, strconv.Itoa(d.probe))
	}
	return d
}

func run(t *testing.T, dir string, words ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(words, " "), err, out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
