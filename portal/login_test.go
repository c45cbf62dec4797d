package portal

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func cookieOf(t *testing.T, answer *httptest.ResponseRecorder, name string) *http.Cookie {
	t.Helper()
	for _, c := range answer.Result().Cookies() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no cookie %s in %v", name, answer.Header())
	return nil
}

func basic(password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("anybody:"+password))
}

// TestWhoMayDoWhat asks a server that other machines reach.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) {
		exposed(o)
		o.Downloads = NewDownloads("/nowhere/platform", "")
	})
	secrets := map[string]string{}
	for _, scope := range []string{"read", "write", "admin"} {
		_, secrets[scope] = s.token(t, scope)
	}
	for _, tt := range []struct {
		line                         string
		nobody, reader, writer, boss int
	}{
		{"GET /healthz", 200, 200, 200, 200},
		{"GET /readyz", 200, 200, 200, 200},
		{"GET /login", 200, 200, 200, 200},
		{"GET /static/app.1.css", 200, 200, 200, 200},
		{"GET /favicon.ico", 302, 302, 302, 302},
		{"GET /download", 200, 200, 200, 200},
		{"GET /api/v1/version", 200, 200, 200, 200},
		{"GET /metrics", 401, 200, 200, 200},
		{"GET /api/openapi.json", 401, 200, 200, 200},
		{"GET /", 401, 200, 200, 200},
		{"GET /palette", 401, 200, 200, 200},
		{"GET /nothing", 401, 404, 404, 404},
		{"GET /api/v1/nothing", 401, 404, 404, 404},
		{"GET /api/v1/runs", 401, 200, 200, 200},
		{"POST /api/v1/services {\"name\":\"x\"}", 401, 403, 202, 202},
		{"GET /api/v1/tokens", 401, 403, 403, 200},
		{"POST /create/go-http/check name=x", 401, 200, 200, 200},
		{"POST /create/go-http name=x", 401, 403, 303, 303},
		{"POST /runs/r1/retry", 401, 403, 303, 303},
		{"POST /runs/r1/undo", 401, 403, 303, 303},
		{"POST /runs/r1/cancel", 401, 403, 303, 303},
		{"POST /admin/locations target=relative", 401, 403, 400, 400},
		{"POST /admin/locations/l1/refresh", 401, 403, 303, 303},
		{"POST /admin/locations/l1/remove", 401, 403, 404, 404},
		{"GET /admin/tokens", 401, 403, 403, 200},
		{"POST /admin/tokens name=x&scope=read", 401, 403, 403, 200},
		{"POST /admin/tokens/t1/revoke", 401, 403, 403, 404},
		{"GET /admin/audit", 401, 403, 403, 200},
		{"POST /preferences theme=dark", 401, 303, 303, 303},
		{"GET /broker", 401, 200, 200, 200},
		{"HEAD /broker", 401, 200, 200, 200},
		{"POST /broker/pacts/provider/p/for-verification {}", 401, 404, 404, 404},
		{"PUT /broker/pacticipants/x/versions/1/tags/dev {}", 401, 403, 201, 200},
		{"PUT /broker/pacticipants/y/versions/1/tags/for-verification {}", 401, 403, 201, 200},
		{"PUT /broker/pacticipants/z%2Ffor-verification {}", 401, 403, 201, 200},
		{"PUT /broker/pacts/provider/p/for-verification {}", 401, 403, 405, 405},
		{"GET /git/orders.git/info/refs", 401, 200, 200, 200},
		{"POST /git/orders.git/git-upload-pack x", 401, 200, 200, 200},
		{"POST /git/orders.git/git-receive-pack x", 401, 403, 200, 200},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			// One after the other: the second writer finds what the first one made.
			if got := s.ask(t, tt.line).Code; got != tt.nobody {
				t.Errorf("nobody: %d, want %d", got, tt.nobody)
			}
			for _, who := range []struct {
				scope string
				want  int
			}{{"read", tt.reader}, {"write", tt.writer}, {"admin", tt.boss}} {
				if answer := s.ask(t, tt.line, "Authorization: Bearer "+secrets[who.scope]); answer.Code != who.want {
					t.Errorf("bearer %s: %d, want %d: %s", who.scope, answer.Code, who.want, answer.Body)
				}
			}
			if got := s.ask(t, tt.line, basic(secrets["read"])).Code; got != tt.reader {
				t.Errorf("password: %d, want %d", got, tt.reader)
			}
		})
	}
}

// TestEveryRouteIsGuarded asks every route as nobody: what answers must be on
// the list of what is public, and that list is short.
func TestEveryRouteIsGuarded(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	public := map[string]bool{
		"/healthz": true, "/readyz": true, "/login": true, "/logout": true, "/favicon.ico": true, "/static/*": true,
		"/api/v1/health": true, "/api/v1/version": true,
		webhookRoute: true, // it asks for a signature
	}
	for _, route := range s.echo.Routes() {
		if public[route.Path] || route.Method == http.MethodConnect || strings.HasPrefix(route.Method, "echo_") {
			continue
		}
		if answer := s.ask(t, route.Method+" "+strings.ReplaceAll(route.Path, "*", "x")); answer.Code != http.StatusUnauthorized {
			t.Errorf("%s %s answers nobody with %d", route.Method, route.Path, answer.Code)
		}
	}
}

func TestHowClientsAreAskedWhoTheyAre(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	for _, tt := range []struct {
		name, line string
		headers    []string
		status     int
		header     string
		want       string
	}{
		{"a browser goes to the form", "GET /catalog?kind=api", []string{browser}, 303, "Location", "/login?next=%2Fcatalog%3Fkind%3Dapi"},
		{"a browser's form is not sent again", "POST /create/go-http name=x", []string{browser}, 401, "Content-Type", "text/html; charset=UTF-8"},
		{"a part of a page", "GET /catalog", []string{"Hx-Request: true"}, 401, "Hx-Redirect", "/login?next=%2Fcatalog"},
		{"curl on a page", "GET /", nil, 401, "Content-Type", "text/plain; charset=UTF-8"},
		{"a Pact client", "GET /broker", nil, 401, "WWW-Authenticate", `Basic realm="Platform: any name, a token as password"`},
		{"git", "GET /git/orders.git/info/refs", nil, 401, "WWW-Authenticate", `Basic realm="Platform: any name, a token as password"`},
		{"a program", "GET /api/v1/me", nil, 401, "WWW-Authenticate", `Bearer realm="Platform"`},
		{"a browser on a page gets no window", "GET /", []string{browser}, 303, "WWW-Authenticate", ""},
		{"a token that is none", "GET /api/v1/version", []string{"Authorization: Bearer gp_x_y"}, 401, "Content-Type", "application/problem+json"},
		{"no token at all", "GET /api/v1/me", []string{"Authorization: Digest x"}, 401, "Content-Type", "application/problem+json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer := s.ask(t, tt.line, tt.headers...)
			if got := answer.Header().Get(tt.header); answer.Code != tt.status || got != tt.want {
				t.Errorf("answered %d, %s: %q\n%s", answer.Code, tt.header, got, answer.Body)
			}
		})
	}
}

func TestTheAnswerDoesNotTellWhichTokensExist(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	token, secret := s.token(t, "read")
	var seen []string
	for _, wrong := range []string{"gp_" + token.ID + "_wrong", "gp_aaaaaaaaaaaaaaaa_wrong", "nonsense", secret + "x"} {
		answer := s.ask(t, "GET /api/v1/me", "Authorization: Bearer "+wrong, "X-Request-ID: request-0001")
		seen = append(seen, answer.Body.String())
		if answer.Code != http.StatusUnauthorized || answer.Body.String() != seen[0] {
			t.Errorf("%q answers %d %s", wrong, answer.Code, answer.Body)
		}
	}
}

func TestASessionFromItsLoginToItsEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) { exposed(o); o.PublicURL = "https://platform.example.com" })
	token, secret := s.token(t, "write")
	signIn := func() string {
		t.Helper()
		answer := s.ask(t, "POST /login next=/catalog&token="+secret, browser)
		if answer.Code != http.StatusSeeOther || location(t, answer) != "/catalog" {
			t.Fatalf("answered %d: %s", answer.Code, answer.Body)
		}
		c := cookieOf(t, answer, "platform_session")
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || strings.Contains(c.Value, token.ID) {
			t.Errorf("the cookie is %+v", c)
		}
		return "Cookie: platform_session=" + c.Value
	}
	home := func(cookie string, want int) {
		t.Helper()
		if answer := s.ask(t, "GET /", cookie, browser); answer.Code != want {
			t.Errorf("answered %d, want %d", answer.Code, want)
		}
	}
	first := signIn()
	home(first, 200)
	if answer := s.ask(t, "GET /api/v1/me", first); !strings.Contains(answer.Body.String(), `"actor":"writeer"`) || !strings.Contains(answer.Body.String(), `"authenticated":true`) {
		t.Errorf("me: %s", answer.Body)
	}
	if answer := s.ask(t, "POST /runs/r1/retry", first, "Sec-Fetch-Site: cross-site"); answer.Code != http.StatusForbidden {
		t.Errorf("another site uses the session: %d", answer.Code)
	}
	out := s.ask(t, "POST /logout", first)
	if c := cookieOf(t, out, "platform_session"); out.Code != http.StatusSeeOther || c.MaxAge >= 0 || c.Value != "" {
		t.Errorf("signing out: %d %+v", out.Code, c)
	}
	home(first, 303)
	second := signIn()
	s.now.move(7*24*time.Hour - time.Second)
	home(second, 200)
	s.now.move(time.Second)
	home(second, 303)
	third := signIn()
	home(third, 200)
	if err := s.access.RevokeToken(t.Context(), token.ID); err != nil {
		t.Fatal(err)
	}
	home(third, 303)
	home("Cookie: platform_session=nonsense", 303)
}

func TestSigningInAgainEndsTheSessionBefore(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	_, secret := s.token(t, "read")
	first := cookieOf(t, s.ask(t, "POST /login token="+secret), "platform_session").Value
	second := cookieOf(t, s.ask(t, "POST /login token="+secret, "Cookie: platform_session="+first), "platform_session").Value
	if got := s.ask(t, "GET /", "Cookie: platform_session="+first).Code; got != 401 {
		t.Errorf("the first goes on: %d", got)
	}
	if got := s.ask(t, "GET /", "Cookie: platform_session="+second).Code; got != 200 {
		t.Errorf("the second: %d", got)
	}
}

func TestALoginThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	for form, want := range map[string]string{
		"token=gp_x_y": "The token is not one of this server&#39;s.", "token=": "Type the token.", "": "Type the token.",
	} {
		answer := s.ask(t, "POST /login "+form, browser)
		if answer.Code < 400 || answer.Code >= 500 || !strings.Contains(answer.Body.String(), want) || len(answer.Result().Cookies()) != 0 {
			t.Errorf("%q: %d %s", form, answer.Code, answer.Body)
		}
	}
	if !strings.Contains(s.log.String(), "sign-in refused") {
		t.Error("the log does not know")
	}
}

func TestWithoutLoginEverybodyHereMayDoEverything(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	_, reader := s.token(t, "read")
	for _, tt := range []struct {
		name    string
		headers []string
		want    string
	}{
		{"nobody in particular", nil, `{"actor":"me","authenticated":false,"scopes":["admin"]}`},
		{"with an old cookie", []string{"Cookie: platform_session=old"}, `{"actor":"me","authenticated":false,"scopes":["admin"]}`},
		{"as a chosen user", []string{"Cookie: me=user:default/ada"}, `{"actor":"user:default/ada","authenticated":false,"scopes":["admin"],"user":"user:default/ada"}`},
		{"as no user at all", []string{"Cookie: me=group:default/x"}, `{"actor":"me","authenticated":false,"scopes":["admin"]}`},
		{"with a token, which then counts", []string{"Authorization: Bearer " + reader}, `{"actor":"reader"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if answer := s.ask(t, "GET /api/v1/me", tt.headers...); !strings.HasPrefix(strings.TrimSpace(answer.Body.String()), tt.want) {
				t.Errorf("got %s", answer.Body)
			}
		})
	}
	if answer := s.ask(t, "GET /api/v1/me", "Authorization: Bearer gp_x_y"); answer.Code != http.StatusUnauthorized {
		t.Errorf("a token that is not good is taken for nobody: %d", answer.Code)
	}
	if answer := s.ask(t, "POST /api/v1/tokens {\"name\":\"x\",\"scopes\":[\"read\"]}", "Authorization: Bearer "+reader); answer.Code != http.StatusForbidden {
		t.Errorf("a reader's token makes tokens: %d", answer.Code)
	}
}

func TestChoosingWhoIAm(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for form, want := range map[string]string{"me=ada": "user:default/ada", "me=user:default/Ada": "user:default/ada", "me=": ""} {
		answer := s.ask(t, "POST /preferences next=/catalog&"+form)
		if answer.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", form, answer.Code, answer.Body)
		}
		if c := cookieOf(t, answer, "me"); c.Value != want || !c.HttpOnly {
			t.Errorf("%s: cookie %+v", form, c)
		}
	}
	for form, status := range map[string]int{"me=ghost": 404, "me=group:default/x": 400} {
		answer := s.ask(t, "POST /preferences "+form)
		if answer.Code != status || len(answer.Result().Cookies()) != 0 {
			t.Errorf("%s: %d %s", form, answer.Code, answer.Body)
		}
	}
	if answer := s.ask(t, "GET /", "Cookie: me=user:default/ada", browser); !strings.Contains(answer.Body.String(), "user:default/ada") {
		t.Errorf("the page does not know me: %s", answer.Body)
	}
}
