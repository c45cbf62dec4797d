package cachetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/golden/service/internal/packs/beside"
)

var errNotInstalled = fmt.Errorf("REDIS %w: neither redis-server nor valkey-server is on PATH. Install it with: make packs "+
	"(which is apt-get install redis-server, or brew install redis)", beside.ErrNotInstalled)

// How many databases a server has: one for each test.
const databases = 1000

// Server is a Redis or Valkey server of the test's own, with nothing on disk.
// It listens on a socket in its folder, so it needs no port, and nobody else's
// server is taken for it.
type Server struct {
	program, dir string
	pid          string
	alive        io.WriteCloser
	ended        chan struct{}
}

// The guard runs the server until its input ends, which also happens when this
// process is killed: then it removes the folder. A line before says that there
// will be another server in it. What it kills may be stopped, so it asks nothing.
const guard = `"$1" --port 0 --unixsocket "$2/socket" --databases "$3" --save "" --appendonly no --dir "$2" --loglevel warning >>"$2/log" 2>&1 &
server=$!
echo "$server"
trap : INT TERM HUP
while read -r line; do again=yes; done
kill -KILL "$server"
wait "$server"
[ -n "$again" ] || rm -rf "$2"`

// Serve starts a server. Its folder is gone when it is closed.
func Serve(ctx context.Context) (*Server, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		program, err = exec.LookPath("valkey-server")
	}
	if err != nil {
		return nil, errNotInstalled
	}
	dir, err := os.MkdirTemp("", "redis-")
	if err != nil {
		return nil, err
	}
	s := &Server{program: program, dir: dir}
	if err := s.Start(ctx); err != nil {
		log, _ := os.ReadFile(filepath.Clean(filepath.Join(dir, "log")))
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, log), os.RemoveAll(dir))
	}
	return s, nil
}

// Start starts a server that was killed anew: it has forgotten everything.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "sh", "-c", guard, "guard", s.program, s.dir, strconv.Itoa(databases))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if s.alive, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the guard: %w", err)
	}
	pid, err := bufio.NewReader(out).ReadString('\n')
	s.pid = strings.TrimSpace(pid)
	s.ended = make(chan struct{})
	go func() {
		_ = cmd.Wait() // The log says how it went.
		close(s.ended)
	}()
	return errors.Join(err, s.answers(ctx))
}

// answers waits until the server does.
func (s *Server) answers(ctx context.Context) error {
	options, err := redis.ParseURL(s.URL(0))
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer client.Close()
	for {
		if err = client.Ping(ctx).Err(); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-s.ended:
			return errors.New("the server ended")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Kill kills the server at once; another one can be started in its place.
func (s *Server) Kill() {
	_, _ = io.WriteString(s.alive, "again\n") // Else it is gone already.
	s.Close()
}

// Close ends the server, and removes its folder.
func (s *Server) Close() {
	_ = s.alive.Close()
	<-s.ended
}

// Hang stops the server in the middle of what it does: it takes connections
// and requests, and answers none.
func (s *Server) Hang() error { return s.signal("STOP") }

// GoOn ends that.
func (s *Server) GoOn() error { return s.signal("CONT") }

func (s *Server) signal(name string) error {
	if out, err := exec.Command("kill", "-"+name, s.pid).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// URL is the address of a database of the server.
func (s *Server) URL(database int) string {
	return fmt.Sprintf("unix://%s?db=%d", filepath.Join(s.dir, "socket"), database)
}
