package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/golden/service/internal/app"
	"example.com/golden/service/internal/config"
	"example.com/golden/service/internal/httpapi"
	"example.com/golden/service/internal/telemetry"
)

// Starts the service as main does, on a free port, and stops it with the test.
func startService(t *testing.T, environ ...string) (base string) {
	t.Helper()
	base, stop := start(t, environ...)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return base
}

func start(t *testing.T, environ ...string) (base string, stop func() error) {
	t.Helper()
	cfg, err := config.Load(append([]string{"HTTP_ADDR=127.0.0.1:0"}, environ...))
	if err != nil {
		t.Fatal(err)
	}
	log := telemetry.NewLogger(io.Discard, "goldensvc", cfg.LogLevel)
	// Not the test's context: that one has ended when clean-ups run.
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	service, err := app.New(ctx, cfg, httpapi.Build{Service: "goldensvc", Version: "test"}, log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := service.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx, listener) }()
	return "http://" + listener.Addr().String(), func() error {
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
	base := startService(t)
	for path, want := range map[string]string{
		"/livez":        `"ok"`,
		"/readyz":       `"ok"`,
		"/version":      `"goldensvc"`,
		"/openapi.yaml": "openapi:",
		"/metrics":      "go_goroutines",
		"/items":        `"items":[]`,
	} {
		if status, body := get(t, base+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("GET %s answered %d %s, want 200 with %s", path, status, body, want)
		}
	}
}

// A request that was being sent when the service was told to stop is answered;
// meanwhile readiness has failed; afterwards nobody listens.
func TestRun_stopsWithoutLosingARequest(t *testing.T) {
	t.Parallel()
	base, stop := start(t, "SHUTDOWN_DRAIN_DELAY=300ms")
	address := strings.TrimPrefix(base, "http://")

	// Half a request: the service has to wait for the other half.
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const body = `{"name":"Blue teapot","quantity":3}`
	head := "POST /items HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 35\r\n\r\n"
	if _, err := io.WriteString(conn, head+body[:10]); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the request to be counted", func() bool {
		_, metrics := get(t, base+"/metrics")
		return strings.Contains(metrics, "http_server_active_requests 1")
	})

	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	waitFor(t, "readiness to fail while the service still answers", func() bool {
		status, _ := get(t, base+"/readyz")
		return status == http.StatusServiceUnavailable
	})

	if _, err := io.WriteString(conn, body[10:]); err != nil {
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
	base, stop := start(t, "SHUTDOWN_TIMEOUT=50ms")
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /items HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the request to be counted", func() bool {
		_, metrics := get(t, base+"/metrics")
		return strings.Contains(metrics, "http_server_active_requests 1")
	})
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
			base := startService(t, test.environ...)
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
	base := startService(t)
	cfg, err := config.Load([]string{"HTTP_ADDR=" + strings.TrimPrefix(base, "http://")})
	if err != nil {
		t.Fatal(err)
	}
	second, err := app.New(t.Context(), cfg, httpapi.Build{}, telemetry.NewLogger(io.Discard, "goldensvc", cfg.LogLevel))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "HTTP_ADDR") {
		t.Errorf("got %v, want to be told which setting is wrong", err)
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
