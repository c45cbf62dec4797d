package access

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/goldenpath/platform/internal/fault"
)

// Token is an API token without its secret.
type Token struct {
	ID, Name   string
	Scopes     []string
	User       string // reference of a User entity; empty when none is linked
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero for never
	LastUsedAt time.Time
	RevokedAt  time.Time
}

// NewToken asks for a token.
type NewToken struct {
	Name      string
	Scopes    []string
	User      string
	ExpiresAt time.Time // zero for never
}

// Actor is the name that writes with the token are recorded under.
func (t Token) Actor() string {
	if t.User != "" {
		return t.User
	}
	return t.Name
}

const (
	maxName = 100
	// touchEvery bounds how often the last use of a token is written down.
	touchEvery = time.Minute
)

// CreateToken makes a token and returns it with its secret, which exists
// nowhere else from then on.
func (a *Access) CreateToken(ctx context.Context, n NewToken) (Token, string, error) {
	now := a.now()
	t := Token{
		Name: strings.TrimSpace(n.Name), User: strings.TrimSpace(n.User), CreatedAt: now,
		ExpiresAt: n.ExpiresAt.UTC().Truncate(time.Microsecond),
	}
	var err error
	if err = checkName(t.Name); err != nil {
		return Token{}, "", err
	}
	if t.Scopes, err = checkScopes(n.Scopes); err != nil {
		return Token{}, "", err
	}
	if n.ExpiresAt.IsZero() {
		t.ExpiresAt = time.Time{}
	} else if !t.ExpiresAt.After(now) {
		return Token{}, "", fault.New(fault.Invalid, "The token would expire before it exists.").
			WithField("expires_at", "is in the past").WithHint("Choose a time to come, or none: platform token create NAME --expires 90d")
	}
	if t.User != "" && a.options.ResolveUser != nil {
		if t.User, err = a.options.ResolveUser(ctx, t.User); err != nil {
			return Token{}, "", err
		}
	}
	var secret string
	t.ID, secret = newSecret()
	if err := a.store.InsertToken(ctx, t, hashOf(secret)); err != nil {
		return Token{}, "", err
	}
	return t, secret, nil
}

// checkName keeps names to one line, and to words that nobody takes for the
// reference of an entity: the audit log shows both in one place.
func checkName(name string) error {
	invalid := func(format string, args ...any) error {
		return fault.New(fault.Invalid, "A token's name says what uses it, such as \"orders ci\".").WithField("name", format, args...)
	}
	switch {
	case name == "":
		return invalid("is missing")
	case utf8.RuneCountInString(name) > maxName:
		return invalid("is longer than %d characters", maxName)
	case strings.Contains(name, ":"):
		return invalid("has a colon in it")
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return invalid("has characters that cannot be shown")
	}
	return nil
}

func checkScopes(scopes []string) ([]string, error) {
	known := []string{ScopeRead, ScopeWrite, ScopeAdmin}
	const hint = "Scopes are read, write and admin."
	if len(scopes) == 0 {
		return nil, fault.New(fault.Invalid, "A token needs a scope.").WithField("scopes", "is missing").WithHint(hint)
	}
	var out []string
	for _, s := range scopes {
		if !slices.Contains(known, s) {
			return nil, fault.New(fault.Invalid, "There is no scope %q.", s).WithField("scopes", "%q is no scope", s).WithHint(hint)
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out, nil
}

// ListTokens returns every token, revoked ones too, the newest first.
func (a *Access) ListTokens(ctx context.Context) ([]Token, error) { return a.store.Tokens(ctx) }

// RevokeToken ends a token at once, and with it the sessions made from it.
func (a *Access) RevokeToken(ctx context.Context, id string) error {
	return a.store.RevokeToken(ctx, id, a.now())
}

// Authenticate returns the token whose secret this is. Whether an id exists is
// told to nobody who does not have its secret.
func (a *Access) Authenticate(ctx context.Context, secret string) (Token, error) {
	id, ok := idOf(secret)
	if !ok {
		return Token{}, unknownToken()
	}
	t, hash, err := a.store.Token(ctx, id)
	if fault.Is(err, fault.NotFound) {
		hash = make([]byte, len(hashOf(""))) // compared all the same: the time taken must not tell
	} else if err != nil {
		return Token{}, err
	}
	if subtle.ConstantTimeCompare(hash, hashOf(secret)) != 1 {
		return Token{}, unknownToken()
	}
	if err := a.usable(t); err != nil {
		return Token{}, err
	}
	a.touch(ctx, t)
	return t, nil
}

func unknownToken() error {
	return fault.New(fault.Unauthenticated, "The token is not one of this server's.").
		WithHint("An administrator makes one: platform token create NAME --scope read")
}

// usable is a fault unless t may be used now.
func (a *Access) usable(t Token) error {
	const hint = "An administrator makes a new one: platform token create NAME --scope %s"
	scope := ScopeRead
	if len(t.Scopes) > 0 {
		scope = t.Scopes[len(t.Scopes)-1]
	}
	if !t.RevokedAt.IsZero() {
		return fault.New(fault.Unauthenticated, "The token was revoked on %s.", t.RevokedAt.Format(time.DateOnly)).WithHint(hint, scope)
	}
	if !t.ExpiresAt.IsZero() && !a.now().Before(t.ExpiresAt) {
		return fault.New(fault.Unauthenticated, "The token expired on %s.", t.ExpiresAt.Format(time.DateOnly)).WithHint(hint, scope)
	}
	return nil
}

// touch writes down that t was used, at most once a minute: a write for each
// read would cost more than the fact is worth. A request does not fail for it.
func (a *Access) touch(ctx context.Context, t Token) {
	now := a.now()
	if now.Sub(t.LastUsedAt) < touchEvery {
		return
	}
	if err := a.store.TouchToken(ctx, t.ID, now); err != nil {
		a.options.Log.WarnContext(ctx, "last use of a token not written", "token_id", t.ID, "error", err)
	}
}
