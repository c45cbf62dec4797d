package validators_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// start builds and runs the golden service, and returns its address and that
// of its metrics.
func start(t *testing.T) (base, metrics string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "service")
	build := exec.CommandContext(t.Context(), "go", "-C", golden, "build", "-o", program, "./cmd/goldensvc")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// Its database runs beside it, and stops when it does.
	with := filepath.Join(t.TempDir(), "with")
	build = exec.CommandContext(t.Context(), "go", "-C", golden, "build", "-o", with, "./internal/packs/postgres/local")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	addr, admin := free(t), free(t)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	service := exec.CommandContext(ctx, with, program)
	service.Cancel = func() error { return service.Process.Signal(syscall.SIGTERM) }
	service.Env = append(os.Environ(), "HTTP_ADDR="+addr, "ADMIN_ADDR="+admin)
	var log strings.Builder
	service.Stdout, service.Stderr = &log, &log
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = service.Wait() // It was told to.
		if t.Failed() {
			t.Log(log.String())
		}
	})
	for range 600 {
		if status, _, err := get(t, "http://"+admin+"/readyz"); err == nil && status == http.StatusOK {
			return "http://" + addr, "http://" + admin + "/metrics"
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the service did not get ready within half a minute")
	return "", ""
}

func free(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func get(t *testing.T, url string) (status int, body string, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// scrape returns what the service exports after a request.
func scrape(t *testing.T) series {
	t.Helper()
	base, metrics := start(t)
	if status, body, err := get(t, base+"/items"); err != nil || status != http.StatusOK {
		t.Fatalf("GET /items: %d %s %v", status, body, err)
	}
	status, text, err := get(t, metrics)
	if err != nil || status != http.StatusOK {
		t.Fatalf("scrape: %d %v", status, err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	found := series{
		// No operation of the golden service calls another, so a scrape has
		// none of these; the service's own tests see them.
		"http_client_request_duration_seconds_bucket": {"peer_service", "http_request_method", "http_response_status_code", "le"},
		"http_client_request_duration_seconds_count":  {"peer_service", "http_request_method", "http_response_status_code"},
	}
	for name, family := range families {
		for _, metric := range family.GetMetric() {
			add(found, name, family.GetType(), metric)
		}
	}
	return found
}

func add(found series, name string, kind dto.MetricType, metric *dto.Metric) {
	names := []string{name}
	switch kind {
	case dto.MetricType_HISTOGRAM:
		names = []string{name + "_bucket", name + "_count", name + "_sum"}
		found.add(name+"_bucket", "le")
	case dto.MetricType_SUMMARY:
		names = []string{name, name + "_count", name + "_sum"}
		found.add(name, "quantile")
	default:
	}
	for _, name := range names {
		if found[name] == nil {
			found[name] = []string{}
		}
		for _, label := range metric.GetLabel() {
			found.add(name, label.GetName())
		}
	}
}
