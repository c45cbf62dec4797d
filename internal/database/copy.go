package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// errNoCopy says that rows cannot be copied here: only PostgreSQL takes them,
// and only inside a transaction.
var errNoCopy = errors.New("rows are copied into PostgreSQL, in a transaction")

// Copy inserts n rows into a table by PostgreSQL's COPY, in the transaction of
// ctx. It costs a fraction of what INSERT does; a row that is there already is an
// error and ends the transaction.
func (db *DB) Copy(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error {
	tx, ok := ctx.Value(txKey{db}).(transaction)
	if !ok || tx.conn == nil {
		return errNoCopy
	}
	err := tx.conn.Raw(func(driver any) error {
		lent, ok := driver.(*stdlib.Conn)
		if !ok {
			return errNoCopy
		}
		_, err := lent.Conn().CopyFrom(ctx, pgx.Identifier{table}, columns,
			pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil }))
		return err
	})
	if err != nil {
		return fmt.Errorf("copy %d rows into %s: %w", n, table, err)
	}
	return nil
}

// transaction is a transaction, and the connection it is on when that is lent
// by a pool of PostgreSQL.
type transaction struct {
	tx   *sql.Tx
	conn *sql.Conn
	// after is called once it is committed.
	after *[]func()
}

// begin begins a transaction. Whoever gets it calls end when it has ended.
func (db *DB) begin(ctx context.Context) (t transaction, end func(), err error) {
	if db.dialect != Postgres {
		next, err := db.line.first(ctx)
		if err != nil {
			return t, nil, err
		}
		defer next()
		t.tx, err = db.writer.BeginTx(ctx, nil)
		return t, func() {}, err
	}
	if t.conn, err = db.writer.Conn(ctx); err != nil {
		return t, nil, err
	}
	if t.tx, err = t.conn.BeginTx(ctx, nil); err != nil {
		_ = t.conn.Close()
		return t, nil, err
	}
	return t, func() { _ = t.conn.Close() }, nil // it goes back to the pool
}
