package git_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/git"
)

// story is a repository made by git, commit by commit.
type story struct {
	folder string
	ids    map[string]string // by subject
}

func newStory(t *testing.T) *story {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("the program git is not installed")
	}
	s := &story{folder: t.TempDir(), ids: map[string]string{}}
	s.git(t, "Ada", "init", "-q", "-b", "main")
	return s
}

func (s *story) git(t *testing.T, who string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = s.folder
	cmd.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME="+who, "GIT_AUTHOR_EMAIL="+strings.ToLower(who)+"@acme.io", "GIT_COMMITTER_NAME=GitHub", "GIT_COMMITTER_EMAIL=noreply@github.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes a file, or deletes it when it is to be empty.
func (s *story) commit(t *testing.T, who, subject, file, content string) {
	t.Helper()
	full := filepath.Join(s.folder, file)
	var err error
	if content == "" {
		err = os.Remove(full)
	} else {
		if err = os.MkdirAll(filepath.Dir(full), 0o755); err == nil {
			err = os.WriteFile(full, []byte(content), 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	s.git(t, who, "add", "-A")
	s.git(t, who, "commit", "-q", "-m", subject+"\n\nAt length.")
	s.ids[subject] = s.git(t, who, "rev-parse", "HEAD")
}

// tell returns who did what to the files since a commit.
func tell(commits map[string][]catalog.Commit) map[string]string {
	out := map[string]string{}
	for file, list := range commits {
		var lines []string
		for _, c := range list {
			lines = append(lines, c.Author+" "+c.Email+": "+c.Subject)
		}
		out[file] = strings.Join(lines, ", ")
	}
	return out
}

func commitsOf(changes map[string][]catalog.FileCommit) map[string][]catalog.Commit {
	out := map[string][]catalog.Commit{}
	for file, list := range changes {
		for _, c := range list {
			out[file] = append(out[file], c.Commit)
		}
	}
	return out
}

func TestWhoChangedAFile(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.commit(t, "Ada", "first", "catalog-info.yaml", component)
	s.commit(t, "Ada", "stock", "stock/catalog-info.yaml", component)
	s.commit(t, "Bob", "owner", "catalog-info.yaml", component+"# owner\n")
	s.commit(t, "Cyd", "readme", "README.md", "read me")
	s.git(t, "Dan", "checkout", "-q", "-b", "side", s.ids["stock"])
	s.commit(t, "Dan", "side", "api/openapi.yaml", "openapi: 3.1.0")
	s.git(t, "Eve", "checkout", "-q", "main")
	s.git(t, "Eve", "merge", "-q", "--no-ff", "-m", "merge", "side")
	s.commit(t, "Fay", "gone", "stock/catalog-info.yaml", "")

	address := serve(t, filepath.Dir(s.folder)) + "/" + filepath.Base(s.folder) + "/.git"
	reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	files := []string{"README.md", "api/openapi.yaml", "catalog-info.yaml", "never.yaml", "stock/catalog-info.yaml"}
	const bob, cyd, dan, fay = "Bob bob@acme.io: owner", "Cyd cyd@acme.io: readme", "Dan dan@acme.io: side", "Fay fay@acme.io: gone"
	for _, target := range []string{s.folder, address} {
		tree := open(t, reader, catalog.Location{Type: catalog.LocationGit, Target: target})
		for since, want := range map[string]map[string]string{
			"first":  {"catalog-info.yaml": bob, "README.md": cyd, "api/openapi.yaml": dan, "stock/catalog-info.yaml": fay + ", Ada ada@acme.io: stock"},
			"readme": {"api/openapi.yaml": dan, "stock/catalog-info.yaml": fay},
		} {
			if diff := gocmp.Diff(want, tell(commitsOf(tree.Commits(t.Context(), s.ids[since], files)))); diff != "" {
				t.Errorf("%s since %s (-want +got):\n%s", target, since, diff)
			}
		}
		change := tree.Commits(t.Context(), s.ids["first"], files)["catalog-info.yaml"][0]
		if change.Commit.ID != s.ids["owner"] || change.Commit.At.IsZero() {
			t.Errorf("%s: %+v", target, change.Commit)
		}
		before, known := change.Before[0]()
		if local := target == s.folder; known != local || local && string(before) != component {
			t.Errorf("%s: it was %q, %t", target, before, known)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if found := tree.Commits(ended, s.ids["first"], files); len(found) > 0 {
			t.Errorf("%s: nobody waits, and yet %v", target, found)
		}
	}
}

// TestWhoChangedAFileByForce sets a branch back, and then to another commit.
func TestWhoChangedAFileByForce(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.commit(t, "Ada", "first", "catalog-info.yaml", component)
	s.commit(t, "Bob", "second", "catalog-info.yaml", component+"# 2\n")
	s.commit(t, "Cyd", "third", "catalog-info.yaml", component+"# 3\n")
	s.git(t, "Dan", "branch", "kept") // what no branch has, hosts need not give
	address := serve(t, filepath.Dir(s.folder)) + "/" + filepath.Base(s.folder) + "/.git"
	reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
	asked := func(what string, want, elsewhere map[string]string) {
		t.Helper()
		for target, want := range map[string]map[string]string{s.folder: want, address: elsewhere} {
			tree := open(t, reader, catalog.Location{Type: catalog.LocationGit, Target: target, Branch: "main"})
			if diff := gocmp.Diff(want, tell(commitsOf(tree.Commits(t.Context(), s.ids["third"], []string{"catalog-info.yaml"})))); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", what, target, diff)
			}
		}
	}
	s.git(t, "Dan", "reset", "-q", "--hard", s.ids["first"])
	asked("set back", map[string]string{}, map[string]string{}) // nobody's commit did it
	s.commit(t, "Eve", "another", "catalog-info.yaml", component+"# other\n")
	asked("set to another", map[string]string{"catalog-info.yaml": "Eve eve@acme.io: another"}, map[string]string{})
}

// TestWhoChangedAFileInAClone asks clones that hold only the end of a history.
func TestWhoChangedAFileInAClone(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.commit(t, "Ada", "first", "catalog-info.yaml", component)
	s.commit(t, "Bob", "owner", "catalog-info.yaml", component+"# owner\n")
	s.commit(t, "Cyd", "readme", "README.md", "read me")
	for depth, want := range map[string]map[string]string{
		"1": {}, // the newest commit is the oldest one there is: all may be older
		"2": {"README.md": "Cyd cyd@acme.io: readme"},
		"3": {"README.md": "Cyd cyd@acme.io: readme", "catalog-info.yaml": "Bob bob@acme.io: owner, Ada ada@acme.io: first"},
	} {
		folder := filepath.Join(t.TempDir(), "clone")
		s.git(t, "Eve", "clone", "-q", "--depth", depth, "file://"+s.folder, folder)
		found, err := git.LastCommits(t.Context(), folder, map[string][]byte{
			"README.md": []byte("read me"), "catalog-info.yaml": []byte(component + "# owner\n"), "new.yaml": []byte("x"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, tell(found.Files)); diff != "" {
			t.Errorf("depth %s (-want +got):\n%s", depth, diff)
		}
	}
	edited, err := git.LastCommits(t.Context(), s.folder, map[string][]byte{"README.md": []byte("edited"), "catalog-info.yaml": nil})
	if err != nil || len(edited.Files) > 0 {
		t.Errorf("what is not committed has commits: %v, %v", edited, err)
	}
	if _, err := git.LastCommits(t.Context(), t.TempDir(), nil); err == nil {
		t.Error("a folder without a repository has a history")
	}
}
