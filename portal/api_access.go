package portal

import (
	"context"
	"slices"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// Scopes, each including the ones before it.
const (
	ScopeRead  = access.ScopeRead
	ScopeWrite = access.ScopeWrite
	ScopeAdmin = access.ScopeAdmin
)

// Identity is who makes a request, and what they may do.
type Identity struct {
	Actor         string // the name that writes are recorded under
	User          string // reference of a User entity; empty when none is linked
	Scopes        []string
	Authenticated bool   // false on a loopback server without login
	Token         string // id of the token; empty without one
}

// May reports whether the caller has scope, or one that includes it.
func (i Identity) May(scope string) bool {
	ladder := []string{ScopeRead, ScopeWrite, ScopeAdmin}
	wanted := slices.Index(ladder, scope)
	return slices.ContainsFunc(i.Scopes, func(s string) bool {
		return s == scope || (wanted >= 0 && slices.Index(ladder, s) >= wanted)
	})
}

type identityKey struct{}

// WithIdentity returns a context of a request that who makes. Runs started in
// it and changes of the catalog are recorded as asked for by who.
func WithIdentity(ctx context.Context, who Identity) context.Context {
	ctx = catalog.WithActor(pipelines.WithActor(ctx, who.Actor), who.Actor)
	return context.WithValue(ctx, identityKey{}, who)
}

// IdentityOf returns who makes the request of ctx: nobody, who may do nothing,
// when that was not established.
func IdentityOf(ctx context.Context) Identity {
	who, _ := ctx.Value(identityKey{}).(Identity)
	return who
}

// What package access knows, by the names that handlers use.
type (
	// Token is an API token without its secret.
	Token = access.Token
	// NewToken asks for a token.
	NewToken = access.NewToken
	// AuditEntry is one write that somebody made.
	AuditEntry = access.AuditEntry
	// AuditQuery asks for a page of the audit log, newest first.
	AuditQuery = access.AuditQuery
)

// apiTokens makes, lists and revokes tokens.
type apiTokens interface {
	CreateToken(ctx context.Context, t NewToken) (Token, string, error)
	ListTokens(ctx context.Context) ([]Token, error)
	RevokeToken(ctx context.Context, id string) error
}

// apiAudit reads the audit log; next is the cursor of the following page.
type apiAudit interface {
	ListAudit(ctx context.Context, q AuditQuery) (entries []AuditEntry, next string, err error)
}

// ListTokens answers GET /tokens.
func (a *API) ListTokens(ctx context.Context, _ server.ListTokensRequestObject) (server.ListTokensResponseObject, error) {
	tokens, err := a.deps.Tokens.ListTokens(ctx)
	if err != nil {
		return nil, err
	}
	return server.ListTokens200JSONResponse{Items: mapped(tokens, fromToken)}, nil
}

// CreateToken answers POST /tokens.
func (a *API) CreateToken(ctx context.Context, r server.CreateTokenRequestObject) (server.CreateTokenResponseObject, error) {
	token, secret, err := a.deps.Tokens.CreateToken(ctx, NewToken{
		Name: r.Body.Name, User: r.Body.User, ExpiresAt: r.Body.ExpiresAt,
		Scopes: mapped(r.Body.Scopes, func(s types.Scope) string { return string(s) }),
	})
	if err != nil {
		return nil, err
	}
	return server.CreateToken201JSONResponse{Token: fromToken(token), Secret: secret}, nil
}

// RevokeToken answers DELETE /tokens/{id}.
func (a *API) RevokeToken(ctx context.Context, r server.RevokeTokenRequestObject) (server.RevokeTokenResponseObject, error) {
	if err := a.deps.Tokens.RevokeToken(ctx, r.ID); err != nil {
		return nil, err
	}
	return server.RevokeToken204Response{}, nil
}

// GetMe answers GET /me.
func (*API) GetMe(ctx context.Context, _ server.GetMeRequestObject) (server.GetMeResponseObject, error) {
	who := IdentityOf(ctx)
	return server.GetMe200JSONResponse{
		Actor: who.Actor, User: who.User, Authenticated: who.Authenticated, Scopes: mapped(who.Scopes, toScope),
	}, nil
}

// ListAudit answers GET /audit.
func (a *API) ListAudit(ctx context.Context, r server.ListAuditRequestObject) (server.ListAuditResponseObject, error) {
	entries, next, err := a.deps.Audit.ListAudit(ctx, AuditQuery{
		Actor: value(r.Params.Actor), Limit: limitOf(r.Params.Limit), Cursor: value(r.Params.Cursor),
	})
	if err != nil {
		return nil, err
	}
	return server.ListAudit200JSONResponse{Items: mapped(entries, fromAudit), Next: next}, nil
}

func fromToken(t Token) types.Token {
	return types.Token{
		ID: t.ID, Name: t.Name, Scopes: mapped(t.Scopes, toScope), User: t.User,
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt, RevokedAt: t.RevokedAt,
	}
}

func toScope(s string) types.Scope { return types.Scope(s) }

func fromAudit(e AuditEntry) types.AuditEntry {
	return types.AuditEntry{
		ID: e.ID, Time: e.Time, Actor: e.Actor, Action: e.Action, Subject: e.Subject,
		RequestID: e.RequestID, Outcome: e.Outcome, Detail: e.Detail,
	}
}
