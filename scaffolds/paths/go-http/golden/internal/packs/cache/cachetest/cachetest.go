// Package cachetest gives tests real Redis or Valkey servers, which live as long
// as the test's process.
package cachetest

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/golden/service/internal/packs/beside"
)

// One for the process, with a database for each test.
var (
	shared = sync.OnceValues(func() (*Server, error) { return Serve(context.Background()) })
	used   atomic.Int64
)

// New returns the address of an empty database for one test.
func New(tb testing.TB) string {
	tb.Helper()
	server, err := shared()
	beside.Demand(tb, "Redis", err)
	database := int(used.Add(1)) - 1
	if database >= databases {
		tb.Fatalf("there are more than %d tests with a cache: raise the number of databases", databases)
	}
	return server.URL(database)
}

// NewServer starts a server for one test, which may kill it.
func NewServer(tb testing.TB) *Server {
	tb.Helper()
	server, err := Serve(tb.Context())
	beside.Demand(tb, "Redis", err)
	tb.Cleanup(func() {
		server.Close()
		_ = os.RemoveAll(server.dir) // After Kill it is still there.
	})
	return server
}

// Required returns the settings that the pack does not start without, with
// values that lead nowhere.
func Required() []string { return []string{"CACHE_URL=redis://127.0.0.1:1/0"} }

// Environ returns the settings that lead to an empty database for one test.
func Environ(tb testing.TB) []string {
	tb.Helper()
	return []string{"CACHE_URL=" + New(tb)}
}
