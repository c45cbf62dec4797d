// Package accesstest has what tests of access share: a store in memory, and the
// suite that every store passes.
package accesstest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/fault"
)

// Store keeps tokens, sessions and the audit log in memory.
type Store struct {
	mu       sync.Mutex
	tokens   map[string]access.Token
	hashes   map[string][]byte
	sessions map[string]access.Session
	audit    []access.AuditEntry
}

var _ access.Store = (*Store)(nil)

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{tokens: map[string]access.Token{}, hashes: map[string][]byte{}, sessions: map[string]access.Session{}}
}

// InsertToken adds a token.
func (s *Store) InsertToken(_ context.Context, t access.Token, hash []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.tokens[t.ID]; taken {
		return fault.New(fault.Conflict, "There is a token %s already.", t.ID)
	}
	t.Scopes = slices.Clone(t.Scopes)
	s.tokens[t.ID], s.hashes[t.ID] = t, slices.Clone(hash)
	return nil
}

// Token returns a token and the hash of its secret.
func (s *Store) Token(_ context.Context, id string) (access.Token, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[id]
	if !ok {
		return access.Token{}, nil, fault.New(fault.NotFound, "There is no token %q.", id)
	}
	return t, s.hashes[id], nil
}

// Tokens returns every token, the newest first.
func (s *Store) Tokens(context.Context) ([]access.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.tokens), func(a, b access.Token) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	}), nil
}

// TouchToken writes down the last use.
func (s *Store) TouchToken(_ context.Context, id string, used time.Time) error {
	return s.change(id, func(t *access.Token) { t.LastUsedAt = used })
}

// RevokeToken keeps the time of the first revocation.
func (s *Store) RevokeToken(_ context.Context, id string, at time.Time) error {
	return s.change(id, func(t *access.Token) {
		if t.RevokedAt.IsZero() {
			t.RevokedAt = at
		}
	})
}

func (s *Store) change(id string, fn func(t *access.Token)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[id]
	if !ok {
		return fault.New(fault.NotFound, "There is no token %q.", id)
	}
	fn(&t)
	s.tokens[id] = t
	return nil
}

// InsertSession adds a session.
func (s *Store) InsertSession(_ context.Context, session access.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[session.Hash] = session
	return nil
}

// Session returns a session by the hash of its secret.
func (s *Store) Session(_ context.Context, hash string) (access.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.sessions[hash]
	if !ok {
		return access.Session{}, fault.New(fault.NotFound, "There is no such session.")
	}
	return session, nil
}

// DeleteSession removes a session if it is there.
func (s *Store) DeleteSession(_ context.Context, hash string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, hash)
	return nil
}

// DeleteSessionsExpiredBy removes what has expired.
func (s *Store) DeleteSessionsExpiredBy(_ context.Context, t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.sessions, func(_ string, session access.Session) bool { return !session.ExpiresAt.After(t) })
	return nil
}

// InsertAudit adds an entry.
func (s *Store) InsertAudit(_ context.Context, e access.AuditEntry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audit = append(s.audit, e)
	return nil
}

// Audit returns a page, the newest first.
func (s *Store) Audit(_ context.Context, q access.AuditQuery) ([]access.AuditEntry, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []access.AuditEntry
	for _, e := range slices.SortedFunc(slices.Values(s.audit), func(a, b access.AuditEntry) int { return cmp.Compare(b.ID, a.ID) }) {
		if (q.Actor != "" && e.Actor != q.Actor) || (q.Cursor != "" && e.ID >= q.Cursor) {
			continue
		}
		if len(out) == q.Limit {
			return out, out[len(out)-1].ID, nil
		}
		out = append(out, e)
	}
	return out, "", nil
}
