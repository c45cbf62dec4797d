package portal

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAServerThatOthersReachNeedsALogin(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{}); err == nil {
		t.Error("it starts without")
	}
}

// TestEveryAnswerCarriesItsHeaders asks every address there is, as it is and
// for things that are not there.
func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*site{"on loopback": newSite(t, nil), "nobody, elsewhere": newSite(t, exposed)} {
		for _, route := range s.echo.Routes() {
			path := strings.NewReplacer(":kind", "component", ":namespace", "default", "/*", "/x", ":", "").Replace(route.Path)
			method := route.Method
			if strings.HasPrefix(method, "echo_") || method == http.MethodConnect {
				continue
			}
			for _, accept := range []string{"text/html", "*/*"} {
				answer := s.ask(t, method+" "+path, "Accept: "+accept)
				if got := answer.Header().Get("Content-Security-Policy"); got != contentPolicy {
					t.Errorf("%s: %s %s (%d) has the policy %q", name, method, path, answer.Code, got)
				}
				if answer.Header().Get("X-Content-Type-Options") != "nosniff" || answer.Header().Get("X-Request-ID") == "" {
					t.Errorf("%s: %s %s lacks headers: %v", name, method, path, answer.Header())
				}
				if answer.Code == http.StatusInternalServerError {
					t.Errorf("%s: %s %s: %s", name, method, path, answer.Body)
				}
			}
		}
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, tt := range []struct {
		name, sent string
		kept       bool
	}{
		{"none", "", false},
		{"a sane one", "0192-trace.of_client", true},
		{"a short one", "x", false},
		{"a long one", strings.Repeat("x", 65), false},
		{"one with a line end", "aaaaaaaa\nfake log line", false},
		{"one with markup", "<script>alert</script>", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.ask(t, "GET /nothing", "X-Request-ID: "+tt.sent).Header().Get("X-Request-ID")
			if (got == tt.sent) != tt.kept || len(got) < 8 {
				t.Errorf("answered with %q", got)
			}
		})
	}
	if answer := s.ask(t, "GET /api/v1/nothing", "X-Request-ID: request-0001"); !strings.Contains(answer.Body.String(), `"request_id":"request-0001"`) {
		t.Errorf("the problem does not name it: %s", answer.Body)
	}
	s.ask(t, "GET /runs/r1", "X-Request-ID: request-0002")
	if !strings.Contains(s.log.String(), `"told":"request-0002 /runs/:id"`) {
		t.Error("the log does not name it, or not its route")
	}
}

func TestNamesThatLoopbackAnswersTo(t *testing.T) {
	t.Parallel()
	local, open := newSite(t, nil), newSite(t, exposed)
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost": 200, "LOCALHOST:1": 200, "[::1]:8080": 200, "platform.example.com": 200,
		"evil.example.com": 403, "evil.example.com:8080": 403, "127.0.0.1.evil.com": 403, "localhost.evil.com": 403, "": 403, "0.0.0.0": 403,
	} {
		if answer := local.ask(t, "GET /healthz", "Host: "+host); answer.Code != want {
			t.Errorf("%q: %d, want %d", host, answer.Code, want)
		}
		if answer := open.ask(t, "GET /healthz", "Host: "+host); answer.Code != http.StatusOK {
			t.Errorf("%q: a server behind a login answers %d", host, answer.Code)
		}
	}
	answer := local.ask(t, "GET /", "Host: evil.example.com", browser)
	if answer.Code != http.StatusForbidden || !strings.Contains(answer.Body.String(), "This server does not answer to the name") {
		t.Errorf("a browser sees %d %s", answer.Code, answer.Body)
	}
}

func TestWritesOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, tt := range []struct {
		name    string
		line    string
		headers []string
		want    int
	}{
		{"a program", "POST /preferences theme=dark", nil, 303},
		{"our own page", "POST /preferences theme=dark", []string{"Sec-Fetch-Site: same-origin"}, 303},
		{"our own page, by an old browser", "POST /preferences theme=dark", []string{"Origin: http://127.0.0.1:8080"}, 303},
		{"our own page, behind a proxy", "POST /preferences theme=dark", []string{"Origin: http://platform.example.com", "Sec-Fetch-Site: cross-site"}, 303},
		{"another site", "POST /preferences theme=dark", []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"another port of this machine", "POST /preferences theme=dark", []string{"Sec-Fetch-Site: same-site"}, 403},
		{"another site, by an old browser", "POST /preferences theme=dark", []string{"Origin: http://evil.example.com"}, 403},
		{"no site at all", "POST /preferences theme=dark", []string{"Origin: null"}, 403},
		{"another site's login", "POST /login token=x", []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"another site and the API", "POST /api/v1/tokens {\"name\":\"x\",\"scopes\":[\"admin\"]}", []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"another site and the broker", "POST /broker/pacticipants {\"name\":\"x\"}", []string{"Origin: http://evil.example.com"}, 403},
		{"another site and Backstage's API", "POST /api/catalog/refresh {}", []string{"Origin: http://evil.example.com"}, 403},
		{"another site and git", "POST /git/orders.git/git-receive-pack x", []string{"Origin: http://evil.example.com"}, 403},
		{"a link from another site", "GET /create", []string{"Sec-Fetch-Site: cross-site"}, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if answer := s.ask(t, tt.line, tt.headers...); answer.Code != tt.want {
				t.Errorf("answered %d: %s", answer.Code, answer.Body)
			}
		})
	}
}

func TestBodiesHaveTheirLimits(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) { o.Limits = Limits{Body: 1000, PactBody: 5000} })
	long := strings.Repeat("x", 2000)
	for _, tt := range []struct {
		name, line string
		want       int
	}{
		{"the API's", `POST /api/v1/tokens {"name":"` + long + `","scopes":["read"]}`, 413},
		{"a form's", "POST /admin/tokens name=" + long, 413},
		{"pacts may be longer", `POST /broker/pacticipants {"name":"x","displayName":"` + long + `"}`, 201},
		{"but not endless", `POST /broker/pacticipants {"name":"y","displayName":"` + long + long + long + `"}`, 413},
		{"in the API too", `POST /api/v1/contracts/publications {"consumer":"` + long + long + long + `"}`, 413},
		{"git has its own", "POST /git/orders.git/git-receive-pack " + long + long + long, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if answer := s.ask(t, tt.line); answer.Code != tt.want {
				t.Errorf("answered %d: %s", answer.Code, answer.Body)
			}
			method, rest, _ := strings.Cut(tt.line, " ")
			path, body, _ := strings.Cut(rest, " ")
			r := httptest.NewRequestWithContext(t.Context(), method, path, struct{ *strings.Reader }{strings.NewReader(body)})
			r.ContentLength, r.Host = -1, "localhost"
			r.Header.Set("Content-Type", map[bool]string{true: "application/json", false: "application/x-www-form-urlencoded"}[body[0] == '{'])
			answer := httptest.NewRecorder()
			s.ServeHTTP(answer, r)
			if (answer.Code == http.StatusRequestEntityTooLarge) != (tt.want == http.StatusRequestEntityTooLarge) {
				t.Errorf("without a length: %d: %s", answer.Code, answer.Body)
			}
		})
	}
}

func TestAnAnswerThatTakesTooLong(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) { o.Limits.Time = 20 * time.Millisecond })
	answer := s.ask(t, "GET /api/v1/entities/component/default/slow")
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "This took longer than 20ms.") {
		t.Errorf("the API answers %d: %s", answer.Code, answer.Body)
	}
	if answer := s.ask(t, "GET /catalog/component/default/slow", browser); answer.Code != http.StatusServiceUnavailable {
		t.Errorf("the page answers %d: %s", answer.Code, answer.Body)
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	answer := s.ask(t, "GET /api/v1/entities/component/default/panic")
	if answer.Code != http.StatusInternalServerError || strings.Contains(answer.Body.String(), "boom") {
		t.Errorf("answered %d: %s", answer.Code, answer.Body)
	}
	if log := s.log.String(); !strings.Contains(log, "handler panicked: boom") || !strings.Contains(log, "site_test.go") {
		t.Errorf("the log does not say where: %s", log)
	}
}

func TestAPanicInTheMiddleBreaksTheAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) {
		o.Git = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			panic("boom")
		})
	})
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("ended with %v; the client takes half an answer for a whole one", err)
		}
	}()
	s.ask(t, "GET /git/orders.git/info/refs")
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, tt := range []struct {
		name, line, accept string
		kind, says         string
		status             int
	}{
		{"a page in a browser", "GET /nothing", "text/html", "text/html", "There is no page at this address.", 404},
		{"a page by curl", "GET /nothing", "*/*", "text/plain", "Error: There is no page at this address.\nHint:", 404},
		{"a page by a program", "GET /nothing", "application/json", "application/problem+json", `"code":"not_found"`, 404},
		{"the API", "GET /api/v1/nothing", "text/html", "application/problem+json", `"code":"not_found"`, 404},
		{"beside the API", "GET /api", "*/*", "application/problem+json", `"code":"not_found"`, 404},
		{"the broker", "GET /broker/nothing", "application/hal+json", "application/json", "The requested document was not found on this server.", 404},
		{"a method that a page does not have", "DELETE /catalog", "text/html", "text/html", "does not answer to this method", 405},
		{"a method that another address does not have", "DELETE /healthz", "*/*", "text/plain", "does not answer to this method", 405},
		{"a method that nobody knows, at the broker", "FOO /broker/pacticipants", "*/*", "application/hal+json", "FOO is no method that is known here.", 501},
		{"a method that nobody knows", "FOO /catalog", "text/html", "text/html", "does not answer to this method", 405},
		{"a file", "GET /static/nothing.css", "*/*", "text/plain", "There is no file", 404},
		{"an entity", "GET /catalog/component/default/ghost", "text/html", "text/html", "There is no component:default/ghost.", 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer := s.ask(t, tt.line, "Accept: "+tt.accept)
			if answer.Code != tt.status || !strings.HasPrefix(answer.Header().Get("Content-Type"), tt.kind) || !strings.Contains(answer.Body.String(), tt.says) {
				t.Errorf("answered %d %s: %s", answer.Code, answer.Header().Get("Content-Type"), answer.Body)
			}
		})
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, path := range []string{"/", "/healthz", "/api/v1/version", "/api/openapi.json", "/static/app.1.css", "/nothing", "/runs/r1/events", "/api/v1/runs/r1/events", "/broker"} {
		head, get := s.ask(t, "HEAD "+path), s.ask(t, "GET "+path)
		if head.Code != get.Code || head.Body.Len() != 0 || head.Header().Get("Content-Type") != get.Header().Get("Content-Type") {
			t.Errorf("%s: HEAD %d %q with %d bytes, GET %d %q", path, head.Code, head.Header().Get("Content-Type"), head.Body.Len(), get.Code, get.Header().Get("Content-Type"))
		}
	}
	if !strings.Contains(s.log.String(), `"method":"HEAD"`) {
		t.Error("the log does not tell HEAD from GET")
	}
}

func TestLogsAreQuietAboutFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.ask(t, "GET /static/app.1.css")
	s.ask(t, "GET /catalog?kind=component")
	log := s.log.String()
	if !strings.Contains(log, `"level":"DEBUG","msg":"request","method":"GET","path":"/static/app.1.css"`) ||
		!strings.Contains(log, `"level":"INFO","msg":"request","method":"GET","path":"/catalog","route":"/catalog","status":200`) {
		t.Errorf("the log is\n%s", log)
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	if answer := s.ask(t, "GET /metrics"); answer.Code != 200 || answer.Body.String() != "up 1\n" {
		t.Errorf("metrics: %d %s", answer.Code, answer.Body)
	}
	if answer := s.ask(t, "GET /readyz"); answer.Code != 200 || !strings.Contains(answer.Body.String(), `"status":"ok"`) {
		t.Errorf("ready: %d %s", answer.Code, answer.Body)
	}
	s.Drain()
	if answer := s.ask(t, "GET /readyz"); answer.Code != 503 || !strings.Contains(answer.Body.String(), "stopping") {
		t.Errorf("stopping: %d %s", answer.Code, answer.Body)
	}
	ill := newSite(t, func(o *Options) { o.About = &fakeAccess{full: true} })
	if answer := ill.ask(t, "GET /readyz"); answer.Code != 503 || !strings.Contains(answer.Body.String(), `"queue":false`) || strings.Contains(answer.Body.String(), "slow") {
		t.Errorf("ill: %d %s", answer.Code, answer.Body)
	}
	if answer := ill.ask(t, "GET /healthz"); answer.Code != 200 {
		t.Errorf("an ill server is alive all the same: %d", answer.Code)
	}
}
