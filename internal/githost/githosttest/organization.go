package githosttest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Commit puts files into a repository, which is made when it is not there. The
// content - takes a file away, and "-> TARGET" is a link.
func (g *GitHub) Commit(owner, name string, files map[string]string) {
	g.t.Helper()
	g.CommitTo(owner, name, "main", files)
}

// CommitTo does so on a branch, which starts at the default one when it is not there.
func (g *GitHub) CommitTo(owner, name, branch string, files map[string]string) {
	g.t.Helper()
	g.mu.Lock()
	found := g.repos[strings.ToLower(owner+"/"+name)]
	g.mu.Unlock()
	if found == nil {
		g.Put(owner, name)
	}
	g.Change(owner, name, func(r *Repository) { r.Pushed = r.Pushed.Add(time.Minute) })
	g.mu.Lock()
	bare := g.bare(g.repos[strings.ToLower(owner+"/"+name)])
	g.mu.Unlock()
	work := g.t.TempDir()
	g.run(work, "clone", "--quiet", bare, "work")
	work = filepath.Join(work, "work")
	for path, content := range files {
		full := filepath.Join(work, path)
		if content == "-" {
			g.run(work, "rm", "--quiet", path)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
			g.t.Fatal(err)
		}
		if target, link := strings.CutPrefix(content, "-> "); link {
			if err := os.Symlink(target, full); err != nil {
				g.t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			g.t.Fatal(err)
		}
	}
	g.run(work, "checkout", "--quiet", "-B", branch)
	g.run(work, "add", "--all")
	g.run(work, "-c", "user.name=Octo Cat", "-c", "user.email=octocat@github.com", "commit", "--quiet", "--allow-empty", "-m", "change")
	g.run(work, "push", "--quiet", "--force", "origin", branch)
}

// Repository is what tests change of a repository.
type Repository struct {
	Name           string
	Archived, Fork bool
	Topics         []string
	Visibility     string // public when empty
	Pushed         time.Time
	Cut            int // how many files a tree lists; 0: all
}

// Change changes a repository.
func (g *GitHub) Change(owner, name string, change func(r *Repository)) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	key := strings.ToLower(owner + "/" + name)
	found := g.repos[key]
	if found == nil {
		g.t.Fatalf("there is no repository %s", key)
	}
	if found.pushed.IsZero() {
		found.pushed = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	}
	r := Repository{Name: found.name, Archived: found.archived, Fork: found.fork, Topics: found.topics, Visibility: found.visibility, Pushed: found.pushed, Cut: found.cut}
	change(&r)
	delete(g.repos, key)
	found.name, found.archived, found.fork, found.topics, found.pushed, found.cut = r.Name, r.Archived, r.Fork, r.Topics, r.Pushed, r.Cut
	found.visibility = r.Visibility
	g.repos[strings.ToLower(owner+"/"+r.Name)] = found
}

// Drop takes a repository away.
func (g *GitHub) Drop(owner, name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.repos, strings.ToLower(owner+"/"+name))
}

func (g *GitHub) bare(r *repo) string {
	found, ok, err := g.git.Find(g.t.Context(), r.folder)
	if err != nil || !ok {
		g.t.Fatalf("repository %s: %v", r.folder, err)
	}
	return found.LocalPath
}

func (g *GitHub) run(folder string, args ...string) {
	g.t.Helper()
	cmd := exec.CommandContext(g.t.Context(), "git", args...) // #nosec G204 G702 -- a test says what
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		g.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

func pushedAt(r *repo) any {
	if r.pushed.IsZero() {
		return nil
	}
	return r.pushed
}

// linked is a page with what its Link header says.
type linked struct {
	body any
	link string
}

// conditional answers with an ETag, and without a body when the caller has it.
func (g *GitHub) conditional(w http.ResponseWriter, r *http.Request, body any) {
	if page, ok := body.(linked); ok {
		body = page.body
		if page.link != "" {
			w.Header().Set("Link", page.link)
		}
	}
	if text, ok := body.(raw); ok {
		w.Header().Set("Content-Type", "application/vnd.github.raw+json; charset=utf-8")
		_, _ = w.Write(text) // #nosec G705 -- no browser asks a fake of a test
		return
	}
	data, err := json.Marshal(body)
	if err != nil {
		g.t.Errorf("encode: %v", err)
	}
	etag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(data))
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		g.requests[len(g.requests)-1] += " 304"
		w.WriteHeader(http.StatusNotModified)
		return
	}
	respond(w, http.StatusOK, body)
}

// list answers "List organization repositories".
func (g *GitHub) list(r *http.Request, org string) (int, any) {
	q := r.URL.Query()
	g.allowed(r, q, map[string][]string{
		"type": {"all", "public", "private", "forks", "sources", "member"}, "sort": {"created", "updated", "pushed", "full_name"},
		"direction": {"asc", "desc"}, "per_page": nil, "page": nil,
	})
	size, err := strconv.Atoi(q.Get("per_page"))
	if q.Has("per_page") && (err != nil || size < 1 || size > 100) {
		g.t.Errorf("per_page=%s; GitHub takes 1 to 100", q.Get("per_page"))
	}
	number, err := strconv.Atoi(q.Get("page"))
	if q.Has("page") && (err != nil || number < 1) {
		g.t.Errorf("page=%s", q.Get("page"))
	}
	if org != "acme" {
		return http.StatusNotFound, problem("Not Found")
	}
	if g.PageSize > 0 {
		size = g.PageSize
	}
	var all []*repo
	for _, found := range g.repos {
		if strings.EqualFold(found.owner, org) {
			all = append(all, found)
		}
	}
	slices.SortFunc(all, func(a, b *repo) int { return strings.Compare(a.name, b.name) })
	first := min((max(number, 1)-1)*size, len(all))
	last := min(first+size, len(all))
	page := []map[string]any{}
	for _, found := range all[first:last] {
		page = append(page, g.json(found))
	}
	link := ""
	if last < len(all) {
		q.Set("page", strconv.Itoa(max(number, 1)+1))
		link = fmt.Sprintf(`<%s%s?%s>; rel="next"`, g.server.URL, r.URL.Path, q.Encode())
	}
	return http.StatusOK, linked{page, link}
}

// allowed fails the test when a request has parameters that the description of
// the API does not name.
func (g *GitHub) allowed(r *http.Request, q url.Values, parameters map[string][]string) {
	for name, values := range q {
		words, ok := parameters[name]
		if !ok || len(values) != 1 || words != nil && !slices.Contains(words, values[0]) {
			g.t.Errorf("%s %s: parameter %s=%v is not in GitHub's description", r.Method, r.URL.Path, name, values)
		}
	}
}

// contents answers "Get repository content" for a file.
func (g *GitHub) contents(r *http.Request, owner, name, path string) (int, any) {
	g.allowed(r, r.URL.Query(), map[string][]string{"ref": nil})
	found := g.repos[strings.ToLower(owner+"/"+name)]
	if found == nil {
		return http.StatusNotFound, problem("Not Found")
	}
	ref := r.URL.Query().Get("ref")
	if ref == "" {
		ref = "main"
	}
	data, ok := g.show(found, ref, path)
	if !ok {
		return http.StatusNotFound, problem("Not Found")
	}
	return http.StatusOK, map[string]any{
		"type": "file", "encoding": "base64", "size": len(data), "name": filepath.Base(path), "path": path, "sha": g.resolve(found, ref+":"+path),
		"content": base64.StdEncoding.EncodeToString(data),
	}
}

// tree answers "Get a tree".
func (g *GitHub) tree(r *http.Request, owner, name, ref string) (int, any) {
	g.allowed(r, r.URL.Query(), map[string][]string{"recursive": nil})
	found := g.repos[strings.ToLower(owner+"/"+name)]
	if found == nil {
		return http.StatusNotFound, problem("Not Found")
	}
	data, err := exec.CommandContext(g.t.Context(), "git", "-C", g.bare(found), "ls-tree", "-r", "-t", "-z", ref).Output() // #nosec G204 G702 -- of a test
	if err != nil {
		return http.StatusConflict, problem("Git Repository is empty.")
	}
	entries := []map[string]any{}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\x00"), "\x00") {
		head, path, _ := strings.Cut(line, "\t")
		parts := strings.Fields(head)
		entries = append(entries, map[string]any{"path": path, "mode": parts[0], "type": parts[1], "sha": parts[2]})
	}
	cut := found.cut > 0 && len(entries) > found.cut
	if cut {
		entries = entries[:found.cut]
	}
	return http.StatusOK, map[string]any{"sha": ref, "tree": entries, "truncated": cut}
}
