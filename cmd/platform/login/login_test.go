package login

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// platform is a server that lets in those with the right token, or everyone.
func platform(t *testing.T, open bool) string {
	t.Helper()
	server := clitest.NewServer()
	server.Handle("GET /me", func(w http.ResponseWriter, r *http.Request) {
		if !open && r.Header.Get("Authorization") != "Bearer right" {
			clitest.Problem(w, fault.New(fault.Unauthenticated, "This token is not good."))
			return
		}
		clitest.JSON(w, http.StatusOK, types.Me{Actor: "ada", Scopes: []types.Scope{}})
	})
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	return listening.URL
}

func TestLogin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		open  bool
		flags []string
		in    string
		token string
		want  int
		err   string
		kept  string
	}{
		{name: "a token from standard input", flags: []string{"--token-stdin"}, in: "right\n", err: "as ada.", kept: "right"},
		{name: "a token from the environment", token: "right", err: "as ada.", kept: "right"},
		{name: "a server that lets everyone in", open: true, err: "as ada."},
		{name: "a wrong token is not kept", flags: []string{"--token-stdin"}, in: "wrong", want: 6, err: "Error: This token is not good.\n"},
		{name: "no token and nobody to ask", want: 2, err: "Error: --token-stdin is missing.\n"},
		{name: "nothing on standard input", flags: []string{"--token-stdin"}, want: 2, err: "There is no token on standard input."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			url := platform(t, tt.open)
			s := clitest.New(t, nil)
			s.Env.In, s.Env.Token = strings.NewReader(tt.in), tt.token
			got := s.Run(t.Context(), Command(s.Env), append([]string{"login", url + "/"}, tt.flags...)...)
			if got != tt.want || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d, said %q", got, tt.want, s.Err.String())
			}
			logins, err := cli.LoadLogins(s.Env.ConfigDir)
			if err != nil || logins.Tokens[url] != tt.kept || (logins.Current == url) != (tt.want == 0) {
				t.Errorf("kept %+v, %v", logins, err)
			}
		})
	}
}

func TestLoginNeedsAnAddress(t *testing.T) {
	t.Parallel()
	s := clitest.New(t, nil)
	if got := s.Run(t.Context(), Command(s.Env), "login", "example.com"); got != 2 || !strings.Contains(s.Err.String(), "is not the address of a server") {
		t.Errorf("exit %d, said %q", got, s.Err.String())
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	s := clitest.New(t, nil)
	if err := (cli.Logins{Current: "http://a", Tokens: map[string]string{"http://a": "1", "http://b": "2"}}).Save(s.Env.ConfigDir); err != nil {
		t.Fatal(err)
	}
	if got := s.Run(t.Context(), Logout(s.Env), "logout"); got != 0 || !strings.Contains(s.Err.String(), "http://a is forgotten.") {
		t.Errorf("exit %d, said %q", got, s.Err.String())
	}
	logins, err := cli.LoadLogins(s.Env.ConfigDir)
	if err != nil || logins.Current != "" || len(logins.Tokens) != 1 || logins.Tokens["http://b"] != "2" {
		t.Errorf("kept %+v, %v", logins, err)
	}
}
