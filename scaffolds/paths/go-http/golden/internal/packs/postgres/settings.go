// Package postgres keeps the service's items and idempotency keys in
// PostgreSQL. It reads from a replica while that one is not behind, and says
// when the database is away. docs/packs/postgres.md tells how to run it.
package postgres

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Config is the settings of the pack.
type Config struct {
	// URL is the primary's address, with user and password.
	URL string `env:"DATABASE_URL"`
	// ReplicaURL is a replica's address; every read goes to the primary when it
	// is empty.
	ReplicaURL string `env:"DATABASE_REPLICA_URL"`
	// ReplicaMaxLag is how far the replica may be behind and still be read.
	ReplicaMaxLag time.Duration `env:"DATABASE_REPLICA_MAX_LAG" envDefault:"2s"`

	// MaxConns and MinConns are how many connections there may be, and are kept,
	// to each of the two.
	MaxConns int32 `env:"DATABASE_MAX_CONNS" envDefault:"10"`
	MinConns int32 `env:"DATABASE_MIN_CONNS" envDefault:"1"`
	// MaxConnLifetime and MaxConnIdleTime are when a connection is replaced.
	MaxConnLifetime time.Duration `env:"DATABASE_MAX_CONN_LIFETIME" envDefault:"30m"`
	MaxConnIdleTime time.Duration `env:"DATABASE_MAX_CONN_IDLE_TIME" envDefault:"5m"`
	// ConnectTimeout is how long connecting may take.
	ConnectTimeout time.Duration `env:"DATABASE_CONNECT_TIMEOUT" envDefault:"2s"`
	// StatementTimeout is how long a statement may take, the wait for a
	// connection included.
	StatementTimeout time.Duration `env:"DATABASE_STATEMENT_TIMEOUT" envDefault:"5s"`

	// PgBouncer says that the addresses lead to PgBouncer, which gives each
	// transaction another connection.
	PgBouncer bool `env:"DATABASE_PGBOUNCER" envDefault:"false"`
	// Migrate brings the schema up to date at the start.
	Migrate bool `env:"DATABASE_MIGRATE" envDefault:"true"`
	// MigrateURL is the primary's own address, where URL leads to PgBouncer.
	MigrateURL string `env:"DATABASE_MIGRATE_URL"`
}

// Check reports every setting that cannot work. It shows no address: there may
// be a password in it.
func (c Config) Check() error {
	var problems []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	refuse(c.URL == "", "DATABASE_URL is not set, want postgres://USER:PASSWORD@HOST:5432/DATABASE")
	for name, address := range map[string]string{"DATABASE_URL": c.URL, "DATABASE_REPLICA_URL": c.ReplicaURL, "DATABASE_MIGRATE_URL": c.MigrateURL} {
		_, err := pgxpool.ParseConfig(address)
		refuse(address != "" && err != nil, "%s cannot be read, want postgres://USER:PASSWORD@HOST:5432/DATABASE", name)
	}
	refuse(c.ReplicaMaxLag < 100*time.Millisecond, "DATABASE_REPLICA_MAX_LAG is %s, want at least 100ms", c.ReplicaMaxLag)
	refuse(c.MaxConns < 1, "DATABASE_MAX_CONNS is %d, want at least 1", c.MaxConns)
	refuse(c.MinConns < 0 || c.MinConns > c.MaxConns, "DATABASE_MIN_CONNS is %d, want 0 to DATABASE_MAX_CONNS (%d)", c.MinConns, c.MaxConns)
	refuse(c.MaxConnLifetime <= 0, "DATABASE_MAX_CONN_LIFETIME is %s, want more than 0s", c.MaxConnLifetime)
	refuse(c.MaxConnIdleTime <= 0, "DATABASE_MAX_CONN_IDLE_TIME is %s, want more than 0s", c.MaxConnIdleTime)
	refuse(c.ConnectTimeout <= 0, "DATABASE_CONNECT_TIMEOUT is %s, want more than 0s", c.ConnectTimeout)
	refuse(c.StatementTimeout <= 0, "DATABASE_STATEMENT_TIMEOUT is %s, want more than 0s", c.StatementTimeout)
	refuse(c.PgBouncer && c.Migrate && c.MigrateURL == "",
		"DATABASE_MIGRATE_URL is not set: migrations hold a lock that PgBouncer would lose; want the primary's own address, or DATABASE_MIGRATE=false")
	return errors.Join(problems...)
}

func (c Config) migrateURL() string { return cmp.Or(c.MigrateURL, c.URL) }

// pool returns the settings of a pool of connections to an address.
func (c Config) pool(address, service string) (*pgxpool.Config, error) {
	p, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the address of a database cannot be read") // Err may show it.
	}
	p.MaxConns, p.MinConns = c.MaxConns, c.MinConns
	// Connections opened together are not to be replaced together.
	p.MaxConnLifetime, p.MaxConnLifetimeJitter = c.MaxConnLifetime, c.MaxConnLifetime/10
	p.MaxConnIdleTime = c.MaxConnIdleTime
	p.ConnConfig.ConnectTimeout = c.ConnectTimeout
	p.ConnConfig.RuntimeParams["application_name"] = service
	if c.PgBouncer {
		// The next transaction may be on another connection: what one was told,
		// the next does not know. So nothing is prepared and no session is set up.
		p.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
		p.ConnConfig.StatementCacheCapacity, p.ConnConfig.DescriptionCacheCapacity = 0, 0
		return p, nil
	}
	// The server gives up, too, when the service is no longer there to cancel.
	p.ConnConfig.RuntimeParams["statement_timeout"] = strconv.FormatInt(c.StatementTimeout.Milliseconds(), 10)
	return p, nil
}
