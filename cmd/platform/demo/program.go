package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

const (
	// patience is how long a program may take to end once it was told to.
	patience = 5 * time.Second
	// startTime is how long a service may take to listen.
	startTime = 20 * time.Second
	// keepLog is how much of a running service's log is kept.
	keepLog = 64 << 10
)

// runProgram runs a program in folder; what it prints goes to out.
func runProgram(ctx context.Context, out io.Writer, folder string, words ...string) error {
	cmd := program(ctx, folder, words...)
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	killGroup(cmd)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fault.New(fault.Failed, "%s failed: %v.", strings.Join(words, " "), err).
			WithHint("What it printed last is above; everything: platform demo --verbose").WithCause(err)
	}
	return nil
}

// program returns a program that runs in a process group of its own, which
// ends as a whole when ctx does: make starts go, and go starts tests.
func program(ctx context.Context, folder string, words ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) // #nosec G204 -- no shell; the words are the demo's
	cmd.Dir = folder
	cmd.WaitDelay = patience
	cmd.Env = environment(cmd.Environ())
	isolate(cmd)
	return cmd
}

// environment is this program's, without what a make around it would say to the
// makes started here. With -trimpath, what Go compiled for one demo serves the
// next one too: its folder has another name, and else that counts.
func environment(own []string) []string {
	flags, env := "-trimpath", make([]string, 0, len(own)+1)
	for _, e := range own {
		switch name, value, _ := strings.Cut(e, "="); name {
		case "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "GNUMAKEFLAGS", "VERSION", "TEST_FLAGS":
		case "GOFLAGS":
			flags = strings.TrimSpace(value + " " + flags)
		default:
			env = append(env, e)
		}
	}
	return append(env, "GOFLAGS="+flags)
}

// running is a service that was started.
type running struct {
	URL string

	cmd  *exec.Cmd
	log  log
	stop context.CancelFunc
	done chan struct{}
}

// start starts a service and returns when it listens. It chooses a port that is
// free and says in its log which.
func start(ctx context.Context, folder, name string) (*running, error) {
	// It outlives the step that starts it, and ends with Stop.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &running{cmd: program(life, folder, "./bin/"+name), stop: cancel, done: make(chan struct{})}
	s.cmd.Env = append(s.cmd.Env, "HTTP_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0", "PACT_STATES=true", "LOG_LEVEL=info", "SHUTDOWN_DRAIN_DELAY=0s", "OTEL_EXPORTER_OTLP_ENDPOINT=")
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := s.cmd.Start(); err != nil {
		cancel()
		return nil, fault.New(fault.Failed, "%s does not start: %v.", name, err).WithCause(err)
	}
	listening := make(chan string, 1)
	go func() {
		defer close(s.done)
		s.read(out, listening)
		_ = s.cmd.Wait()
		killGroup(s.cmd)
	}()
	return s, s.await(ctx, name, listening)
}

// await waits until the service listens.
func (s *running) await(ctx context.Context, name string, listening <-chan string) error {
	timer := time.NewTimer(startTime)
	defer timer.Stop()
	select {
	case address := <-listening:
		s.URL = "http://" + address
		return nil
	case <-ctx.Done():
		s.Stop()
		return context.Cause(ctx)
	case <-s.done:
	case <-timer.C:
	}
	s.Stop()
	return fault.New(fault.Failed, "%s was started and does not listen. It says: %s", name, s.log.last()).
		WithHint("Try it yourself: platform demo --keep, then make run")
}

// read keeps the log, and finds in it where the service listens.
func (s *running) read(out io.Reader, listening chan<- string) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		_, _ = s.log.Write(append(lines.Bytes(), '\n'))
		var line struct {
			Message string `json:"msg"`
			Address string `json:"addr"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "listening" {
			select {
			case listening <- line.Address:
			default:
			}
		}
	}
	_, _ = io.Copy(&s.log, out) // a line too long must not block the service
}

// Stop ends the service and waits for its end.
func (s *running) Stop() {
	if s == nil {
		return
	}
	s.stop()
	<-s.done
}

// log keeps the end of what a service says.
type log struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	l.text = l.text[max(0, len(l.text)-keepLog):]
	return len(p), nil
}

// last returns the last line.
func (l *log) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(l.text)), "\n")
	return lines[len(lines)-1]
}

// output runs git in folder and returns what it prints.
func git(ctx context.Context, out io.Writer, folder string, words ...string) (string, error) {
	// Whoever runs the demo may have no name in git yet, or sign each commit.
	identity := []string{"git", "-c", "user.name=Platform demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"}
	var printed strings.Builder
	err := runProgram(ctx, io.MultiWriter(&printed, out), folder, append(identity, words...)...)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		f.Message = "git " + strings.Join(words, " ") + " failed."
	}
	return strings.TrimSpace(printed.String()), err
}
