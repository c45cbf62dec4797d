package portal

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/fault"
)

// authenticate finds out who makes a request and stops those who may not. Where
// the API's document or a page asks for more, they are asked there.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, err := s.whoIs(c)
		if err != nil && !isPublic(c.Path()) {
			return err
		}
		if err != nil && isUnder(c.Path(), "/api") && hasCredentials(c.Request()) {
			return err // who names a token wants to be known by it
		}
		c.SetRequest(c.Request().WithContext(WithIdentity(c.Request().Context(), who)))
		if isPublic(c.Path()) {
			return next(c)
		}
		if scope := scopeOf(c); !who.May(scope) {
			return lacks(who, scope)
		}
		return next(c)
	}
}

// lacks says what the caller is missing.
func lacks(who Identity, scope string) error {
	if who.Actor == "" {
		return fault.New(fault.Unauthenticated, "This needs a login.").
			WithHint("Sign in at /login, or send a token: Authorization: Bearer TOKEN")
	}
	return refuse(who, scope)
}

// whoIs returns the caller: by token, by session, or, on a server that only
// this machine reaches, by being here. Nobody is no error; a token that is not
// good is one.
func (s *Server) whoIs(c echo.Context) (Identity, error) {
	r := c.Request()
	if secret, given := credentials(r); given {
		t, err := s.access.Authenticate(r.Context(), secret)
		if err != nil {
			return Identity{}, err
		}
		return identityOf(t), nil
	}
	if secret := cookieValue(c, cookieSession); secret != "" {
		t, err := s.access.AuthenticateSession(r.Context(), secret)
		if err == nil {
			return identityOf(t), nil
		}
		if !fault.Is(err, fault.Unauthenticated) {
			return Identity{}, err
		}
		// Cookies outlive servers and are shared by all ports of a machine: an old
		// one is no attempt to get in.
	}
	if s.options.RequireLogin {
		return Identity{}, nil
	}
	who := Identity{Actor: s.options.LocalActor, Scopes: []string{ScopeAdmin}}
	if ref, err := userRef(cookieValue(c, cookieMe)); err == nil {
		who.User, who.Actor = ref.String(), ref.String()
	}
	return who, nil
}

// credentials returns the token in a request: as bearer, or as the password of
// git and of Pact clients that know nothing else.
func credentials(r *http.Request) (secret string, given bool) {
	if scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(value), true
	}
	if _, password, ok := r.BasicAuth(); ok {
		return password, true
	}
	return "", r.Header.Get("Authorization") != ""
}

func hasCredentials(r *http.Request) bool { return r.Header.Get("Authorization") != "" }

func identityOf(t access.Token) Identity {
	return Identity{Actor: t.Actor(), User: t.User, Scopes: t.Scopes, Authenticated: true, Token: t.ID}
}

// userRef reads the reference of a User entity.
func userRef(text string) (catalog.Ref, error) {
	ref, err := catalog.ParseRef(text, catalog.RefDefaults{Kind: catalog.KindUser, Namespace: catalog.DefaultNamespace})
	if err != nil {
		return ref, err
	}
	if !strings.EqualFold(ref.Kind, catalog.KindUser) {
		return ref, fault.New(fault.Invalid, "%s is not a user.", ref).WithHint("Name one like user:default/ada")
	}
	return ref, nil
}

// ResolveUser returns a function for package access that finds the User entity
// a token is to act for.
func ResolveUser(entities interface {
	Get(ctx context.Context, ref catalog.Ref) (catalog.Entity, error)
},
) func(ctx context.Context, text string) (string, error) {
	return func(ctx context.Context, text string) (string, error) {
		ref, err := userRef(text)
		if err != nil {
			return "", fault.New(fault.Invalid, "%q does not name a user.", text).
				WithField("user", "is not the reference of a user").WithHint("Name one like user:default/ada").WithCause(err)
		}
		if _, err := entities.Get(ctx, ref); err != nil {
			return "", err
		}
		return ref.String(), nil
	}
}

// MayPush tells git's handler whether a request may push, and as whom. The
// server has found out who makes it before.
func MayPush(r *http.Request) (actor string, err error) {
	who := IdentityOf(r.Context())
	if !who.May(ScopeWrite) {
		return "", lacks(who, ScopeWrite)
	}
	return who.Actor, nil
}

// MayReadDisk reports whether who makes the request of ctx may have the server
// read files of its own machine.
func MayReadDisk(ctx context.Context) bool { return IdentityOf(ctx).May(ScopeAdmin) }
