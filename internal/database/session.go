package database

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"
)

// session is what somebody does in one go, like a request. It stays with one
// replica, because another may be further behind: what was seen once must not
// be gone a moment later.
type session struct {
	wrote   atomic.Bool
	once    sync.Once
	replica *replica
}

// replica is a copy of a PostgreSQL database: its connections, as they are and as
// they are lent to database/sql.
type replica struct {
	sql  *sql.DB
	pool *pgxpool.Pool
}

type sessionKey struct{}

// Session returns a context whose reads may go to a replica until it writes; it
// then reads its own writes. Without a session, as in workers, everything is
// read from the primary: old news would make them do things twice.
func Session(ctx context.Context) context.Context {
	return context.WithValue(ctx, sessionKey{}, &session{})
}

// ReadPrimary returns a session that reads the primary, for somebody who wrote
// a moment ago.
func ReadPrimary(ctx context.Context) context.Context {
	s := &session{}
	s.wrote.Store(true)
	return context.WithValue(ctx, sessionKey{}, s)
}

// Wrote reports whether the session in ctx has written: its next requests
// should read the primary for a while.
func Wrote(ctx context.Context) bool {
	s, ok := ctx.Value(sessionKey{}).(*session)
	return ok && s.wrote.Load()
}

// remember marks the session in ctx as one that wrote.
func (db *DB) remember(ctx context.Context) {
	if s, ok := ctx.Value(sessionKey{}).(*session); ok {
		s.wrote.Store(true)
	}
}

// replicaFor returns the replica that the session in ctx reads, nil for none.
func (db *DB) replicaFor(ctx context.Context) *replica {
	if len(db.replicas) == 0 {
		return nil
	}
	s, ok := ctx.Value(sessionKey{}).(*session)
	if !ok || s.wrote.Load() {
		return nil
	}
	s.once.Do(func() {
		s.replica = db.replicas[int(db.next.Add(1))%len(db.replicas)]
	})
	return s.replica
}
