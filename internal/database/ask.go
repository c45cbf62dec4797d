package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// Rows is what a query found, on either database.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
}

// Question is a query, with a question mark for each argument, and what reads its
// answer; without Read it is a statement that has none, which belongs into a
// transaction. Read may be called again after a connection was lost: it starts anew.
type Question struct {
	Text string
	Args []any
	Read func(Rows) error
}

// Ask reads the answers of questions, one after the other; it joins a transaction
// and reads replicas as Reader does. PostgreSQL gets all of them at once and
// answers at once, and no other connection waits between: how long a list of
// short questions takes there is how often both wait for each other.
func (db *DB) Ask(ctx context.Context, questions ...Question) error {
	if db.dialect == SQLite {
		return askSQL(ctx, db.Reader(ctx), questions)
	}
	if t := db.turnsOf(ctx); t != nil {
		return t.ask(questions)
	}
	if t, ok := ctx.Value(txKey{db}).(transaction); ok {
		return db.askTx(ctx, t, questions)
	}
	if m := db.momentOf(ctx); m != nil {
		return m.ask(ctx, db, questions)
	}
	pool := db.poolFor(ctx)
	err := db.askPool(ctx, pool, questions)
	for again := 0; again < 2 && err != nil && pgconn.SafeToRetry(err); again++ {
		err = db.askPool(ctx, pool, questions) // the connection had been closed before it was used
	}
	return err
}

// poolFor returns the connections that the session in ctx reads by.
func (db *DB) poolFor(ctx context.Context) *pgxpool.Pool {
	if replica := db.replicaFor(ctx); replica != nil {
		return replica.pool
	}
	return db.pool
}

// askTx asks on the connection of a transaction. A panic of whoever reads an answer
// must not pass through Raw, which would then wait for the transaction to end, for
// ever: it ends further up.
func (db *DB) askTx(ctx context.Context, t transaction, questions []Question) error {
	var panicked any
	err := t.conn.Raw(func(driver any) error {
		defer func() { panicked = recover() }()
		lent, ok := driver.(*stdlib.Conn)
		if !ok {
			return errNotLent
		}
		return db.askPostgres(ctx, lent.Conn(), questions)
	})
	if panicked != nil {
		panic(panicked) //nolint:forbidigo // it is that of whoever reads, on its way again
	}
	return err
}

// errNotLent says that a transaction is on a connection of another driver.
var errNotLent = errors.New("the connection is not one of PostgreSQL's driver")

func (db *DB) askPool(ctx context.Context, pool *pgxpool.Pool, questions []Question) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return db.askPostgres(ctx, conn.Conn(), questions)
}

func (db *DB) askPostgres(ctx context.Context, conn *pgx.Conn, questions []Question) error {
	if len(questions) == 1 {
		q := questions[0]
		rows, err := conn.Query(ctx, db.Rebind(q.Text), q.Args...)
		if err != nil {
			return err
		}
		return readRows(rows, q.Read)
	}
	batch := &pgx.Batch{}
	for _, q := range questions {
		batch.Queue(db.Rebind(q.Text), q.Args...)
	}
	answers := conn.SendBatch(ctx, batch)
	defer answers.Close() // again, when something failed: it repeats the error
	for _, q := range questions {
		rows, err := answers.Query()
		if err == nil {
			err = readRows(rows, q.Read)
		}
		if err != nil {
			return err
		}
	}
	return answers.Close()
}

func readRows(rows pgx.Rows, read func(Rows) error) error {
	defer rows.Close()
	if read != nil {
		if err := read(rows); err != nil {
			return err
		}
	}
	rows.Close() // an error may come after the last row
	return rows.Err()
}

// askSQL asks by database/sql.
func askSQL(ctx context.Context, db Reader, questions []Question) error {
	for _, q := range questions {
		rows, err := db.QueryContext(ctx, q.Text, q.Args...)
		if err != nil {
			return err
		}
		if err := readSQL(rows, q.Read); err != nil {
			return err
		}
	}
	return nil
}

func readSQL(rows *sql.Rows, read func(Rows) error) error {
	defer rows.Close()
	if read == nil {
		read = ran
	}
	if err := read(rows); err != nil {
		return err
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	return nil
}

// ran lets a statement without rows run.
func ran(rows Rows) error {
	for rows.Next() {
	}
	return rows.Err()
}
