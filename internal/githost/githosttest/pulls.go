package githosttest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Pull is a pull request as tests see it.
type Pull struct {
	Number                  int
	Head, Base, Title, Body string
	Open, Merged            bool
}

// Pulls returns the pull requests of a repository, oldest first.
func (g *GitHub) Pulls(owner, name string) []Pull {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.repos[strings.ToLower(owner+"/"+name)].pulls)
}

// ClosePull closes a pull request, or merges it.
func (g *GitHub) ClosePull(owner, name string, number int, merge bool) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	found := g.repos[strings.ToLower(owner+"/"+name)]
	pull := &found.pulls[number-1]
	pull.Open, pull.Merged = false, merge
	if merge {
		bare := g.bare(found)
		g.run(bare, "update-ref", "refs/heads/"+pull.Base, "refs/heads/"+pull.Head)
	}
}

// File returns a file on a branch, "" when there is none.
func (g *GitHub) File(owner, name, branch, path string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	data, _ := g.show(g.repos[strings.ToLower(owner+"/"+name)], branch, path)
	return string(data)
}

// Write puts a file on a branch, as somebody does at GitHub's own page.
func (g *GitHub) Write(owner, name, branch, path, content string) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.commit(g.repos[strings.ToLower(owner+"/"+name)], branch, path, []byte(content), "by hand")
}

func (g *GitHub) show(r *repo, branch, path string) ([]byte, bool) {
	data, err := exec.CommandContext(g.t.Context(), "git", "-C", g.bare(r), "show", branch+":"+path).Output() // #nosec G204 G702 -- of a test
	return data, err == nil
}

// resolve returns what a name in git stands for, "" when there is none.
func (g *GitHub) resolve(r *repo, name string) string {
	out, err := exec.CommandContext(g.t.Context(), "git", "-C", g.bare(r), "rev-parse", "--verify", "--quiet", name).Output() // #nosec G204 G702 -- of a test
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func (g *GitHub) commit(r *repo, branch, path string, content []byte, message string) {
	g.t.Helper()
	work := g.t.TempDir()
	g.run(work, "clone", "--quiet", "--branch", branch, g.bare(r), "work")
	work = filepath.Join(work, "work")
	if err := os.WriteFile(filepath.Join(work, path), content, 0o600); err != nil { // #nosec G703 -- a test says where
		g.t.Fatal(err)
	}
	g.run(work, "add", "--all")
	g.run(work, "-c", "user.name=Octo Cat", "-c", "user.email=octocat@github.com", "commit", "--quiet", "-m", message)
	g.run(work, "push", "--quiet", "origin", "HEAD")
}

// changes answers what changes a repository and what that needs; false when it
// is something else.
func (g *GitHub) changes(r *http.Request, parts []string) (int, any, bool) {
	if len(parts) < 4 || parts[0] != "repos" {
		return 0, nil, false
	}
	found := g.repos[strings.ToLower(parts[1]+"/"+parts[2])]
	if found == nil {
		return http.StatusNotFound, problem("Not Found"), true
	}
	rest := strings.Join(parts[3:], "/")
	status, body := 0, any(nil)
	switch {
	case r.Method == http.MethodGet && strings.HasPrefix(rest, "git/blobs/"):
		status, body = g.blob(r, found, parts[5])
	case r.Method == http.MethodGet && strings.HasPrefix(rest, "git/ref/heads/"):
		status, body = g.ref(found, strings.TrimPrefix(rest, "git/ref/"))
	case r.Method == http.MethodPost && rest == "git/refs":
		status, body = g.makeRef(r, found)
	case r.Method == http.MethodPatch && strings.HasPrefix(rest, "git/refs/heads/"):
		status, body = g.moveRef(r, found, strings.TrimPrefix(rest, "git/refs/"))
	case r.Method == http.MethodPut && parts[3] == "contents":
		status, body = g.put(r, found, strings.Join(parts[4:], "/"))
	case r.Method == http.MethodGet && rest == "pulls":
		status, body = g.listPulls(r, found)
	case r.Method == http.MethodPost && rest == "pulls":
		status, body = g.openPull(r, found)
	case r.Method == http.MethodPatch && len(parts) == 5 && parts[3] == "pulls":
		status, body = g.editPull(r, found, parts[4])
	}
	return status, body, status != 0
}

// body reads the body of a request; fields that the description does not name
// fail the test.
func (g *GitHub) body(r *http.Request, into any) bool {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		g.t.Errorf("Content-Type of %s = %q", r.URL.Path, r.Header.Get("Content-Type"))
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		g.t.Errorf("body of %s %s: %v", r.Method, r.URL.Path, err)
		return false
	}
	return true
}

func invalid(message string) (int, any) {
	return http.StatusUnprocessableEntity, problem(message)
}

// raw is an answer that is no JSON.
type raw []byte

// blob answers "Get a blob" in the form that was asked for.
func (g *GitHub) blob(r *http.Request, found *repo, sha string) (int, any) {
	data, err := exec.CommandContext(g.t.Context(), "git", "-C", g.bare(found), "cat-file", "blob", sha).Output() // #nosec G204 G702 -- of a test
	if err != nil {
		return http.StatusNotFound, problem("Not Found")
	}
	if !strings.Contains(r.Header.Get("Accept"), "raw") {
		g.t.Errorf("a blob is asked for as %s", r.Header.Get("Accept"))
	}
	return http.StatusOK, raw(data)
}

// ref answers "Get a reference".
func (g *GitHub) ref(found *repo, name string) (int, any) {
	sha := g.resolve(found, "refs/"+name)
	if sha == "" {
		return http.StatusNotFound, problem("Not Found")
	}
	return http.StatusOK, refJSON("refs/"+name, sha)
}

func refJSON(name, sha string) map[string]any {
	return map[string]any{"ref": name, "object": map[string]any{"type": "commit", "sha": sha}}
}

// makeRef answers "Create a reference".
func (g *GitHub) makeRef(r *http.Request, found *repo) (int, any) {
	var body struct{ Ref, SHA string }
	if !g.body(r, &body) {
		return http.StatusBadRequest, problem("Problems parsing JSON")
	}
	switch {
	case !strings.HasPrefix(body.Ref, "refs/") || strings.Count(body.Ref, "/") < 2:
		return invalid("Reference name must start with 'refs' and have at least two slashes")
	case g.resolve(found, body.Ref) != "":
		return invalid("Reference already exists")
	case g.resolve(found, body.SHA+"^{commit}") == "":
		return invalid("Object does not exist")
	}
	g.run(g.bare(found), "update-ref", body.Ref, body.SHA)
	return http.StatusCreated, refJSON(body.Ref, body.SHA)
}

// moveRef answers "Update a reference".
func (g *GitHub) moveRef(r *http.Request, found *repo, name string) (int, any) {
	var body struct {
		SHA   string
		Force bool
	}
	if !g.body(r, &body) {
		return http.StatusBadRequest, problem("Problems parsing JSON")
	}
	switch {
	case g.resolve(found, "refs/"+name) == "":
		return invalid("Reference does not exist")
	case !body.Force:
		return invalid("Update is not a fast forward")
	}
	g.run(g.bare(found), "update-ref", "refs/"+name, body.SHA)
	return http.StatusOK, refJSON("refs/"+name, body.SHA)
}

// put answers "Create or update file contents".
func (g *GitHub) put(r *http.Request, found *repo, path string) (int, any) {
	var body struct{ Message, Content, SHA, Branch string }
	if !g.body(r, &body) {
		return http.StatusBadRequest, problem("Problems parsing JSON")
	}
	content, err := base64.StdEncoding.DecodeString(body.Content)
	if err != nil || body.Message == "" {
		return invalid("Invalid request.")
	}
	if g.resolve(found, "refs/heads/"+body.Branch) == "" {
		return http.StatusNotFound, problem("Branch " + body.Branch + " not found")
	}
	there := g.resolve(found, body.Branch+":"+path)
	switch {
	case there != "" && body.SHA == "":
		return invalid(`Invalid request.\n\n"sha" wasn't supplied.`)
	case there != body.SHA:
		return http.StatusConflict, problem(path + " does not match " + body.SHA)
	}
	g.commit(found, body.Branch, path, content, body.Message)
	status := http.StatusOK
	if there == "" {
		status = http.StatusCreated
	}
	return status, map[string]any{"content": map[string]any{"path": path, "sha": g.resolve(found, body.Branch+":"+path)}}
}

// listPulls answers "List pull requests".
func (g *GitHub) listPulls(r *http.Request, found *repo) (int, any) {
	q := r.URL.Query()
	g.allowed(r, q, map[string][]string{
		"state": {"open", "closed", "all"}, "head": nil, "base": nil, "sort": {"created", "updated", "popularity", "long-running"},
		"direction": {"asc", "desc"}, "per_page": nil, "page": nil,
	})
	owner, head, named := strings.Cut(q.Get("head"), ":")
	out := []map[string]any{}
	for _, p := range slices.Backward(found.pulls) { // newest first
		if named && (!strings.EqualFold(owner, found.owner) || head != p.Head) {
			continue
		}
		if state := q.Get("state"); state == "all" || p.Open == (state != "closed") {
			out = append(out, g.pullJSON(found, p))
		}
	}
	return http.StatusOK, out
}

// openPull answers "Create a pull request".
func (g *GitHub) openPull(r *http.Request, found *repo) (int, any) {
	var body struct{ Title, Body, Head, Base string }
	if !g.body(r, &body) {
		return http.StatusBadRequest, problem("Problems parsing JSON")
	}
	head, base := g.resolve(found, "refs/heads/"+body.Head), g.resolve(found, "refs/heads/"+body.Base)
	already := slices.ContainsFunc(found.pulls, func(p Pull) bool { return p.Open && p.Head == body.Head && p.Base == body.Base })
	switch {
	case body.Title == "" || head == "" || base == "":
		return invalid("Validation Failed")
	case already:
		return invalid("A pull request already exists for " + found.owner + ":" + body.Head + ".")
	case !g.ahead(found, body.Base, body.Head):
		return invalid("No commits between " + body.Base + " and " + body.Head)
	case len(body.Body) > 65536:
		return invalid("body is too long (maximum is 65536 characters)")
	}
	found.pulls = append(found.pulls, Pull{Number: len(found.pulls) + 1, Head: body.Head, Base: body.Base, Title: body.Title, Body: body.Body, Open: true})
	return http.StatusCreated, g.pullJSON(found, found.pulls[len(found.pulls)-1])
}

func (g *GitHub) ahead(r *repo, base, head string) bool {
	out, err := exec.CommandContext(g.t.Context(), "git", "-C", g.bare(r), "rev-list", "--max-count=1", base+".."+head).Output() // #nosec G204 G702 -- of a test
	return err == nil && len(bytes.TrimSpace(out)) > 0
}

// editPull answers "Update a pull request".
func (g *GitHub) editPull(r *http.Request, found *repo, number string) (int, any) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(found.pulls) {
		return http.StatusNotFound, problem("Not Found")
	}
	var body struct{ Title, Body *string }
	if !g.body(r, &body) {
		return http.StatusBadRequest, problem("Problems parsing JSON")
	}
	pull := &found.pulls[n-1]
	if body.Title != nil {
		pull.Title = *body.Title
	}
	if body.Body != nil {
		pull.Body = *body.Body
	}
	return http.StatusOK, g.pullJSON(found, *pull)
}

func (g *GitHub) pullJSON(r *repo, p Pull) map[string]any {
	state, mergedAt := "closed", any(nil)
	if p.Open {
		state = "open"
	}
	if p.Merged {
		mergedAt = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	}
	return map[string]any{
		"number": p.Number, "state": state, "title": p.Title, "body": p.Body, "merged_at": mergedAt,
		"html_url": fmt.Sprintf("%s/%s/%s/pull/%d", g.server.URL, r.owner, r.name, p.Number),
		"head":     map[string]any{"ref": p.Head, "sha": g.resolve(r, "refs/heads/"+p.Head)},
		"base":     map[string]any{"ref": p.Base, "sha": g.resolve(r, "refs/heads/"+p.Base)},
	}
}
