package postgres_test

import (
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"example.com/golden/service/internal/idempotency"
	keytest "example.com/golden/service/internal/idempotency/storetest"
	"example.com/golden/service/internal/items"
	itemtest "example.com/golden/service/internal/items/storetest"
	"example.com/golden/service/internal/packs/postgres"
	"example.com/golden/service/internal/packs/postgres/postgrestest"
	"example.com/golden/service/internal/parts"
	"example.com/golden/service/internal/telemetry"
)

func tools(log io.Writer, lasts time.Duration) parts.Tools {
	return parts.Tools{
		Service: "goldensvc", Log: telemetry.NewLogger(log, "goldensvc", telemetry.NewLevel(slog.LevelInfo)),
		Metrics: telemetry.NewMetrics(), Tracer: noop.NewTracerProvider(), IdempotencyTTL: lasts, RequestTimeout: time.Second,
	}
}

// join returns parts that are kept in the database of the settings.
func join(t *testing.T, with parts.Tools, environ map[string]string) *parts.Parts {
	t.Helper()
	p := parts.New(with)
	c := settings(t, environ)
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(t.Context()) })
	if err := postgres.Join(t.Context(), c, with, p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestItems(t *testing.T) {
	t.Parallel()
	itemtest.Run(t, func(t *testing.T) items.Store {
		t.Helper()
		return join(t, tools(io.Discard, time.Hour), map[string]string{"DATABASE_URL": postgrestest.New(t)}).Items
	})
}

// With PgBouncer nothing may depend on the connection: nothing is prepared there.
func TestItems_asWithPgBouncer(t *testing.T) {
	t.Parallel()
	itemtest.Run(t, func(t *testing.T) items.Store {
		t.Helper()
		url := postgrestest.New(t)
		return join(t, tools(io.Discard, time.Hour), map[string]string{"DATABASE_URL": url, "DATABASE_PGBOUNCER": "true", "DATABASE_MIGRATE_URL": url}).Items
	})
	for pgBouncer, want := range map[string]bool{"true": false, "false": true} {
		url := postgrestest.New(t)
		store := join(t, tools(io.Discard, time.Hour), map[string]string{
			"DATABASE_URL": url, "DATABASE_PGBOUNCER": pgBouncer, "DATABASE_MIGRATE_URL": url, "DATABASE_MAX_CONNS": "1",
		}).Items
		if _, err := store.List(t.Context(), items.Query{Limit: 1}); err != nil {
			t.Fatal(err)
		}
		prepared, timeout := postgres.Session(t, store)
		if prepared != want || (timeout == "5s") != want {
			t.Errorf("PgBouncer %s: prepared statements %v, statement_timeout %s", pgBouncer, prepared, timeout)
		}
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	keytest.Run(t, func(t *testing.T, lasts time.Duration) idempotency.Store {
		t.Helper()
		return join(t, tools(io.Discard, lasts), map[string]string{"DATABASE_URL": postgrestest.New(t)}).Idempotency
	})
}

// A key has any length; an index has not.
func TestIdempotency_longKey(t *testing.T) {
	t.Parallel()
	store := join(t, tools(io.Discard, time.Hour), map[string]string{"DATABASE_URL": postgrestest.New(t)}).Idempotency
	if _, err := store.Begin(t.Context(), strings.Repeat("0123456789abcdef", 4000), idempotency.NewFingerprint(http.MethodPost, "/items", nil)); err != nil {
		t.Error(err)
	}
}

// Instances that start at once migrate once, and none fails.
func TestMigrate_atOnce(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	url := postgrestest.New(t)
	var (
		all  sync.WaitGroup
		logs [4]strings.Builder
	)
	for i := range logs {
		all.Go(func() { join(t, tools(&logs[i], time.Hour), map[string]string{"DATABASE_URL": url}) })
	}
	all.Wait()
	migrated := 0
	for i := range logs {
		migrated += strings.Count(logs[i].String(), "database migrated")
	}
	if migrated != len(files) {
		t.Errorf("%d migrations ran, want each of %d once", migrated, len(files))
	}
}

// Without DATABASE_MIGRATE nothing is made.
func TestMigrate_off(t *testing.T) {
	t.Parallel()
	p := join(t, tools(io.Discard, time.Hour), map[string]string{"DATABASE_URL": postgrestest.New(t), "DATABASE_MIGRATE": "false"})
	if _, err := p.Items.List(t.Context(), items.Query{Limit: 1}); err == nil || !strings.Contains(err.Error(), `"items" does not exist`) {
		t.Errorf("got %v, want no table", err)
	}
}
