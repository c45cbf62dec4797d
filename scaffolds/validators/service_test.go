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
func start(t *testing.T, environ ...string) (base, metrics string) {
	t.Helper()
	// Its database and its cache run beside it, and stop when it does.
	beside, err := filepath.Glob(filepath.Join(golden, "internal/packs/*/local"))
	if err != nil || len(beside) == 0 {
		t.Fatalf("found %v (%v), want what the packs run beside the service", beside, err)
	}
	var words []string
	for _, folder := range append(beside, filepath.Join(golden, "cmd/goldensvc")) {
		words = append(words, compile(t, strings.TrimPrefix(folder, golden+"/")))
	}
	addr, admin := free(t), free(t)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	service := exec.CommandContext(ctx, words[0], words[1:]...)
	service.Cancel = func() error { return service.Process.Signal(syscall.SIGTERM) }
	service.Env = append(append(os.Environ(), "HTTP_ADDR="+addr, "ADMIN_ADDR="+admin), environ...)
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

// compile builds a program of the golden project.
func compile(t *testing.T, folder string) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "program")
	build := exec.CommandContext(t.Context(), "go", "-C", golden, "build", "-o", program, "./"+folder)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
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

// With both packs the cache stands before the database: what was read once is
// answered without it.
func TestTheCacheStandsBeforeTheDatabase(t *testing.T) {
	t.Parallel()
	base, metrics := start(t, "CACHE_SETTLE_TIME=100ms")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/items", strings.NewReader(`{"name":"Blue teapot","quantity":3}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	count := func(line string) string {
		_, text, err := get(t, metrics)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(text, "\n"+line+" ")
		number, _, _ := strings.Cut(after, "\n")
		return number
	}
	const (
		hits  = `cache_reads_total{outcome="hit"}`
		reads = `db_client_operation_duration_seconds_count{db_operation_name="items.get",outcome="ok",pool="primary"}`
	)
	read := func() {
		if status, body, err := get(t, base+response.Header.Get("Location")); err != nil || status != http.StatusOK || !strings.Contains(body, "Blue teapot") {
			t.Fatalf("GET %s: %d %s %v", response.Header.Get("Location"), status, body, err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); count(hits) == "0"; read() {
		if time.Now().After(deadline) {
			t.Fatal("nothing is read from the cache")
		}
	}
	before := count(reads)
	if read(); before == "" || before == "0" || count(reads) != before {
		t.Errorf("the database was read %q times, and %q after one more hit", before, count(reads))
	}
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
