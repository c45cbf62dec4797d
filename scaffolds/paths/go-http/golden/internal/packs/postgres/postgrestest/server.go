package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/golden/service/internal/packs/beside"
)

var errNotInstalled = fmt.Errorf("POSTGRESQL %w: initdb and postgres are neither on PATH nor in /usr/lib/postgresql/*/bin. "+
	"Install it with make packs, or set TEST_DATABASE_URL to a server where databases may be made", beside.ErrNotInstalled)

// Server is a PostgreSQL server of the test's own. It listens on a socket in its
// folder, so it needs no port, and nobody else's server is taken for it.
type Server struct {
	bin, dir string
	alive    io.WriteCloser
	ended    chan struct{}
}

// The guard runs the server until its input ends, which also happens when this
// process is killed: then it removes the folder. A line before says that the
// server is only stopped.
const guard = `"$1" -D "$2/data" -c listen_addresses= -c unix_socket_directories="$2" -c fsync=off -c max_connections=200 >>"$2/log" 2>&1 &
server=$!
trap : INT TERM HUP
while read -r line; do stopped=yes; done
kill -INT "$server"
wait "$server"
[ -n "$stopped" ] || rm -rf "$2"`

// newServer makes an empty server; with a primary, a standby of that one.
func newServer(ctx context.Context, primary *Server) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir}
	if err := s.fill(ctx, primary); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.Start(ctx); err != nil {
		log, _ := os.ReadFile(filepath.Clean(filepath.Join(dir, "log")))
		return nil, fmt.Errorf("%w\n%s", err, log)
	}
	return s, nil
}

func (s *Server) fill(ctx context.Context, primary *Server) error {
	if uid, gid, ok := owner(); ok {
		if err := os.Chown(s.dir, uid, gid); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	words := []string{filepath.Join(s.bin, "initdb"), "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"}
	if primary != nil {
		words = []string{filepath.Join(s.bin, "pg_basebackup"), "-h", primary.dir, "-U", "test", "-D", data, "-R", "-c", "fast", "--no-sync"}
	}
	if out, err := s.command(ctx, words...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(words[0]), err, out)
	}
	return nil
}

// command runs as a user that PostgreSQL accepts: it refuses root.
func (s *Server) command(ctx context.Context, words ...string) *exec.Cmd {
	if uid, gid, ok := owner(); ok {
		words = append([]string{"setpriv", "--reuid", strconv.Itoa(uid), "--regid", strconv.Itoa(gid), "--clear-groups"}, words...)
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir = s.dir
	return cmd
}

// owner is whom a server belongs to that root starts.
func owner() (uid, gid int, needed bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ = strconv.Atoi(u.Uid)
			gid, _ = strconv.Atoi(u.Gid)
			return uid, gid, true
		}
	}
	return 0, 0, false
}

// Start starts the server, and waits until it answers.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := s.command(context.WithoutCancel(ctx), "sh", "-c", guard, "guard", filepath.Join(s.bin, "postgres"), s.dir)
	var err error
	if s.alive, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the guard: %w", err)
	}
	s.ended = make(chan struct{})
	go func() {
		_ = cmd.Wait() // The log says how it went.
		close(s.ended)
	}()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-s.ended:
			return errors.New("the server ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop stops the server; it can be started again.
func (s *Server) Stop() {
	_, _ = io.WriteString(s.alive, "stop\n") // Else it is gone already.
	s.Close()
}

// Close stops the server, and removes its folder.
func (s *Server) Close() {
	_ = s.alive.Close()
	<-s.ended
}

// URL is the address of a database of the server.
func (s *Server) URL(database string) string {
	return "postgres://test@/" + database + "?host=" + url.QueryEscape(s.dir)
}

// programs returns the folder with PostgreSQL's programs, the newest there is.
func programs() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(dirs)
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if initdb, err = filepath.EvalSymlinks(initdb); err == nil {
			dirs = append([]string{filepath.Dir(initdb)}, dirs...)
		}
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", errNotInstalled
}
