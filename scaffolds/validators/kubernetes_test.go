package validators_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

var environments = []string{"test", "production"}

// build returns the objects of an environment, as kubectl apply sends them.
func build(t *testing.T, environment string) resmap.ResMap {
	t.Helper()
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).
		Run(filesys.MakeFsOnDisk(), golden+"/deploy/kubernetes/overlays/"+environment)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// object returns the one of that kind.
func object(t *testing.T, objects resmap.ResMap, kind string) *resource.Resource {
	t.Helper()
	for _, o := range objects.Resources() {
		if o.GetKind() == kind {
			return o
		}
	}
	t.Fatalf("there is no %s", kind)
	return nil
}

// field returns a value of an object by its path: "spec.replicas".
func field(t *testing.T, o *resource.Resource, path string) any {
	t.Helper()
	value, err := o.GetFieldValue(path)
	if err != nil {
		t.Fatalf("%s has no %s: %v", o.GetKind(), path, err)
	}
	return value
}

func TestEachEnvironmentHasWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			objects := build(t, environment)
			var kinds []string
			for _, o := range objects.Resources() {
				kinds = append(kinds, o.GetKind())
				for _, label := range []string{"app.kubernetes.io/name", "service", "team", "feature", "environment"} {
					if o.GetLabels()[label] == "" {
						t.Errorf("%s has no label %s", o.GetKind(), label)
					}
				}
			}
			slices.Sort(kinds)
			want := "Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount"
			if got := strings.Join(kinds, " "); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// What selects the pods selects them by their name, and by nothing that an
// environment or another owner changes: a selector cannot be changed later.
func TestSelectorsFindThePods(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		objects := build(t, environment)
		pods := field(t, object(t, objects, "Deployment"), "spec.template.metadata.labels")
		for kind, path := range map[string]string{
			"Deployment":          "spec.selector.matchLabels",
			"Service":             "spec.selector",
			"PodDisruptionBudget": "spec.selector.matchLabels",
			"NetworkPolicy":       "spec.podSelector.matchLabels",
		} {
			selector, ok := field(t, object(t, objects, kind), path).(map[string]any)
			name, _ := selector["app.kubernetes.io/name"].(string)
			if !ok || len(selector) != 1 || name == "" || name != labelsOf(pods)["app.kubernetes.io/name"] {
				t.Errorf("%s, %s selects %v; pods have %v", environment, kind, selector, pods)
			}
		}
		spread, ok := field(t, object(t, objects, "Deployment"), "spec.template.spec.topologySpreadConstraints").([]any)
		if !ok || len(spread) != 2 {
			t.Fatalf("%s: spread over %v, want zones and nodes", environment, spread)
		}
		for _, constraint := range spread {
			selector := labelsOf(labelsOf(labelsOf(constraint)["labelSelector"])["matchLabels"])
			if len(selector) != 1 || selector["app.kubernetes.io/name"] != labelsOf(pods)["app.kubernetes.io/name"] {
				t.Errorf("%s: spreads the pods that %v selects", environment, selector)
			}
		}
	}
}

func labelsOf(v any) map[string]any {
	labels, _ := v.(map[string]any)
	return labels
}

// The autoscaler and a fixed number would undo each other's work at each
// deployment.
func TestOnlyTheAutoscalerCountsPods(t *testing.T) {
	t.Parallel()
	limits := map[string][2]any{"test": {1, 2}, "production": {2, 6}}
	for _, environment := range environments {
		objects := build(t, environment)
		if replicas, err := object(t, objects, "Deployment").GetFieldValue("spec.replicas"); err == nil {
			t.Errorf("%s: the Deployment wants %v instances", environment, replicas)
		}
		scaler := object(t, objects, "HorizontalPodAutoscaler")
		got := [2]any{field(t, scaler, "spec.minReplicas"), field(t, scaler, "spec.maxReplicas")}
		if got != limits[environment] {
			t.Errorf("%s: %v instances, want %v", environment, got, limits[environment])
		}
	}
}

// Kustomize writes a name into every matchLabels it finds: a provider selected
// by one would become the service itself.
func TestTheServiceReachesWhatItConsumes(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		text, err := object(t, build(t, environment), "NetworkPolicy").AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		for _, provider := range []string{"golden-other", "golden-provider"} {
			if !strings.Contains(string(text), "- "+provider+"\n") {
				t.Errorf("%s: nothing lets the service reach %s:\n%s", environment, provider, text)
			}
		}
		if n := strings.Count(string(text), "goldensvc"); n != 4 { // its name, two labels, and whom it is about
			t.Errorf("%s: the service's name is there %d times, want 4:\n%s", environment, n, text)
		}
	}
}

// What breaks in may not send what it finds to anywhere on the Internet. That
// the chart allows the same is for TestTheChartMakesWhatKustomizeMakes.
func TestTheServiceReachesPrivateAddressesOnly(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		rules, _ := field(t, object(t, build(t, environment), "NetworkPolicy"), "spec.egress").([]any)
		blocks := 0
		for _, rule := range rules {
			peers, _ := labelsOf(rule)["to"].([]any)
			ports, _ := labelsOf(rule)["ports"].([]any)
			if len(peers) == 0 || len(ports) == 0 {
				t.Errorf("%s: %v lets the service reach everybody, or every port", environment, rule)
			}
			for _, peer := range peers {
				block, ok := labelsOf(peer)["ipBlock"]
				if !ok {
					continue
				}
				blocks++
				text, _ := labelsOf(block)["cidr"].(string)
				cidr, err := netip.ParsePrefix(text)
				if err != nil || !cidr.Addr().IsPrivate() || cidr.Bits() < 7 {
					t.Errorf("%s: %v, %v lets the service reach public addresses", environment, block, err)
				}
			}
		}
		if blocks == 0 {
			t.Errorf("%s: no rule is for the database and the cache: this test proves nothing", environment)
		}
	}
}

// Kubernetes kills a pod after its grace period: before that, it must have had
// the time it takes for load balancers to notice and for requests to end.
func TestThereIsTimeToStop(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		deployment := object(t, build(t, environment), "Deployment")
		containers, _ := field(t, deployment, "spec.template.spec.containers").([]any)
		needed := time.Duration(0)
		for _, container := range containers {
			env, _ := labelsOf(container)["env"].([]any)
			for _, each := range env {
				switch variable := labelsOf(each); variable["name"] {
				case "SHUTDOWN_DRAIN_DELAY", "SHUTDOWN_TIMEOUT":
					value, err := time.ParseDuration(fmt.Sprint(variable["value"]))
					if err != nil {
						t.Fatal(err)
					}
					needed += value
				}
			}
		}
		grace := field(t, deployment, "spec.template.spec.terminationGracePeriodSeconds")
		seconds, ok := grace.(int)
		if !ok || needed == 0 || time.Duration(seconds)*time.Second <= needed {
			t.Errorf("%s: killed after %v s, stopping takes up to %s", environment, grace, needed)
		}
	}
}

// Prometheus and the probes ask where the metrics and the health are, and
// callers do not get there.
func TestTheAdminPortIsPrivate(t *testing.T) {
	t.Parallel()
	for _, environment := range environments {
		objects := build(t, environment)
		service, err := object(t, objects, "Service").AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(service), "admin") || strings.Contains(string(service), "8081") {
			t.Errorf("%s: the Service leads to the admin port:\n%s", environment, service)
		}
		rules, _ := field(t, object(t, objects, "NetworkPolicy"), "spec.ingress").([]any)
		for _, rule := range rules {
			from, ports := fmt.Sprint(labelsOf(rule)["from"]), fmt.Sprint(labelsOf(rule)["ports"])
			if strings.Contains(ports, "admin") != strings.Contains(from, "monitoring") {
				t.Errorf("%s: %s may reach %s", environment, from, ports)
			}
		}
		if len(rules) != 2 {
			t.Errorf("%s: %d rules let somebody in, want callers and Prometheus", environment, len(rules))
		}
	}
}
