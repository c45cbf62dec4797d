package database

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Moment calls fn with a context in which all that is asked, by Ask, is answered as
// of one moment, whatever others write meanwhile: answers that come one after the
// other fit together. It reads only, and in a transaction that of the transaction.
func (db *DB) Moment(ctx context.Context, fn func(ctx context.Context) error) error {
	if _, ok := db.Tx(ctx); ok || db.momentOf(ctx) != nil {
		return fn(ctx)
	}
	m := &moment{}
	if db.dialect == SQLite {
		var err error
		// Without the context, whose end would be watched for: see contractsQuery.
		if m.tx, err = db.reader.BeginTx(context.WithoutCancel(ctx), nil); err != nil {
			return fmt.Errorf("begin to read: %w", err)
		}
		defer func() { _ = m.tx.Rollback() }()
	} else {
		m.pool = db.poolFor(ctx)
		defer m.end(ctx)
	}
	return fn(context.WithValue(db.Apart(ctx), momentKey{db}, m))
}

// moment is a transaction that reads: on SQLite tx, on PostgreSQL conn once the
// first questions were asked, which begin it.
type moment struct {
	tx   *sql.Tx
	pool *pgxpool.Pool
	conn *pgxpool.Conn
}

// Elsewhere returns a context of a Moment that is not part of it: what is asked by it
// is asked on another connection, may be answered as of a later moment, and may be
// asked at the same time as others ask the Moment.
func (db *DB) Elsewhere(ctx context.Context) context.Context {
	return context.WithValue(db.Apart(ctx), momentKey{db}, (*moment)(nil))
}

type momentKey struct{ db *DB }

func (db *DB) momentOf(ctx context.Context) *moment {
	m, _ := ctx.Value(momentKey{db}).(*moment)
	return m
}

// ask asks PostgreSQL. The beginning goes out with the first questions.
func (m *moment) ask(ctx context.Context, db *DB, questions []Question) error {
	if m.conn != nil {
		return db.askPostgres(ctx, m.conn.Conn(), questions)
	}
	questions = append([]Question{{Text: `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY`}}, questions...)
	for again := 0; ; again++ {
		conn, err := m.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		err = db.askPostgres(ctx, conn.Conn(), questions)
		if err == nil || again == 2 || !pgconn.SafeToRetry(err) {
			m.conn = conn
			return err
		}
		conn.Release() // it had been closed before it was used
	}
}

// end gives the connection back. One that is still asked something, because nobody
// waits for the answer any more, is closed.
func (m *moment) end(ctx context.Context) {
	if m.conn == nil {
		return
	}
	defer m.conn.Release() // which closes it, when it could not be ended
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	if m.conn.Conn().PgConn().TxStatus() != 'I' {
		_ = m.conn.Conn().PgConn().Exec(ctx, "COMMIT").Close()
	}
}
