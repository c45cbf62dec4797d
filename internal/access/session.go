package access

import (
	"context"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Session is a browser that somebody signed in with a token. Its secret is in
// the browser's cookie only; Hash is what finds it.
type Session struct {
	Hash      string
	TokenID   string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Login makes a session of the token with this secret. The session lasts no
// longer than the token.
func (a *Access) Login(ctx context.Context, tokenSecret string) (secret string, t Token, expires time.Time, err error) {
	t, err = a.Authenticate(ctx, tokenSecret)
	if err != nil {
		return "", Token{}, time.Time{}, err
	}
	now := a.now()
	expires = now.Add(a.options.SessionLife)
	if !t.ExpiresAt.IsZero() && t.ExpiresAt.Before(expires) {
		expires = t.ExpiresAt
	}
	// Whoever signs in sweeps out what has expired; nothing else has to.
	if err := a.store.DeleteSessionsExpiredBy(ctx, now); err != nil {
		return "", Token{}, time.Time{}, err
	}
	secret = newSessionSecret()
	err = a.store.InsertSession(ctx, Session{Hash: sessionHash(secret), TokenID: t.ID, CreatedAt: now, ExpiresAt: expires})
	if err != nil {
		return "", Token{}, time.Time{}, err
	}
	return secret, t, expires, nil
}

// AuthenticateSession returns the token that a session was made from, as long
// as both are good.
func (a *Access) AuthenticateSession(ctx context.Context, secret string) (Token, error) {
	s, err := a.store.Session(ctx, sessionHash(secret))
	if fault.Is(err, fault.NotFound) {
		return Token{}, noSession()
	}
	if err != nil {
		return Token{}, err
	}
	if !a.now().Before(s.ExpiresAt) {
		return Token{}, noSession()
	}
	t, _, err := a.store.Token(ctx, s.TokenID)
	if fault.Is(err, fault.NotFound) {
		return Token{}, noSession()
	}
	if err != nil {
		return Token{}, err
	}
	if err := a.usable(t); err != nil {
		return Token{}, err
	}
	a.touch(ctx, t)
	return t, nil
}

func noSession() error {
	return fault.New(fault.Unauthenticated, "You are not signed in any more.").WithHint("Sign in at /login")
}

// Logout ends a session; there may be none.
func (a *Access) Logout(ctx context.Context, secret string) error {
	return a.store.DeleteSession(ctx, sessionHash(secret))
}
