package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/golden/service/internal/packs/packstest"
)

// The test's own program is the service when it is started with this set: the
// process that is tested is a real one.
const asService = "TEST_RUNS_THE_SERVICE"

func TestMain(m *testing.M) {
	if os.Getenv(asService) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a running service.
type process struct {
	*exec.Cmd
	api, admin string
}

func startProcess(t *testing.T, environ ...string) *process {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.CommandContext(t.Context(), program)}
	p.Env = append(append(os.Environ(), packstest.Environ(t)...), append([]string{asService + "=yes", "HTTP_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0", "LOG_LEVEL=info"}, environ...)...)
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stderr = os.Stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var line struct {
			Msg, Addr string
			AdminAddr string `json:"admin_addr"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err == nil && line.Msg == "listening" {
			p.api, p.admin = line.Addr, line.AdminAddr
			go func() { _, _ = io.Copy(io.Discard, out) }() // A full pipe would stop the service.
			return p
		}
	}
	t.Fatal("the service ended before it listened")
	return nil
}

// traffic sends requests until it is told to go elsewhere.
type traffic struct {
	workers  sync.WaitGroup
	away     atomic.Bool
	answered atomic.Int64
	lost     chan string
}

func (tr *traffic) start(ctx context.Context, api string) {
	tr.lost = make(chan string, 100)
	for range 8 {
		tr.workers.Go(func() {
			client := &http.Client{Transport: &http.Transport{}} // a connection of its own, kept
			for !tr.away.Load() {
				if problem := create(ctx, client, api); problem == "" {
					tr.answered.Add(1)
				} else {
					select {
					case tr.lost <- problem:
					default: // There are enough to see.
					}
				}
			}
		})
	}
}

func create(ctx context.Context, client *http.Client, api string) (problem string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+api+"/items", strings.NewReader(`{"name":"Blue teapot","quantity":3}`))
	if err != nil {
		return err.Error()
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusCreated {
		return fmt.Sprintf("%s %s %v", response.Status, body, err)
	}
	return ""
}

// Under load, SIGTERM loses no request: those that come before the load
// balancer has learnt of it are answered, and one that takes longer is finished
// after the door was closed.
func TestSIGTERM_losesNoRequest(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "SHUTDOWN_DRAIN_DELAY=2s")
	var load traffic
	load.start(t.Context(), p.api)
	waitFor(t, "traffic", func() bool { return load.answered.Load() > 100 })

	slow, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", p.api)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	const body = `{"name":"Blue teapot","quantity":3}`
	head := fmt.Sprintf("POST /items HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body))
	if _, err := io.WriteString(slow, head+body[:10]); err != nil {
		t.Fatal(err)
	}

	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "readiness to fail", func() bool { return ready(t, p.admin) == http.StatusServiceUnavailable })
	// The load balancer needs a moment; the traffic of that moment is answered.
	since := load.answered.Load()
	waitFor(t, "traffic while stopping", func() bool { return load.answered.Load() > since+100 })
	load.away.Store(true)
	load.workers.Wait()

	waitFor(t, "the door to close", func() bool {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", p.api)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	if _, err := io.WriteString(slow, body[10:]); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(slow)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 201 ") {
		t.Errorf("the slow request was answered %q, %v, want 201", answer, err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the service ended with %v", err)
	}
	close(load.lost)
	for problem := range load.lost {
		t.Errorf("a request was lost: %s", problem)
	}
}

func ready(t *testing.T, admin string) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+admin+"/readyz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

func waitFor(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
