// Package githosttest has a GitHub for tests: the part of its REST API that the
// platform uses, strict about what the published description asks of requests,
// and real git repositories behind it.
package githosttest

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/pipelines"
)

// Token is the one the fake accepts.
const Token = "ghp_aFakeTokenThatOnlyTestsKnow0123456789" // #nosec G101 -- opens nothing but the fake

// GitHub is a fake of github.com with one user, octocat, and one organisation,
// acme.
type GitHub struct {
	// PageSize makes lists shorter than what is asked for; 0 leaves them.
	PageSize int

	t      testing.TB
	server *httptest.Server
	git    *githost.Local

	mu       sync.Mutex
	repos    map[string]*repo // by owner/name, lower case
	nextID   int64
	failures []Failure
	requests []string
}

type repo struct {
	id                                 int64
	owner, name, description, homepage string
	folder                             string // under which git keeps it; stays when it is renamed
	private, archived, fork            bool
	topics                             []string
	visibility                         string
	pushed                             time.Time // zero: never
	cut                                int       // how many files a tree lists; 0: all
	pulls                              []Pull
}

// Failure is an answer that the fake gives instead of its own.
type Failure struct {
	Method, Path string // of the requests it is for; empty means any
	Status       int    // 0: the connection breaks
	Header       map[string]string
	Message      string
	After        bool // the request is carried out first, and only its answer is replaced
	Times        int  // how often; 1 when 0
}

// NewGitHub starts a fake that ends with the test.
func NewGitHub(t testing.TB) *GitHub {
	t.Helper()
	g := &GitHub{t: t, git: githost.NewLocal(t.TempDir(), "http://127.0.0.1"), repos: map[string]*repo{}, nextID: 1296269}
	g.server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.server.Close)
	return g
}

// URL returns the address of its API.
func (g *GitHub) URL() string { return g.server.URL }

// Fail makes the fake give these answers.
func (g *GitHub) Fail(failures ...Failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures = append(g.failures, failures...)
}

// Requests returns the API requests so far, as "METHOD path".
func (g *GitHub) Requests() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.requests...)
}

// Repositories returns how many repositories there are.
func (g *GitHub) Repositories() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.repos)
}

// Put makes a repository that somebody else owns up to.
func (g *GitHub) Put(owner, name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, err := g.add(&repo{owner: owner, name: name}); err != nil {
		g.t.Errorf("put repository: %v", err)
	}
}

func (g *GitHub) add(r *repo) (*repo, error) {
	g.nextID++
	r.id = g.nextID
	r.folder = r.owner + "--" + r.name
	g.repos[strings.ToLower(r.owner+"/"+r.name)] = r
	_, err := g.git.Create(g.t.Context(), pipelines.NewRepository{Name: r.folder, Key: strconv.FormatInt(r.id, 10)})
	return r, err
}

func (g *GitHub) serve(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, ".git/") {
		g.serveGit(w, r)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests = append(g.requests, r.Method+" "+r.URL.Path)
	failure, fails := g.failure(r)
	if fails && !failure.After {
		fail(w, failure)
		return
	}
	status, body := g.answer(r)
	if fails {
		fail(w, failure)
		return
	}
	if status == http.StatusOK && r.Method == http.MethodGet {
		g.conditional(w, r, body)
		return
	}
	respond(w, status, body)
}

func (g *GitHub) failure(r *http.Request) (Failure, bool) {
	for i := range g.failures {
		f := &g.failures[i]
		if (f.Method != "" && f.Method != r.Method) || (f.Path != "" && f.Path != r.URL.Path) || f.Times < 0 {
			continue
		}
		if f.Times--; f.Times <= 0 {
			f.Times = -1
		}
		return *f, true
	}
	return Failure{}, false
}

func fail(w http.ResponseWriter, f Failure) {
	if f.Status == 0 {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
		return
	}
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	respond(w, f.Status, problem(f.Message))
}

func problem(message string) map[string]any {
	return map[string]any{"message": message, "documentation_url": "https://docs.github.com/rest"}
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	data, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	if body != nil {
		_, _ = w.Write(data)
	}
}

// answer is what GitHub would answer. What the published description does not
// allow in a request fails the test.
func (g *GitHub) answer(r *http.Request) (int, any) {
	if r.Header.Get("User-Agent") == "" {
		return http.StatusForbidden, problem("Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
	}
	if r.Header.Get("Authorization") != "Bearer "+Token {
		return http.StatusUnauthorized, problem("Bad credentials")
	}
	if !strings.Contains(r.Header.Get("Accept"), "application/vnd.github") || r.Header.Get("X-Github-Api-Version") != "2022-11-28" {
		g.t.Errorf("%s %s: Accept %q and X-GitHub-Api-Version %q are not what GitHub asks for",
			r.Method, r.URL.Path, r.Header.Get("Accept"), r.Header.Get("X-Github-Api-Version"))
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/user":
		return http.StatusOK, accountJSON("octocat")
	case r.Method == http.MethodGet && len(parts) == 2 && parts[0] == "users":
		if parts[1] != "octocat" && parts[1] != "acme" {
			return http.StatusNotFound, problem("Not Found")
		}
		return http.StatusOK, accountJSON(parts[1])
	case r.Method == http.MethodPost && r.URL.Path == "/user/repos":
		return g.create(r, "octocat")
	case r.Method == http.MethodPost && len(parts) == 3 && parts[0] == "orgs" && parts[2] == "repos":
		if parts[1] != "acme" {
			return http.StatusNotFound, problem("Not Found")
		}
		return g.create(r, parts[1])
	case r.Method == http.MethodGet && len(parts) == 3 && parts[0] == "orgs" && parts[2] == "repos":
		return g.list(r, parts[1])
	case r.Method == http.MethodGet && len(parts) >= 5 && parts[0] == "repos" && parts[3] == "contents":
		return g.contents(r, parts[1], parts[2], strings.Join(parts[4:], "/"))
	case r.Method == http.MethodGet && len(parts) == 6 && parts[0] == "repos" && parts[3] == "git" && parts[4] == "trees":
		return g.tree(r, parts[1], parts[2], parts[5])
	case len(parts) == 3 && parts[0] == "repos" && (r.Method == http.MethodGet || r.Method == http.MethodDelete):
		return g.repository(r.Method, parts[1], parts[2])
	}
	if status, body, ok := g.changes(r, parts); ok {
		return status, body
	}
	g.t.Errorf("%s %s is nothing the platform should ask of GitHub", r.Method, r.URL.Path)
	return http.StatusNotFound, problem("Not Found")
}

func accountJSON(login string) map[string]any {
	kind := "User"
	if login == "acme" {
		kind = "Organization"
	}
	return map[string]any{"login": login, "id": 1, "type": kind}
}

// create answers "Create an organization repository" and "Create a repository
// for the authenticated user".
func (g *GitHub) create(r *http.Request, owner string) (int, any) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		g.t.Errorf("Content-Type of %s = %q", r.URL.Path, r.Header.Get("Content-Type"))
	}
	var body struct {
		Name        *string `json:"name"`
		Description *string `json:"description"`
		Homepage    *string `json:"homepage"`
		Private     *bool   `json:"private"`
		AutoInit    *bool   `json:"auto_init"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		g.t.Errorf("body of %s: %v", r.URL.Path, err)
		return http.StatusBadRequest, problem("Problems parsing JSON")
	}
	switch {
	case body.Name == nil || !regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`).MatchString(*body.Name):
		return http.StatusUnprocessableEntity, validation("missing_field", "name", "")
	case body.Description != nil && (len([]rune(*body.Description)) > 350 || strings.ContainsFunc(*body.Description, unicode.IsControl)):
		return http.StatusUnprocessableEntity, validation("custom", "description", "description control characters are not allowed")
	case body.AutoInit != nil && *body.AutoInit:
		g.t.Errorf("auto_init would make a commit that is not ours")
	case g.repos[strings.ToLower(owner+"/"+*body.Name)] != nil:
		return http.StatusUnprocessableEntity, validation("custom", "name", "name already exists on this account")
	}
	made, err := g.add(&repo{
		owner: owner, name: *body.Name, description: value(body.Description),
		homepage: value(body.Homepage), private: body.Private != nil && *body.Private,
	})
	if err != nil {
		g.t.Errorf("make repository: %v", err)
	}
	return http.StatusCreated, g.json(made)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func validation(code, field, message string) map[string]any {
	return map[string]any{
		"message": "Repository creation failed.", "documentation_url": "https://docs.github.com/rest/repos/repos",
		"errors": []map[string]string{{"resource": "Repository", "code": code, "field": field, "message": message}},
	}
}

func (g *GitHub) repository(method, owner, name string) (int, any) {
	key := strings.ToLower(owner + "/" + name)
	found := g.repos[key]
	if found == nil {
		return http.StatusNotFound, problem("Not Found")
	}
	if method == http.MethodDelete {
		delete(g.repos, key)
		err := g.git.Delete(g.t.Context(), pipelines.Repository{Name: found.folder, ID: strconv.FormatInt(found.id, 10)})
		if err != nil {
			g.t.Errorf("remove repository: %v", err)
		}
		return http.StatusNoContent, nil
	}
	return http.StatusOK, g.json(found)
}

func (g *GitHub) json(r *repo) map[string]any {
	return map[string]any{
		"id": r.id, "name": r.name, "full_name": r.owner + "/" + r.name, "owner": accountJSON(r.owner),
		"private": r.private, "description": r.description, "homepage": r.homepage,
		"html_url": g.server.URL + "/" + r.owner + "/" + r.name, "clone_url": g.server.URL + "/" + r.owner + "/" + r.name + ".git",
		"archived": r.archived, "fork": r.fork, "topics": append([]string{}, r.topics...), "pushed_at": pushedAt(r),
		"visibility":     cmp.Or(r.visibility, "public"),
		"default_branch": "main", "created_at": time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

// serveGit answers git itself, to whoever has the token.
func (g *GitHub) serveGit(w http.ResponseWriter, r *http.Request) {
	if name, password, ok := r.BasicAuth(); !ok || name != "x-access-token" || password != Token {
		w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		http.Error(w, "Repository not found.", http.StatusUnauthorized)
		return
	}
	owner, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	name, rest, _ := strings.Cut(rest, ".git")
	g.mu.Lock()
	if found := g.repos[strings.ToLower(owner+"/"+name)]; found != nil {
		owner, name = "", found.folder
	} else {
		owner += "--"
	}
	g.mu.Unlock()
	r.URL.Path = "/" + owner + name + ".git" + rest
	g.git.Serve(githost.ServeOptions{
		Log:     slog.New(slog.DiscardHandler),
		MayPush: func(*http.Request) (string, error) { return "octocat", nil },
		Refuse: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "Repository not found.", fault.CodeOf(err).HTTPStatus())
		},
	}).ServeHTTP(w, r)
}
