//go:build proof

package live_test

import (
	"bufio"
	"context"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Where Debian keeps PostgreSQL's programs.
const postgresPrograms = "/usr/lib/postgresql/*/bin"

// database is a PostgreSQL server. It listens on a socket in its folder, so
// nobody else's is taken for it.
type database struct{ *program }

// newDatabase starts a server; with a primary, a streaming replica of it.
func newDatabase(t *testing.T, name string, primary *database) *database {
	t.Helper()
	p := newProgram(t, name)
	data := filepath.Join(p.dir, "data")
	p.words = []string{
		needed(t, "postgres", "postgresql", postgresPrograms), "-D", data,
		"-c", "listen_addresses=", "-c", "unix_socket_directories=" + p.dir, "-c", "fsync=off", "-c", "max_connections=100",
	}
	p.owner, p.farewell = notRoot(t, p.dir), "QUIT"
	fill := []string{needed(t, "initdb", "postgresql", postgresPrograms), "-D", data, "-U", "live", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"}
	if primary != nil {
		fill = []string{needed(t, "pg_basebackup", "postgresql", postgresPrograms), "-h", primary.dir, "-U", "live", "-D", data, "-R", "-c", "fast", "--no-sync"}
	}
	cmd := exec.CommandContext(t.Context(), fill[0], fill[1:]...)
	cmd.Dir, cmd.SysProcAttr = p.dir, &syscall.SysProcAttr{Credential: p.owner}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	d := &database{p}
	d.start(t)
	return d
}

func (d *database) start(t *testing.T) {
	t.Helper()
	d.program.start(t)
	d.up(t, func() bool {
		where, err := d.ask(t, "SHOW data_directory")
		return err == nil && where == filepath.Join(d.dir, "data")
	})
}

func (d *database) url() string {
	return "postgres://live@/postgres?host=" + url.QueryEscape(d.dir)
}

func (d *database) ask(t *testing.T, query string) (answer string, err error) {
	t.Helper()
	psql := needed(t, "psql", "postgresql", postgresPrograms)
	out, err := exec.CommandContext(t.Context(), psql, "-X", "-A", "-t", "-d", d.url(), "-c", query).Output()
	return strings.TrimSpace(string(out)), err
}

func (d *database) tell(t *testing.T, statement string) {
	t.Helper()
	if out, err := d.ask(t, statement); err != nil {
		t.Fatalf("%s: %s %v", statement, out, err)
	}
}

// kill ends the server as a crash does: connections are cut, nothing is tidied.
func (d *database) kill(t *testing.T) {
	t.Helper()
	d.stop(t, "QUIT")
}

// notRoot is whom a server runs as that refuses root, and gives it the folder.
func notRoot(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	t.Fatal("PostgreSQL refuses root, and there is neither a user postgres nor nobody")
	return nil
}

// cache is a Redis server, which keeps nothing when it ends.
type cache struct{ *program }

func newCache(t *testing.T) *cache {
	t.Helper()
	p := newProgram(t, "redis")
	p.words = []string{needed(t, "redis-server", "redis-server"), "--port", "0", "--unixsocket", filepath.Join(p.dir, "socket"), "--save", "", "--appendonly", "no", "--dir", p.dir}
	c := &cache{p}
	c.start(t)
	return c
}

func (c *cache) start(t *testing.T) {
	t.Helper()
	c.program.start(t)
	c.up(t, func() bool { return c.answers(t.Context()) })
}

func (c *cache) answers(ctx context.Context) bool {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(c.dir, "socket"))
	if err != nil {
		return false
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return line == "+PONG\r\n"
}

func (c *cache) url() string { return "unix://" + filepath.Join(c.dir, "socket") + "?db=0" }
