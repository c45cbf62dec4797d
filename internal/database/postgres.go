package database

import (
	"context"
	"database/sql"
	"net"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/goldenpath/platform/internal/fault"
)

// connectTimeout bounds how long a server that says nothing is waited for.
const connectTimeout = 5 * time.Second

// openPostgres opens one pool, which River works with, and lends it to
// database/sql, which ent and raw SQL work with.
func (db *DB) openPostgres(ctx context.Context, url string, replicas []string) error {
	db.dialect = Postgres
	pool, name, err := db.openPool(ctx, url)
	if err != nil {
		return err
	}
	db.name, db.pool = name, pool
	db.writer = db.lend(pool)
	db.reader = db.writer
	for _, url := range replicas {
		pool, _, err := db.openPool(ctx, url)
		if err != nil {
			return err
		}
		db.replicas = append(db.replicas, &replica{db.lend(pool), pool})
	}
	return nil
}

func (db *DB) lend(pool *pgxpool.Pool) *sql.DB {
	lent := stdlib.OpenDBFromPool(pool)
	db.closing = append(db.closing, lent.Close)
	return lent
}

func (db *DB) openPool(ctx context.Context, url string) (*pgxpool.Pool, string, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The cause repeats parts of the address, and with them of a password.
		return nil, "", fault.New(fault.Invalid, "The address of the PostgreSQL database cannot be read.").
			WithHint("Write postgres://USER:PASSWORD@HOST:5432/NAME; in a password, write signs like @ : / # as %%40 %%3A %%2F %%23.")
	}
	conn := config.ConnConfig
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connectTimeout
	}
	conn.RuntimeParams["timezone"] = "UTC"
	if conn.RuntimeParams["application_name"] == "" {
		conn.RuntimeParams["application_name"] = "platform"
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = int32(max(16, 4*runtime.GOMAXPROCS(0))) //nolint:gosec // a small number
	}
	config.AfterConnect = planOnce
	name := postgresName(conn.Host, conn.Port, conn.Database)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, name, explainPostgres(err, name, conn.User)
	}
	db.closing = append(db.closing, func() error { pool.Close(); return nil })
	if err := pool.Ping(ctx); err != nil {
		return nil, name, explainPostgres(err, name, conn.User)
	}
	return pool, name, nil
}

// planOnce makes a connection plan each of its statements once and not, for lists
// of ids, each time anew: for the gate's short questions that takes longer than
// their answers. It is said here and not when connecting because PgBouncer refuses
// to connect with settings it does not know.
func planOnce(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout) // a server may fall silent after the login, too
	defer cancel()
	_, err := conn.Exec(ctx, "SET plan_cache_mode = force_generic_plan")
	return err
}

// postgresName is what people call the database, without user and password.
func postgresName(host string, port uint16, database string) string {
	if strings.HasPrefix(host, "/") {
		return host + ", database " + database
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port))) + ", database " + database
}
