package postgres_test

import (
	"io"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/golden/service/internal/idempotency"
	keytest "example.com/golden/service/internal/idempotency/storetest"
	"example.com/golden/service/internal/items"
	itemtest "example.com/golden/service/internal/items/storetest"
	"example.com/golden/service/internal/packs/postgres/postgrestest"
)

const (
	bouncerSettings = "../../../deploy/pgbouncer/pgbouncer.ini"
	serverConns     = 2 // fewer than an instance's
)

func TestBehindPgBouncer(t *testing.T) {
	t.Parallel()
	server := postgrestest.NewServer(t)
	bouncer := postgrestest.NewPgBouncer(t, server, bouncerSettings, serverConns)
	behind := func(database, is string) map[string]string {
		return map[string]string{
			"DATABASE_URL": bouncer.URL(database), "DATABASE_PGBOUNCER": is, "DATABASE_MIGRATE_URL": server.URL(database),
		}
	}
	t.Run("items", func(t *testing.T) {
		t.Parallel()
		itemtest.Run(t, func(t *testing.T) items.Store {
			t.Helper()
			return join(t, tools(io.Discard, time.Hour), behind(server.NewDatabase(t), "true")).Items
		})
	})
	t.Run("idempotency", func(t *testing.T) {
		t.Parallel()
		keytest.Run(t, func(t *testing.T, lasts time.Duration) idempotency.Store {
			t.Helper()
			return join(t, tools(io.Discard, lasts), behind(server.NewDatabase(t), "true")).Idempotency
		})
	})
	t.Run("instances share connections", func(t *testing.T) {
		t.Parallel()
		database := server.NewDatabase(t)
		var all sync.WaitGroup
		for range 3 {
			store := join(t, tools(io.Discard, time.Hour), behind(database, "true")).Items
			for range 10 { // as many as an instance's own connections
				all.Go(func() {
					for range 20 {
						if _, err := store.List(t.Context(), items.Query{Limit: 1}); err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
		all.Wait()
		if n := connections(t, server, database); n < 1 || n > serverConns {
			t.Errorf("three instances have %d connections to the server, want at most %d", n, serverConns)
		}
	})
	// Who forgets the setting is told at once and not when the first statement is
	// prepared on another connection.
	t.Run("without the setting", func(t *testing.T) {
		t.Parallel()
		store := join(t, tools(io.Discard, time.Hour), behind(server.NewDatabase(t), "false")).Items
		if _, err := store.List(t.Context(), items.Query{Limit: 1}); err == nil {
			t.Error("PgBouncer is taken for PostgreSQL")
		}
	})
}

// connections counts those of a database that PgBouncer has.
func connections(t *testing.T, server *postgrestest.Server, database string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = $1", database).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
