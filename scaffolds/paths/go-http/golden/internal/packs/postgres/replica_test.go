package postgres_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/packs/postgres/postgrestest"
	"example.com/golden/service/internal/parts"
)

// fixture is a joined pack at work.
type fixture struct {
	*parts.Parts
	registry *prometheus.Registry
}

func work(t *testing.T, environ map[string]string) fixture {
	t.Helper()
	with := tools(io.Discard, time.Hour)
	f := fixture{join(t, with, environ), with.Metrics.Registry()}
	// Not the test's context: that one has ended when clean-ups run.
	t.Cleanup(f.Start(context.WithoutCancel(t.Context())))
	return f
}

// request does something as a request of the API does.
func (f fixture) request(t *testing.T, do func(ctx context.Context)) {
	t.Helper()
	var handler http.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) })
	for _, around := range f.Around {
		handler = around(handler)
	}
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
}

// get reads an item in a request of its own.
func (f fixture) get(t *testing.T, id uuid.UUID) (err error) {
	t.Helper()
	f.request(t, func(ctx context.Context) { _, err = f.Items.Get(ctx, id) })
	return err
}

// insert writes one, and reads it in the same request.
func (f fixture) insert(t *testing.T) uuid.UUID {
	t.Helper()
	item := items.Item{ID: uuid.New(), Name: "Blue teapot", CreatedAt: time.Now()}
	f.request(t, func(ctx context.Context) {
		if err := f.Items.Insert(ctx, item); err != nil {
			t.Fatalf("insert: %v", err)
		}
		if _, err := f.Items.Get(ctx, item.ID); err != nil {
			t.Errorf("a request does not see what it wrote: %v", err)
		}
	})
	return item.ID
}

// value is that of a metric with a label.
func (f fixture) value(t *testing.T, metric, label string) float64 {
	t.Helper()
	families, err := f.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, each := range family.GetMetric() {
			labels := each.GetLabel()
			if family.GetName() == metric && (len(labels) == 0 || hasLabel(labels, label)) {
				return each.GetCounter().GetValue() + each.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("there is no %s of %s", metric, label)
	return 0
}

func hasLabel(labels []*dto.LabelPair, value string) bool {
	return slices.ContainsFunc(labels, func(l *dto.LabelPair) bool { return l.GetValue() == value })
}

// goesTo reads until reads go where they should, and wants each to succeed.
func (f fixture) goesTo(t *testing.T, reason string, id uuid.UUID) {
	t.Helper()
	before := f.value(t, "database_reads_total", reason)
	waitFor(t, "a read for the reason "+reason, func() bool {
		if err := f.get(t, id); err != nil {
			t.Fatalf("read: %v", err)
		}
		return f.value(t, "database_reads_total", reason) > before
	})
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func waitFor(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestReplica(t *testing.T) {
	t.Parallel()
	const maxLag = time.Second
	primary := postgrestest.NewServer(t)
	replica := postgrestest.NewReplica(t, primary)
	f := work(t, map[string]string{
		"DATABASE_URL": primary.URL("postgres"), "DATABASE_REPLICA_URL": replica.URL("postgres"), "DATABASE_REPLICA_MAX_LAG": maxLag.String(),
	})
	first := f.insert(t)
	if n := f.value(t, "database_reads_total", "own_write"); n != 1 {
		t.Errorf("%v reads of what the request wrote went to the primary, want 1", n)
	}
	waitFor(t, "the replica to have the item", func() bool { return f.get(t, first) == nil })
	f.goesTo(t, "fresh", first)

	// Who has only the replica's address cannot write, and is not ready.
	alone := work(t, map[string]string{"DATABASE_URL": replica.URL("postgres"), "DATABASE_MIGRATE": "false"})
	if err := alone.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "standby") {
		t.Errorf("with a standby alone: got %v, want not to be ready", err)
	}

	// Nothing is written for a while: that is no lag.
	for end := time.Now().Add(2 * maxLag); time.Now().Before(end); time.Sleep(maxLag / 10) {
		if lag := f.value(t, "database_replica_lag_seconds", ""); lag > maxLag.Seconds() {
			t.Errorf("idle, the replica is said to be %vs behind", lag)
		}
	}
	f.goesTo(t, "fresh", first)

	// A replica that is behind is left alone, though it answers: everybody sees
	// what was written before the time it may be behind.
	execute(t, replica.URL("postgres"), "SELECT pg_wal_replay_pause()")
	second := f.insert(t)
	waitFor(t, "the item to be seen", func() bool { return f.get(t, second) == nil })
	f.goesTo(t, "behind", second)
	waitFor(t, "the lag to show", func() bool { return f.value(t, "database_replica_lag_seconds", "") > maxLag.Seconds() })
	execute(t, replica.URL("postgres"), "SELECT pg_wal_replay_resume()")
	f.goesTo(t, "fresh", second)

	// No read fails when the replica goes, and it is used when it is back. Where
	// the watch finds that out before a read does, it goes once more.
	found := f.value(t, "database_reads_total", "replica_away")
	waitFor(t, "a read to find the replica away", func() bool {
		replica.Stop()
		f.goesTo(t, "behind", second)
		waitFor(t, "the replica to be missed", func() bool { return f.value(t, "database_reachable", "replica") == 0 })
		if err := replica.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.goesTo(t, "fresh", second)
		return f.value(t, "database_reads_total", "replica_away") > found
	})
}

// While the primary is away the service is not ready and says that it is
// unavailable; it recovers by itself.
func TestPrimaryAway(t *testing.T) {
	t.Parallel()
	primary := postgrestest.NewServer(t)
	f := work(t, map[string]string{"DATABASE_URL": primary.URL("postgres"), "DATABASE_STATEMENT_TIMEOUT": "1s"})
	id := f.insert(t)
	if err := f.Ready(t.Context()); err != nil {
		t.Errorf("ready: %v", err)
	}
	primary.Stop()
	if err := f.get(t, id); !errors.Is(err, parts.ErrUnavailable) {
		t.Errorf("read: got %v, want it to be unavailable", err)
	}
	if err := f.Ready(t.Context()); err == nil {
		t.Error("ready without a database")
	}
	waitFor(t, "it to be missed", func() bool { return f.value(t, "database_reachable", "primary") == 0 })
	if err := primary.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the service to recover", func() bool { return f.Ready(t.Context()) == nil && f.get(t, id) == nil })
	waitFor(t, "it to be found", func() bool { return f.value(t, "database_reachable", "primary") == 1 })
}

// A database that is busy is not away: readiness has a connection of its own.
func TestReady_whileEveryConnectionIsUsed(t *testing.T) {
	t.Parallel()
	url := postgrestest.New(t)
	f := work(t, map[string]string{"DATABASE_URL": url, "DATABASE_MAX_CONNS": "1", "DATABASE_STATEMENT_TIMEOUT": "500ms"})
	id := f.insert(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE items"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2)
	for range cap(ended) { // One waits for the lock, and one for a connection.
		go func() { ended <- f.get(t, id) }()
	}
	waitFor(t, "the connection to be used", func() bool { return f.value(t, "db_client_connection_count", "used") == 1 })
	if err := f.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	for range cap(ended) {
		if err := <-ended; !errors.Is(err, parts.ErrUnavailable) {
			t.Errorf("got %v, want it to be unavailable", err)
		}
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "reads to work", func() bool { return f.get(t, id) == nil })
}
