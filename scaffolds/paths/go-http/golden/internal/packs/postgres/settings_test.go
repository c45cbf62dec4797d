package postgres_test

import (
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"

	"example.com/golden/service/internal/packs/postgres"
)

func settings(t *testing.T, environ map[string]string) postgres.Config {
	t.Helper()
	var c postgres.Config
	if err := env.ParseWithOptions(&c, env.Options{Environment: environ}); err != nil {
		t.Fatal(err)
	}
	return c
}

// Each wrong setting is named, and no password is shown.
func TestCheck(t *testing.T) {
	t.Parallel()
	const good, secret = "postgres://u:p@127.0.0.1/d", "postgres://u:s3cret@ho st:77777777/d"
	for want, environ := range map[string]map[string]string{
		"DATABASE_URL is not set":             {},
		"DATABASE_URL cannot be read":         {"DATABASE_URL": secret},
		"DATABASE_REPLICA_URL cannot be read": {"DATABASE_URL": good, "DATABASE_REPLICA_URL": secret},
		"DATABASE_MIGRATE_URL cannot be read": {"DATABASE_URL": good, "DATABASE_MIGRATE_URL": secret},
		"DATABASE_REPLICA_MAX_LAG is 1ms":     {"DATABASE_URL": good, "DATABASE_REPLICA_MAX_LAG": "1ms"},
		"DATABASE_MAX_CONNS is 0":             {"DATABASE_URL": good, "DATABASE_MAX_CONNS": "0", "DATABASE_MIN_CONNS": "0"},
		"DATABASE_MIN_CONNS is 11":            {"DATABASE_URL": good, "DATABASE_MIN_CONNS": "11"},
		"DATABASE_MAX_CONN_LIFETIME is 0s":    {"DATABASE_URL": good, "DATABASE_MAX_CONN_LIFETIME": "0s"},
		"DATABASE_MAX_CONN_IDLE_TIME is 0s":   {"DATABASE_URL": good, "DATABASE_MAX_CONN_IDLE_TIME": "0s"},
		"DATABASE_CONNECT_TIMEOUT is 0s":      {"DATABASE_URL": good, "DATABASE_CONNECT_TIMEOUT": "0s"},
		"DATABASE_STATEMENT_TIMEOUT is 0s":    {"DATABASE_URL": good, "DATABASE_STATEMENT_TIMEOUT": "0s"},
		"DATABASE_MIGRATE_URL is not set":     {"DATABASE_URL": good, "DATABASE_PGBOUNCER": "true"},
	} {
		err := settings(t, environ).Check()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v: got %v, want %q without a password", environ, err, want)
		}
	}
	if err := settings(t, map[string]string{"DATABASE_URL": good}).Check(); err != nil {
		t.Error(err)
	}
}
