package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
)

type tokensPage struct {
	adminFrame
	Tokens  []tokenRow
	Scopes  []option
	Name    string
	Days    string
	Secret  string // shown once, right after it was made
	Made    string
	Message string
	Fields  []fault.Field
}

// Wrong reports whether an input has to be corrected.
func (t tokensPage) Wrong(name string) bool {
	return slices.ContainsFunc(t.Fields, func(f fault.Field) bool { return f.Name == name })
}

type tokenRow struct {
	Token
	Badge  badge
	Active bool
}

func (p *pages) tokenList(c echo.Context) (tokensPage, error) {
	page := tokensPage{adminFrame: newAdminFrame(c, "Tokens", "tokens"), Days: "90"}
	for _, s := range []field{{ScopeRead, "Read everything"}, {ScopeWrite, "Read and change"}, {ScopeAdmin, "Everything, tokens too"}} {
		page.Scopes = append(page.Scopes, option{Value: s.Name, Label: s.Name, Detail: s.Value, Chosen: s.Name == ScopeRead})
	}
	tokens, err := p.tokens.ListTokens(c.Request().Context())
	if err != nil {
		return page, err
	}
	now := p.now()
	for _, t := range tokens {
		row := tokenRow{Token: t, Badge: badge{"yes", "yes", "Active"}, Active: true}
		switch {
		case !t.RevokedAt.IsZero():
			row.Badge, row.Active = badge{"unknown", "cancelled", "Revoked"}, false
		case !t.ExpiresAt.IsZero() && t.ExpiresAt.Before(now):
			row.Badge, row.Active = badge{"unknown", "clock", "Expired"}, false
		}
		page.Tokens = append(page.Tokens, row)
	}
	return page, nil
}

func (p *pages) listTokens(c echo.Context) error {
	if err := needScope(c, ScopeAdmin); err != nil {
		return err
	}
	page, err := p.tokenList(c)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "admin/tokens", page)
}

// createToken answers with the page itself: the secret must not travel in an
// address, and is never shown again.
func (p *pages) createToken(c echo.Context) error {
	if err := needScope(c, ScopeAdmin); err != nil {
		return err
	}
	asked, refusal := tokenOf(c)
	var made Token
	var secret string
	if refusal == nil {
		made, secret, refusal = p.tokens.CreateToken(c.Request().Context(), asked)
	}
	page, err := p.tokenList(c)
	if err != nil {
		return err
	}
	if refusal != nil {
		f := fault.From(refusal)
		if f.Code == fault.Internal {
			return refusal
		}
		page.Name, page.Days, page.Message, page.Fields = asked.Name, c.FormValue("days"), f.Message, f.Fields
		return p.render(c, f.Code.HTTPStatus(), "admin/tokens", page)
	}
	page.Secret, page.Made = secret, made.Name
	return p.render(c, http.StatusOK, "admin/tokens", page)
}

func tokenOf(c echo.Context) (NewToken, error) {
	t := NewToken{Name: strings.TrimSpace(c.FormValue("name")), Scopes: []string{oneOf(c.FormValue("scope"), ScopeRead, ScopeWrite, ScopeAdmin)}}
	days := strings.TrimSpace(c.FormValue("days"))
	if t.Name == "" {
		return t, fault.New(fault.Invalid, "A token needs a name: what will use it?").WithField("name", "is missing")
	}
	if days == "" {
		return t, nil
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 1 || n > 3650 {
		return t, fault.New(fault.Invalid, "The token's life must be a number of days from 1 to 3,650, or empty.").
			WithField("days", "is not a number of days")
	}
	t.ExpiresAt = time.Now().UTC().AddDate(0, 0, n)
	return t, nil
}

func (p *pages) revokeToken(c echo.Context) error {
	if err := needScope(c, ScopeAdmin); err != nil {
		return err
	}
	if err := p.tokens.RevokeToken(c.Request().Context(), c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/tokens?notice=revoked")
}
