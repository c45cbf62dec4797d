// Package access knows who may use the platform: API tokens, the sessions of
// browsers made from them, and the log of every write. It keeps hashes, never
// secrets. It knows nothing of HTTP; package portal reads headers and cookies.
package access

import (
	"context"
	"log/slog"
	"time"
)

// Scopes, each including the ones before it.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
	ScopeAdmin = "admin"
)

// Store keeps tokens, sessions and the audit log. What is not there is
// fault.NotFound.
type Store interface {
	InsertToken(ctx context.Context, t Token, hash []byte) error
	// Token returns a token and the hash of its secret.
	Token(ctx context.Context, id string) (Token, []byte, error)
	// Tokens returns every token, the newest first.
	Tokens(ctx context.Context) ([]Token, error)
	TouchToken(ctx context.Context, id string, used time.Time) error
	// RevokeToken keeps the time of the first revocation.
	RevokeToken(ctx context.Context, id string, at time.Time) error

	InsertSession(ctx context.Context, s Session) error
	Session(ctx context.Context, hash string) (Session, error)
	// DeleteSession is no error when there is none.
	DeleteSession(ctx context.Context, hash string) error
	DeleteSessionsExpiredBy(ctx context.Context, t time.Time) error

	InsertAudit(ctx context.Context, e AuditEntry) error
	// Audit returns up to q.Limit entries, the newest first, and the cursor of
	// the following page.
	Audit(ctx context.Context, q AuditQuery) (entries []AuditEntry, next string, err error)
}

// Options are what Access can be given. The zero value is fine.
type Options struct {
	Log *slog.Logger
	Now func() time.Time
	// ResolveUser returns the reference of the User entity that text names. A
	// token's user is taken as given when it is nil.
	ResolveUser func(ctx context.Context, text string) (string, error)
	// SessionLife is how long a session lasts at most; a week when 0.
	SessionLife time.Duration
}

// Access makes and checks tokens and sessions, and keeps the audit log.
type Access struct {
	store   Store
	options Options
}

const defaultSessionLife = 7 * 24 * time.Hour

// New returns Access over store.
func New(store Store, o Options) *Access {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SessionLife == 0 {
		o.SessionLife = defaultSessionLife
	}
	return &Access{store: store, options: o}
}

// now is the time as both databases can keep it.
func (a *Access) now() time.Time { return a.options.Now().UTC().Truncate(time.Microsecond) }
