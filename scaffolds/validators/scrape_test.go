//go:build proof

package validators_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/kubernetes" // reads kubernetes_sd_configs
)

// Prometheus itself takes the scrape configuration: read on its own, the file
// is a whole configuration. (Debian's promtool knows no Kubernetes.)
func TestPrometheusTakesTheScrapeConfiguration(t *testing.T) {
	t.Parallel()
	text := string(read(t, observability, "scrape.yaml"))
	loaded, err := config.Load(text, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded.ScrapeConfigs) != 1 || loaded.ScrapeConfigs[0].JobName != "goldensvc" {
		t.Errorf("it has the jobs %+v, want one that rules and dashboard know", loaded.ScrapeConfigs)
	}
	// A file that says something else is refused, or this test says nothing.
	for _, change := range [][2]string{{"regex: admin", "regexp: admin"}, {"role: pod\n", "role: pods\n"}, {"action: keep", "action: keeep"}} {
		changed := strings.Replace(text, change[0], change[1], 1)
		if _, err := config.Load(changed, slog.New(slog.DiscardHandler)); err == nil || changed == text {
			t.Errorf("%q for %q is accepted", change[1], change[0])
		}
	}
	// The port it asks for is the one that has the metrics.
	if !strings.Contains(string(read(t, "deploy/kubernetes/base/deployment.yaml")), "- name: admin\n") ||
		!strings.Contains(text, "__meta_kubernetes_pod_container_port_name], regex: admin,") {
		t.Error("it scrapes another port than the admin port")
	}
}
