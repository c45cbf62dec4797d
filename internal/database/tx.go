package database

import (
	"context"
	"database/sql"
	"fmt"
)

// txKey is where the transaction of one database is in a context.
type txKey struct{ db *DB }

// InTx calls fn with a context that carries a transaction, which everything
// that asks this database for a Reader or Writer joins. It commits when fn
// returns nil, and rolls back when fn returns an error, panics or exits. Inside
// a transaction fn joins the one that is there.
func (db *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if _, ok := db.Tx(ctx); ok {
		return fn(ctx)
	}
	db.remember(ctx)
	t, end, err := db.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer end()
	// After a commit there is nothing left to roll back.
	defer func() { _ = t.tx.Rollback() }()
	t.after = new([]func())
	if err := fn(context.WithValue(db.Apart(ctx), txKey{db}, t)); err != nil {
		return err
	}
	if err := t.tx.Commit(); err != nil {
		return fmt.Errorf("commit a transaction: %w", err)
	}
	for _, fn := range *t.after {
		fn()
	}
	return nil
}

// AfterCommit calls fn once the transaction in ctx is committed, and never when
// it is rolled back. Whoever else is told by fn then finds what it wrote.
func (db *DB) AfterCommit(ctx context.Context, fn func()) {
	if t, ok := ctx.Value(txKey{db}).(transaction); ok {
		*t.after = append(*t.after, fn)
		return
	}
	fn()
}

// Tx returns the transaction in ctx.
func (db *DB) Tx(ctx context.Context) (*sql.Tx, bool) {
	t, ok := ctx.Value(txKey{db}).(transaction)
	return t.tx, ok
}

// Reader returns what reads: the transaction in ctx, a replica when the session
// in ctx may read one, or the database itself.
func (db *DB) Reader(ctx context.Context) Reader {
	if tx, ok := db.Tx(ctx); ok {
		return tx
	}
	if m := db.momentOf(ctx); m != nil && m.tx != nil {
		return m.tx
	}
	if replica := db.replicaFor(ctx); replica != nil {
		return replica.sql
	}
	return db.reader
}

// Writer returns what writes: the transaction in ctx or the database itself.
func (db *DB) Writer(ctx context.Context) Writer {
	if tx, ok := db.Tx(ctx); ok {
		return tx
	}
	db.remember(ctx)
	if db.dialect == SQLite {
		return lined{db: db.writer, line: &db.line}
	}
	return db.writer
}
