// Package postgrestest gives tests real PostgreSQL databases: on a server that
// lives as long as the test's process, or on the one at TEST_DATABASE_URL.
package postgrestest

import (
	"context"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/golden/service/internal/packs/beside"
)

// One for the process: a server takes a second to make.
var shared = sync.OnceValues(func() (*Server, error) { return newServer(context.Background(), nil) })

// New makes an empty database for one test, and returns its address.
func New(tb testing.TB) string {
	tb.Helper()
	address := os.Getenv("TEST_DATABASE_URL")
	if address == "" {
		server, err := shared()
		beside.Demand(tb, "PostgreSQL", err)
		address = server.URL("postgres")
	}
	name := newName()
	run(tb, address, "CREATE DATABASE "+name)
	tb.Cleanup(func() { run(tb, address, "DROP DATABASE "+name+" WITH (FORCE)") })
	made, err := url.Parse(address)
	if err != nil {
		tb.Fatal("TEST_DATABASE_URL cannot be read: want postgres://USER:PASSWORD@HOST:5432/DATABASE")
	}
	made.Path = "/" + name
	return made.String()
}

func newName() string { return "test_" + strings.ReplaceAll(uuid.NewString(), "-", "") }

// NewServer makes a server for one test, which may stop it.
func NewServer(tb testing.TB) *Server {
	tb.Helper()
	return newFor(tb, nil)
}

// NewReplica makes a streaming replica of a server.
func NewReplica(tb testing.TB, primary *Server) *Server {
	tb.Helper()
	return newFor(tb, primary)
}

func newFor(tb testing.TB, primary *Server) *Server {
	tb.Helper()
	server, err := newServer(tb.Context(), primary)
	beside.Demand(tb, "PostgreSQL", err)
	tb.Cleanup(func() {
		server.Close()
		_ = os.RemoveAll(server.dir) // After Stop it is still there.
	})
	return server
}

func run(tb testing.TB, address, statement string) {
	tb.Helper()
	// Not the test's context: that one has ended when clean-ups run.
	ctx := context.WithoutCancel(tb.Context())
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		tb.Fatalf("reach PostgreSQL: %v", err)
	}
	if _, err := conn.Exec(ctx, statement); err != nil {
		tb.Errorf("%s: %v", statement, err)
	}
	if err := conn.Close(ctx); err != nil {
		tb.Error(err)
	}
}

// Required returns the settings that the pack does not start without, with
// values that lead nowhere.
func Required() []string { return []string{"DATABASE_URL=postgres://nobody@127.0.0.1:1/nowhere"} }

// Environ returns the settings that lead to an empty database for one test.
func Environ(tb testing.TB) []string {
	tb.Helper()
	return []string{"DATABASE_URL=" + New(tb)}
}

// Serve starts a server whose data is gone when it is closed.
func Serve(ctx context.Context) (*Server, error) { return newServer(ctx, nil) }
