package databasetest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/goldenpath/platform/internal/database"
)

// What a new database is a copy of.
const (
	migrated  = "platform_template"
	untouched = "template0"
)

// patience is how long a cluster may take to start.
const patience = 3 * time.Minute

var errNotInstalled = errors.New("POSTGRESQL IS NOT INSTALLED: initdb and postgres are neither on PATH nor in /usr/lib/postgresql/*/bin. " +
	"HALF OF THIS TEST DID NOT RUN. Install it: apt-get install postgresql")

// cluster is a PostgreSQL server of our own.
type cluster struct {
	dir   string
	admin *sql.DB // one connection: databases are made one after the other
	made  atomic.Int64
	alive io.Closer // the guard goes when this is closed, or when we die
}

//nolint:gochecknoglobals // one per process is the point
var started = sync.OnceValues(start)

// theCluster returns the cluster of this process, started on first use.
func theCluster(t testing.TB) *cluster {
	t.Helper()
	c, err := started()
	// Where a missing half must not pass unseen, CI is set.
	if errors.Is(err, errNotInstalled) && os.Getenv("CI") == "" {
		fmt.Fprintln(os.Stderr, t.Name()+": "+err.Error())
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	return c
}

// programs returns the folder with PostgreSQL's programs, the newest there is.
func programs() (string, error) {
	dirs := []string{}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(initdb))
	}
	versions, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(versions)
	for _, dir := range append(dirs, versions...) {
		if runnable(dir, "initdb") && runnable(dir, "postgres") {
			return dir, nil
		}
	}
	return "", errNotInstalled
}

func runnable(dir, name string) bool {
	info, err := os.Stat(filepath.Join(dir, name))
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}

// start makes a cluster and a database in it that is migrated, to copy.
func start() (*cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "platform-pg-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir}
	if err := c.run(bin); err != nil {
		c.stop()
		log, _ := os.ReadFile(filepath.Clean(filepath.Join(dir, "log")))
		return nil, fmt.Errorf("%w\n%s", err, log)
	}
	return c, nil
}

func (c *cluster) stop() {
	if c.alive != nil {
		_ = c.alive.Close() // the guard removes the folder
		return
	}
	_ = os.RemoveAll(c.dir)
}

func (c *cluster) run(bin string) error {
	owner, err := ownerOf(c.dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	data := filepath.Join(c.dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), //nolint:gosec // the PostgreSQL that programs found
		"--pgdata", data, "--username", "platform", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = c.dir, owner
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := c.guard(bin, data, owner); err != nil {
		return err
	}
	if err := c.connect(ctx, data); err != nil {
		return err
	}
	if _, err := c.admin.ExecContext(ctx, "CREATE DATABASE "+migrated+" TEMPLATE "+untouched); err != nil {
		return err
	}
	return migrate(c.url(migrated))
}

// guard starts the server under a process that outlives this one by a moment: it
// waits until we let go of its input, which the system does for us when we are
// killed, then stops the server and removes its folder.
func (c *cluster) guard(bin, data string, owner *owning) error {
	const script = `"$1" -D "$2" -c listen_addresses= -c unix_socket_directories="$3" -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c max_connections=400 -c shared_buffers=64MB >>"$3/log" 2>&1 &
server=$!
trap : INT TERM HUP
while read -r line; do :; done
kill -QUIT "$server"
wait "$server"
rm -rf "$3"`
	cmd := exec.Command("sh", "-c", script, "guard", filepath.Join(bin, "postgres"), data, c.dir) //nolint:noctx,gosec // outlives every context; a fixed script
	cmd.Dir, cmd.SysProcAttr = "/", apart(owner)
	input, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the guard: %w", err)
	}
	c.alive = input
	return nil
}

// connect waits until the server answers, and looks whether it is ours.
func (c *cluster) connect(ctx context.Context, data string) error {
	admin, err := sql.Open("pgx", c.url("postgres"))
	if err != nil {
		return err
	}
	admin.SetMaxOpenConns(1)
	for admin.PingContext(ctx) != nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	var where string
	if err := admin.QueryRowContext(ctx, "SHOW data_directory").Scan(&where); err != nil {
		return err
	}
	if where != data {
		return fmt.Errorf("the server at %s is not ours: its data is in %s", c.dir, where)
	}
	c.admin = admin
	return nil
}

// url returns the address of a database of the cluster.
func (c *cluster) url(name string) string {
	return "postgres://platform@/" + name + "?host=" + url.QueryEscape(c.dir)
}

// create makes a database for one test and returns its address.
func (c *cluster) create(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", c.made.Add(1))
	if _, err := c.admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("make a PostgreSQL database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := c.admin.ExecContext(context.WithoutCancel(t.Context()), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop a PostgreSQL database: %v", err)
		}
	})
	return c.url(name)
}

// migrate opens a database, migrates it and lets go of it.
func migrate(address string) error {
	var log bytes.Buffer
	db, err := database.Open(context.Background(), address, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		return err
	}
	if err := db.Migrate(context.Background()); err != nil {
		return errors.Join(err, errors.Unwrap(err), db.Close())
	}
	return db.Close()
}
