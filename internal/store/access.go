package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/accesssession"
	"github.com/goldenpath/platform/internal/store/ent/accesstoken"
	"github.com/goldenpath/platform/internal/store/ent/auditentry"
)

// Access keeps tokens, sessions and the audit log.
type Access struct{ *Store }

// Access returns the store of tokens, sessions and the audit log.
func (s *Store) Access() *Access { return &Access{s} }

var _ access.Store = (*Access)(nil)

// InsertToken adds a token.
func (s *Access) InsertToken(ctx context.Context, t access.Token, hash []byte) error {
	err := s.client(ctx).AccessToken.Create().
		SetID(t.ID).SetName(t.Name).SetScopes(strings.Join(t.Scopes, " ")).SetUserRef(t.User).SetHash(hash).
		SetCreatedAt(t.CreatedAt.UTC()).SetNillableExpiresAt(nillable(t.ExpiresAt)).
		SetNillableLastUsedAt(nillable(t.LastUsedAt)).SetNillableRevokedAt(nillable(t.RevokedAt)).
		Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert token %s: %w", t.ID, err)
	}
	return nil
}

// Token returns a token and the hash of its secret.
func (s *Access) Token(ctx context.Context, id string) (access.Token, []byte, error) {
	row, err := s.client(ctx).AccessToken.Query().Where(accesstoken.ID(id)).Only(database.ReadPrimary(ctx)) // what is revoked must not come back with an old copy
	if ent.IsNotFound(err) {
		return access.Token{}, nil, noToken(id)
	}
	if err != nil {
		return access.Token{}, nil, fmt.Errorf("select token %s: %w", id, err)
	}
	return fromToken(row), row.Hash, nil
}

func noToken(id string) error {
	return fault.New(fault.NotFound, "There is no token %q.", id).WithHint("See which there are: platform token list")
}

// Tokens returns every token, the newest first.
func (s *Access) Tokens(ctx context.Context) ([]access.Token, error) {
	rows, err := s.client(ctx).AccessToken.Query().
		Order(accesstoken.ByCreatedAt(sql.OrderDesc()), accesstoken.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select tokens: %w", err)
	}
	tokens := make([]access.Token, len(rows))
	for i, row := range rows {
		tokens[i] = fromToken(row)
	}
	return tokens, nil
}

// TouchToken writes down the last use.
func (s *Access) TouchToken(ctx context.Context, id string, used time.Time) error {
	changed, err := s.client(ctx).AccessToken.Update().Where(accesstoken.ID(id)).SetLastUsedAt(used.UTC()).Save(ctx)
	if err != nil {
		return fmt.Errorf("update last use of token %s: %w", id, err)
	}
	if changed == 0 {
		return noToken(id)
	}
	return nil
}

// RevokeToken keeps the time of the first revocation.
func (s *Access) RevokeToken(ctx context.Context, id string, at time.Time) error {
	changed, err := s.client(ctx).AccessToken.Update().
		Where(accesstoken.ID(id), accesstoken.RevokedAtIsNil()).SetRevokedAt(at.UTC()).Save(ctx)
	if err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	if changed == 0 {
		_, _, err := s.Token(ctx, id) // revoked before, or never there
		return err
	}
	return nil
}

// InsertSession adds a session.
func (s *Access) InsertSession(ctx context.Context, session access.Session) error {
	err := s.client(ctx).AccessSession.Create().
		SetID(session.Hash).SetTokenID(session.TokenID).
		SetCreatedAt(session.CreatedAt.UTC()).SetExpiresAt(session.ExpiresAt.UTC()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert session of token %s: %w", session.TokenID, err)
	}
	return nil
}

// Session returns a session by the hash of its secret.
func (s *Access) Session(ctx context.Context, hash string) (access.Session, error) {
	row, err := s.client(ctx).AccessSession.Query().Where(accesssession.ID(hash)).Only(database.ReadPrimary(ctx))
	if ent.IsNotFound(err) {
		return access.Session{}, fault.New(fault.NotFound, "There is no such session.").WithHint("Sign in at /login")
	}
	if err != nil {
		return access.Session{}, fmt.Errorf("select session: %w", err)
	}
	return access.Session{Hash: row.ID, TokenID: row.TokenID, CreatedAt: row.CreatedAt.UTC(), ExpiresAt: row.ExpiresAt.UTC()}, nil
}

// DeleteSession removes a session if it is there.
func (s *Access) DeleteSession(ctx context.Context, hash string) error {
	if _, err := s.client(ctx).AccessSession.Delete().Where(accesssession.ID(hash)).Exec(ctx); err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// DeleteSessionsExpiredBy removes what has expired.
func (s *Access) DeleteSessionsExpiredBy(ctx context.Context, t time.Time) error {
	if _, err := s.client(ctx).AccessSession.Delete().Where(accesssession.ExpiresAtLTE(t.UTC())).Exec(ctx); err != nil {
		return fmt.Errorf("delete expired sessions: %w", err)
	}
	return nil
}

// InsertAudit adds an entry.
func (s *Access) InsertAudit(ctx context.Context, e access.AuditEntry) error {
	err := s.client(ctx).AuditEntry.Create().
		SetID(e.ID).SetAt(e.Time.UTC()).SetActor(e.Actor).SetAction(e.Action).SetSubject(e.Subject).
		SetRequestID(e.RequestID).SetOutcome(e.Outcome).SetDetail(e.Detail).Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert audit entry: %w", err)
	}
	return nil
}

// Audit returns a page, the newest first.
func (s *Access) Audit(ctx context.Context, q access.AuditQuery) (entries []access.AuditEntry, next string, err error) {
	query := s.client(ctx).AuditEntry.Query()
	if q.Actor != "" {
		query = query.Where(auditentry.Actor(q.Actor))
	}
	if q.Cursor != "" {
		query = query.Where(auditentry.IDLT(q.Cursor))
	}
	rows, err := query.Order(auditentry.ByID(sql.OrderDesc())).Limit(q.Limit + 1).All(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("select audit entries: %w", err)
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		next = rows[q.Limit-1].ID
	}
	for _, row := range rows {
		entries = append(entries, access.AuditEntry{
			ID: row.ID, Time: row.At.UTC(), Actor: row.Actor, Action: row.Action, Subject: row.Subject,
			RequestID: row.RequestID, Outcome: row.Outcome, Detail: row.Detail,
		})
	}
	return entries, next, nil
}

func fromToken(row *ent.AccessToken) access.Token {
	return access.Token{
		ID: row.ID, Name: row.Name, Scopes: strings.Fields(row.Scopes), User: row.UserRef, CreatedAt: row.CreatedAt.UTC(),
		ExpiresAt: orZero(row.ExpiresAt), LastUsedAt: orZero(row.LastUsedAt), RevokedAt: orZero(row.RevokedAt),
	}
}
