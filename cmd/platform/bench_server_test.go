package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/database"
)

// benchServer is "platform serve" in a process of its own, so that its processor
// time and memory are told apart from those of whoever asks.
type benchServer struct {
	url        string
	pid        int
	postmaster int // of PostgreSQL, 0 on SQLite
	client     *http.Client
	longest    atomic.Int64 // bytes of an answer so far
}

// startServer starts a server on a database and stops it when b ends.
func startServer(b *testing.B, db *database.DB) *benchServer {
	b.Helper()
	s := &benchServer{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, ReadBufferSize: 256 << 10}}}
	address := db.Path()
	if db.Dialect() == database.Postgres {
		address = db.Pool().Config().ConnString()
		s.postmaster = postmaster(b, db)
	}
	data := b.TempDir()
	cmd := exec.Command("platform", "serve", "--listen", "127.0.0.1:0", "--data", data, "--database", address) //nolint:noctx // ended below, and waited for
	var log bytes.Buffer
	cmd.Stderr = &log
	cmd.Env = append(os.Environ(), "HOME="+data, "PLATFORM_LOG_LEVEL=warn")
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			b.Errorf("the server ended with %v\n%s", err, log.String())
		}
	})
	s.pid = cmd.Process.Pid
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	for {
		if found, ok := cli.FindServer(ctx, data); ok {
			s.url = found.URL
			return s
		}
		if ctx.Err() != nil {
			b.Fatalf("the server did not start\n%s", log.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// postmaster returns the process of PostgreSQL whose children serve connections.
func postmaster(b *testing.B, db *database.DB) int {
	b.Helper()
	var dir string
	if err := db.SQL().QueryRowContext(b.Context(), "SHOW data_directory").Scan(&dir); err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		b.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		b.Fatal(err)
	}
	return pid
}

// tick is the unit of processor time in /proc, the same on every Linux that Go
// runs on.
const tick = 10 * time.Millisecond

// processTimes reads /proc/PID/stat: the parent, the process's own time, and
// that of children it has waited for.
func processTimes(pid int) (parent int, own, ended time.Duration, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0, err
	}
	// The name is in parentheses and may hold anything; the third field follows.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	numbers := make([]int64, len(fields))
	for i, f := range fields[1:] {
		numbers[i+1], _ = strconv.ParseInt(f, 10, 64)
	}
	return int(numbers[1]), time.Duration(numbers[11]+numbers[12]) * tick, time.Duration(numbers[13]+numbers[14]) * tick, nil
}

// usage is the processor time of the server, and of PostgreSQL, so far.
func (s *benchServer) usage(b *testing.B) (server, db time.Duration) {
	b.Helper()
	_, server, _, err := processTimes(s.pid)
	if err != nil {
		b.Fatal(err)
	}
	if s.postmaster == 0 {
		return server, 0
	}
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		b.Fatal(err)
	}
	for _, dir := range all {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		parent, own, ended, err := processTimes(pid)
		switch {
		case err != nil: // it has just ended
		case pid == s.postmaster:
			db += own + ended
		case parent == s.postmaster:
			db += own
		}
	}
	return server, db
}

// memory returns how much of the server is in memory now, and was at most, in
// megabytes.
func (s *benchServer) memory(b *testing.B) (now, most float64) {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kilobytes, _ := strconv.ParseFloat(fields[1], 64)
		switch fields[0] {
		case "VmRSS:":
			now = kilobytes / 1024
		case "VmHWM:":
			most = kilobytes / 1024
		}
	}
	return now, most
}

// answer is what came back.
type answer struct {
	status    int
	body      []byte
	firstByte time.Duration // until the body began
}

// ask sends one request. A body is JSON. The memory for long answers is there before
// they come, so that what is measured is the server and not its client.
func (s *benchServer) ask(ctx context.Context, method, path string, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Accept", "application/hal+json, application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	from := time.Now()
	response, err := s.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	a := answer{status: response.StatusCode}
	read := bytes.NewBuffer(make([]byte, 0, s.longest.Load()+bytes.MinRead))
	_, _ = io.CopyN(read, response.Body, 1)
	a.firstByte = time.Since(from)
	_, err = read.ReadFrom(response.Body)
	a.body = read.Bytes()
	s.longest.Store(max(s.longest.Load(), int64(len(a.body))))
	return a, err
}

// measure makes calls from some clients at once and reports, for each, the
// processor time of the server and of the database beside the time that passed.
// call is given a number of its own each time.
func (s *benchServer) measure(b *testing.B, clients int, call func(n int) error) {
	b.Helper()
	const warm = 30
	for n := range warm {
		if err := call(n); err != nil {
			b.Fatal(err)
		}
	}
	var next atomic.Int64
	took := make([]time.Duration, b.N)
	failed := make([]error, clients)
	serverBefore, dbBefore := s.usage(b)
	b.ResetTimer()
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for failed[c] == nil {
				n := int(next.Add(1)) - 1
				if n >= b.N {
					return
				}
				from := time.Now()
				failed[c] = call(warm + n)
				took[n] = time.Since(from)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	server, db := s.usage(b)
	for _, err := range failed {
		if err != nil {
			b.Fatal(err)
		}
	}
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(b.N) }
	slices.Sort(took)
	b.ReportMetric(each(server-serverBefore), "server-cpu-µs/op")
	if s.postmaster != 0 {
		b.ReportMetric(each(db-dbBefore), "database-cpu-µs/op")
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
