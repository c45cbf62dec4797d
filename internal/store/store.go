// Package store keeps what the domains know in a database, through ent and, for
// lists that join tables, SQL. It translates rows and errors and decides
// nothing. It is the only package that imports the generated client.
package store

import (
	"context"
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent"
)

//go:generate go run generate.go

// Store keeps things in one database.
type Store struct {
	db  *database.DB
	ent *ent.Client
}

// New returns the store in db.
func New(db *database.DB) *Store {
	return &Store{db: db, ent: ent.NewClient(ent.Driver(driver{db: db}))}
}

// client returns ent's client. There is one: each of its statements looks for
// the transaction in the context it is given.
func (s *Store) client(context.Context) *ent.Client { return s.ent }

// driver lends ent the transaction in a context.
type driver struct {
	db *database.DB
	// pinned reads where it writes: what ent reads back after a write is not on
	// a replica yet, nor seen by another connection.
	pinned bool
}

var _ dialect.Driver = driver{}

// Exec writes.
func (d driver) Exec(ctx context.Context, query string, args, v any) error {
	return entsql.Conn{ExecQuerier: d.db.Writer(ctx)}.Exec(ctx, query, args, v)
}

// Query reads, or writes and returns rows.
func (d driver) Query(ctx context.Context, query string, args, v any) error {
	if d.pinned || !strings.HasPrefix(query, "SELECT") {
		return entsql.Conn{ExecQuerier: d.db.Writer(ctx)}.Query(ctx, query, args, v)
	}
	values, ok := args.([]any)
	if !ok {
		return fmt.Errorf("ent gave arguments of type %T", args)
	}
	rows, ok := v.(*entsql.Rows)
	if !ok {
		return fmt.Errorf("ent wants rows of type %T", v)
	}
	found, err := d.db.Reader(ctx).QueryContext(ctx, query, values...) //nolint:rowserrcheck // ent reads the rows and asks
	if err != nil {
		return err
	}
	*rows = entsql.Rows{ColumnScanner: found}
	return nil
}

// Tx begins nothing: ent opens a transaction around every update, and one
// inside ours would panic on PostgreSQL and hang on SQLite. Use cases open them,
// with database.InTx.
func (d driver) Tx(context.Context) (dialect.Tx, error) {
	return dialect.NopTx(driver{db: d.db, pinned: true}), nil
}

// Close closes nothing: the database is not ent's.
func (d driver) Close() error { return nil }

// Dialect returns ent's name of the database.
func (d driver) Dialect() string {
	if d.db.Dialect() == database.Postgres {
		return dialect.Postgres
	}
	return dialect.SQLite
}
