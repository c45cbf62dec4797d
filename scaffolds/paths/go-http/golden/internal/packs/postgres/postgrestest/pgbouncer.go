package postgrestest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/golden/service/internal/packs/beside"
)

var errNoPgBouncer = fmt.Errorf("PGBOUNCER %w: pgbouncer is neither on PATH nor in /usr/sbin. Install it with make packs", beside.ErrNotInstalled)

// PgBouncer is one of the test's own, before a server.
type PgBouncer struct{ dir string }

// NewPgBouncer starts PgBouncer before a server, as a file says, usually
// deploy/pgbouncer/pgbouncer.ini, but for addresses, and passwords, which the
// server does not have. It opens so many connections to a database at most.
func NewPgBouncer(tb testing.TB, server *Server, file string, connections int) *PgBouncer {
	tb.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil { // Debian keeps it off the PATH of users.
			beside.Demand(tb, "PgBouncer", errNoPgBouncer)
		}
	}
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		tb.Fatal(err)
	}
	b := &PgBouncer{dir: tb.TempDir()}
	for setting, value := range map[string]string{
		`\S+ = host=.*`:          "* = host=" + server.dir + " user=test",
		`listen_addr = .*`:       "unix_socket_dir = " + b.dir,
		`auth_type = .*`:         "auth_type = any",
		`auth_file = .*`:         "",
		`default_pool_size = .*`: "default_pool_size = " + strconv.Itoa(connections),
		`reserve_pool_size = .*`: "reserve_pool_size = 0",
	} {
		line := regexp.MustCompile(`(?m)^` + setting + `$`)
		if !line.Match(text) {
			tb.Fatalf("%s has no line like %s", file, setting)
		}
		text = line.ReplaceAllLiteral(text, []byte(value))
	}
	b.start(tb, server, program, text)
	return b
}

// As the guard of a server, so that none is left over when the tests are killed.
const bouncerGuard = `"$1" "$2/pgbouncer.ini" >>"$2/log" 2>&1 &
bouncer=$!
trap : INT TERM HUP
while read -r line; do :; done
kill -TERM "$bouncer" # at once; a shell has others ignored
wait "$bouncer"`

func (b *PgBouncer) start(tb testing.TB, server *Server, program string, settings []byte) {
	tb.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, "pgbouncer.ini"), settings, 0o644); err != nil {
		tb.Fatal(err)
	}
	if uid, gid, ok := owner(); ok {
		for dir := b.dir; dir != os.TempDir() && len(dir) > 1; dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o711); err != nil {
				tb.Fatal(err)
			}
		}
		if err := os.Chown(b.dir, uid, gid); err != nil {
			tb.Fatal(err)
		}
	}
	// Not the test's context: that one ends before clean-ups run.
	cmd := server.command(context.WithoutCancel(tb.Context()), "sh", "-c", bouncerGuard, "sh", program, b.dir)
	alive, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = alive.Close()
		_ = cmd.Wait() // The log says how it went.
	})
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := pgx.Connect(tb.Context(), b.URL("postgres")+"&default_query_exec_mode=exec")
		if err == nil {
			_ = conn.Close(tb.Context())
			return
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(b.dir, "log"))
			tb.Fatalf("PgBouncer does not answer: %v\n%s", err, log)
		}
	}
}

// URL is the address of a database of the server behind.
func (b *PgBouncer) URL(database string) string {
	return "postgres://test@/" + database + "?port=6432&host=" + url.QueryEscape(b.dir)
}

// NewDatabase makes an empty database on the server, and returns its name.
func (s *Server) NewDatabase(tb testing.TB) string {
	tb.Helper()
	name := newName()
	run(tb, s.URL("postgres"), "CREATE DATABASE "+name)
	return name
}
