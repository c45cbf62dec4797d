package token

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		line string
		want int
		out  string
		err  string
	}{
		{name: "create prints the secret alone", line: "create ci --scope write", out: "gp_secret\n", err: "This is the only time the secret is shown."},
		{name: "create with a scope that is none", line: "create ci --scope root", want: 2, err: "There is no scope \"root\"."},
		{name: "create with a time that is none", line: "create ci --expires soon", want: 2, err: "\"soon\" is not a length of time."},
		{name: "create for less than no time", line: "create ci --expires -3d", want: 2, err: "\"-3d\" is not a length of time."},
		{name: "list", line: "list", out: "t1   ci     read,write         revoked   never\n"},
		{name: "revoke", line: "revoke t1", err: "Token t1 is revoked."},
		{name: "revoke what is not there", line: "revoke t2", want: 4, err: "Error: There is no token t2.\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			token := types.Token{ID: "t1", Name: "ci", Scopes: []types.Scope{"read", "write"}, RevokedAt: time.Now()}
			server := clitest.NewServer()
			server.Answer("POST /tokens", http.StatusCreated, types.CreatedToken{Token: token, Secret: "gp_secret"})
			server.Answer("GET /tokens", http.StatusOK, types.TokenList{Items: []types.Token{token}})
			server.Handle("DELETE /tokens/t1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
			server.Fail("DELETE /tokens/t2", fault.New(fault.NotFound, "There is no token t2."))
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env), append([]string{"token"}, strings.Fields(tt.line)...)...)
			if got != tt.want || !strings.Contains(s.Out.String(), tt.out) || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
		})
	}
}

func TestATokenExpiresWhenAsked(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer()
	server.Answer("POST /tokens", http.StatusCreated, types.CreatedToken{Token: types.Token{Scopes: []types.Scope{}}})
	s := clitest.New(t, server)
	if got := s.Run(t.Context(), Command(s.Env), "token", "create", "ci", "--expires", "90d", "--user", "user:default/ada"); got != 0 {
		t.Fatalf("exit %d: %s", got, s.Err.String())
	}
	var asked types.NewToken
	if err := json.Unmarshal([]byte(strings.TrimPrefix(server.Asked()[0], "POST /tokens ")), &asked); err != nil {
		t.Fatal(err)
	}
	left := time.Until(asked.ExpiresAt)
	if asked.User != "user:default/ada" || len(asked.Scopes) != 1 || asked.Scopes[0] != types.ScopeRead || left < 2159*time.Hour || left > 2160*time.Hour {
		t.Errorf("asked for %+v", asked)
	}
}
