package database

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// line is where those wait who want SQLite's only connection that writes.
// database/sql hands it to any of those who wait, so that one of them may be
// passed over again and again; in a line the first one waits for it alone.
type line struct {
	mu      sync.Mutex
	taken   bool            // somebody is the first
	waiting []chan struct{} // those behind, closed when their turn comes
}

// first waits until everybody who came before has been given the connection.
// Whoever has it too, or waits no more, calls next.
func (l *line) first(ctx context.Context) (next func(), err error) {
	l.mu.Lock()
	if !l.taken {
		l.taken = true
		l.mu.Unlock()
		return l.next, nil
	}
	turn := make(chan struct{})
	l.waiting = append(l.waiting, turn)
	l.mu.Unlock()
	select {
	case <-turn:
		return l.next, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	at := slices.Index(l.waiting, turn)
	if at >= 0 {
		l.waiting = slices.Delete(l.waiting, at, at+1)
	}
	l.mu.Unlock()
	if at < 0 { // the turn came in the same moment
		l.next()
	}
	return nil, context.Cause(ctx)
}

// next lets the next one be the first.
func (l *line) next() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken = len(l.waiting) > 0; l.taken {
		close(l.waiting[0])
		l.waiting = slices.Delete(l.waiting, 0, 1)
	}
}

// Waiting returns how many stand in line to write to SQLite.
func (db *DB) Waiting() int {
	db.line.mu.Lock()
	defer db.line.mu.Unlock()
	if !db.line.taken {
		return 0
	}
	return 1 + len(db.line.waiting)
}

// lined writes outside of transactions, in the order of the line.
type lined struct {
	db   *sql.DB
	line *line
}

// ExecContext implements Writer.
func (w lined) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	next, err := w.line.first(ctx)
	if err != nil {
		return nil, err
	}
	defer next()
	return w.db.ExecContext(ctx, query, args...)
}

// QueryContext implements Writer.
func (w lined) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	next, err := w.line.first(ctx)
	if err != nil {
		return nil, err
	}
	defer next()
	return w.db.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // whoever asked closes them
}

// QueryRowContext implements Writer.
func (w lined) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if next, err := w.line.first(ctx); err == nil {
		defer next()
	} // else the context has ended, and the row says so
	return w.db.QueryRowContext(ctx, query, args...)
}
