package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/golden/service/internal/admin"
	"example.com/golden/service/internal/app"
	"example.com/golden/service/internal/config"
	"example.com/golden/service/internal/packs/packstest"
	"example.com/golden/service/internal/telemetry"
)

// Starts the service as main does, on a free port, and stops it with the test.
func startService(t *testing.T, environ ...string) (base, admin string) {
	t.Helper()
	base, admin, stop := start(t, environ...)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return base, admin
}

func start(t *testing.T, environ ...string) (base, adminBase string, stop func() error) {
	t.Helper()
	cfg, err := config.Load(append(append(packstest.Environ(t), "HTTP_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0"), environ...))
	if err != nil {
		t.Fatal(err)
	}
	level := telemetry.NewLevel(cfg.LogLevel)
	log := telemetry.NewLogger(io.Discard, "goldensvc", level)
	// Not the test's context: that one has ended when clean-ups run.
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	service, err := app.New(ctx, cfg, admin.Build{Service: "goldensvc", Version: "test"}, log, level)
	if err != nil {
		t.Fatal(err)
	}
	listeners, err := service.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx, listeners) }()
	return "http://" + listeners.API.Addr().String(), "http://" + listeners.Admin.Addr().String(), func() error {
		cancel()
		return <-ended
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestRun_answers(t *testing.T) {
	t.Parallel()
	base, admin := startService(t)
	for url, want := range map[string]string{
		admin + "/livez":       `"ok"`,
		admin + "/readyz":      `"ok"`,
		admin + "/version":     `"goldensvc"`,
		admin + "/metrics":     "go_goroutines",
		admin + "/log-level":   `"info"`,
		base + "/openapi.yaml": "openapi:",
		base + "/items":        `"items":[]`,
	} {
		if status, body := get(t, url); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("GET %s answered %d %s, want 200 with %s", url, status, body, want)
		}
	}
	// None of it is for callers, and none of theirs is there.
	for _, url := range []string{base + "/livez", base + "/readyz", base + "/version", base + "/metrics", base + "/log-level", admin + "/items", admin + "/debug/pprof/"} {
		if status, _ := get(t, url); status != http.StatusNotFound {
			t.Errorf("GET %s answered %d, want 404", url, status)
		}
	}
}

// However busy the service is, probes and scrapes are answered.
func TestRun_doesNotShedProbes(t *testing.T) {
	t.Parallel()
	base, admin := startService(t, "HTTP_MAX_CONCURRENT=1")
	conn, _ := begin(t, base, admin)
	if status, _ := get(t, base+"/items"); status != http.StatusServiceUnavailable {
		t.Errorf("a second request was answered %d, want 503", status)
	}
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		if status, _ := get(t, admin+path); status != http.StatusOK {
			t.Errorf("GET %s answered %d", path, status)
		}
	}
	_ = conn.Close()
}

// begin sends half of a request, and returns the other half when the service
// waits for it.
func begin(t *testing.T, base, admin string) (conn net.Conn, rest string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	const body = `{"name":"Blue teapot","quantity":3}`
	head := "POST /items HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 35\r\n\r\n"
	if _, err := io.WriteString(conn, head+body[:10]); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the request to be counted", func() bool {
		_, metrics := get(t, admin+"/metrics")
		return strings.Contains(metrics, "http_server_active_requests 1")
	})
	return conn, body[10:]
}

// A request that was being sent when the service was told to stop is answered;
// meanwhile readiness has failed; afterwards nobody listens.
func TestRun_stopsWithoutLosingARequest(t *testing.T) {
	t.Parallel()
	base, admin, stop := start(t, "SHUTDOWN_DRAIN_DELAY=300ms")
	address := strings.TrimPrefix(base, "http://")
	conn, rest := begin(t, base, admin)

	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	waitFor(t, "readiness to fail while the service still answers", func() bool {
		status, _ := get(t, admin+"/readyz")
		return status == http.StatusServiceUnavailable
	})

	// Who sends on a kept connection is told to take another one next time.
	response, err := http.Get(base + "/items")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || !response.Close {
		t.Errorf("while stopping, a request was answered %s, the connection closed: %v", response.Status, response.Close)
	}

	if _, err := io.WriteString(conn, rest); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(answer), "HTTP/1.1 201 ") {
		t.Errorf("the request was answered %q, want 201", answer)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
	if conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address); err == nil {
		_ = conn.Close()
		t.Error("somebody still listens after the service has stopped")
	}
}

// A request that never ends does not keep the service from stopping.
func TestRun_givesUpOnARequestThatHangs(t *testing.T) {
	t.Parallel()
	base, admin, stop := start(t, "SHUTDOWN_TIMEOUT=500ms", "HTTP_WRITE_TIMEOUT=500ms")
	begin(t, base, admin)
	if err := stop(); err == nil || !strings.Contains(err.Error(), "still running") {
		t.Errorf("stop: got %v, want to be told about the running request", err)
	}
}

func TestRun_providerStatesAreClosed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		environ []string
		want    int
	}{
		{name: "by default", want: http.StatusNotFound},
		{name: "unless asked for", environ: []string{"PACT_STATES=true"}, want: http.StatusOK},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base, _ := startService(t, test.environ...)
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/_pact/provider-states",
				strings.NewReader(`{"state":"items exist","action":"setup"}`))
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != test.want {
				t.Errorf("answered %d, want %d", response.StatusCode, test.want)
			}
		})
	}
}

func TestListen_taken(t *testing.T) {
	t.Parallel()
	base, adminBase := startService(t)
	cfg, err := config.Load(append(packstest.Environ(t), "HTTP_ADDR="+strings.TrimPrefix(base, "http://"), "ADMIN_ADDR="+strings.TrimPrefix(adminBase, "http://")))
	if err != nil {
		t.Fatal(err)
	}
	second, err := app.New(t.Context(), cfg, admin.Build{}, telemetry.NewLogger(io.Discard, "goldensvc", cfg.LogLevel), telemetry.NewLevel(cfg.LogLevel))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "HTTP_ADDR") || !strings.Contains(err.Error(), "ADMIN_ADDR") {
		t.Errorf("got %v, want to be told which settings are wrong", err)
	}

	// With one address free and one taken, the free one stays free.
	spare, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := spare.Addr().String()
	_ = spare.Close()
	cfg.HTTPAddr = free
	third, err := app.New(t.Context(), cfg, admin.Build{}, telemetry.NewLogger(io.Discard, "goldensvc", cfg.LogLevel), telemetry.NewLevel(cfg.LogLevel))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := third.Listen(t.Context()); err == nil || strings.Contains(err.Error(), "HTTP_ADDR") {
		t.Errorf("got %v, want ADMIN_ADDR alone to be wrong", err)
	}
	if conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", free); err == nil {
		_ = conn.Close()
		t.Error("the service listens although it did not start")
	}
}

func waitFor(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
