package git_test

import (
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
)

// versions makes a repository whose catalog file says in each branch and tag
// which one that is.
func versions(t *testing.T) *story {
	t.Helper()
	s := newStory(t)
	put := func(name string) {
		t.Helper()
		s.commit(t, "Ada", name, "svc/catalog-info.yaml", strings.Replace(component, "orders", name, 1))
	}
	put("first")
	s.git(t, "Ada", "tag", "light")
	s.git(t, "Ada", "tag", "-a", "-m", "x", "annotated")
	s.git(t, "Ada", "tag", "-a", "-m", "x", "nested", "annotated")
	s.git(t, "Ada", "tag", "both")
	s.git(t, "Ada", "tag", "release/1.0")
	s.git(t, "Ada", "tag", "tree", "HEAD^{tree}")
	s.git(t, "Ada", "checkout", "-q", "-b", "both")
	put("branch")
	s.git(t, "Ada", "checkout", "-q", "-b", "feature/x", "main")
	put("slashed")
	s.git(t, "Ada", "checkout", "-q", "main")
	put("newest")
	return s
}

// addresses are those of a repository, on this machine and over HTTP.
func addresses(t *testing.T, s *story) map[string]string {
	t.Helper()
	return map[string]string{
		"a folder":  s.folder,
		"over HTTP": serve(t, filepath.Dir(s.folder)) + "/" + filepath.Base(s.folder) + "/.git",
	}
}

func TestBranchesAndTags(t *testing.T) {
	t.Parallel()
	s := versions(t)
	for _, address := range addresses(t, s) {
		reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
		for _, tt := range []struct{ branch, want, called string }{
			{"", "newest", "main"},
			{"main", "newest", "main"},
			{"light", "first", "light"},
			{"annotated", "first", "annotated"},
			{"nested", "first", "nested"},
			{"both", "branch", "both"},
			{"refs/heads/both", "branch", "both"},
			{"refs/tags/both", "first", "both"},
			{"feature/x", "slashed", "feature/x"},
			{"release/1.0", "first", "release/1.0"},
			{"refs/tags/annotated", "first", "annotated"},
		} {
			l := catalog.Location{Type: catalog.LocationGit, Target: address, Branch: tt.branch}
			tree := open(t, reader, l)
			data, err := fs.ReadFile(tree.FS, "svc/catalog-info.yaml")
			if err != nil || !strings.Contains(string(data), "name: "+tt.want+"\n") || tree.Branch != tt.called || tree.Commit != s.ids[tt.want] {
				t.Errorf("%s: %q, called %q, is %s: %q, %v", address, tt.branch, tree.Branch, tree.Commit, data, err)
			}
			l.Version = tree.Version()
			if again, err := reader.Open(t.Context(), l); err != nil || !again.Unchanged {
				t.Errorf("%s: %q is read again though nothing changed: %v", address, tt.branch, err)
			}
		}
		for _, tt := range []struct {
			branch, path, says, hint string
			code                     fault.Code
		}{
			{"none", "", "has no branch or tag none.", "leave the branch out", fault.NotFound},
			{"refs/tags/main", "", "has no branch or tag refs/tags/main.", "Check", fault.NotFound},
			{"feature", "x/svc", "has no branch or tag feature, but feature/x.", "--branch feature/x --path svc", fault.NotFound},
			{"feature", "x", "has no branch or tag feature, but feature/x.", "--branch feature/x", fault.NotFound},
			{"release", "1.0/svc/catalog-info.yaml", "but release/1.0.", "--branch release/1.0 --path svc/catalog-info.yaml", fault.NotFound},
			{"feature", "y", "has no branch or tag feature.", "Check", fault.NotFound},
			{s.ids["first"], "", "If that is a commit", "git tag v1 " + s.ids["first"], fault.NotFound},
			{s.ids["first"][:8], "", "If that is a commit", "name the tag", fault.NotFound},
			{"tree", "", "is of something that is no commit", "tag of a commit", fault.Invalid},
		} {
			_, err := reader.Open(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: address, Branch: tt.branch, Path: tt.path})
			if !fault.Is(err, tt.code) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(fault.From(err).Hint, tt.hint) {
				t.Errorf("%s: %q %q: %v (%s), want %q with the hint %q", address, tt.branch, tt.path, err, fault.From(err).Hint, tt.says, tt.hint)
			}
		}
	}
}

// TestATagThatMoves: what it names now is read; when it is gone, its entities
// stay and the location says why.
func TestATagThatMoves(t *testing.T) {
	t.Parallel()
	for _, kind := range [][]string{{"-f", "stable"}, {"-f", "-a", "-m", "x", "stable"}} {
		s := versions(t)
		tag := func(at string) { s.git(t, "Ada", append(append([]string{"tag"}, kind...), at)...) }
		tag(s.ids["first"])
		for name, address := range addresses(t, s) {
			tag(s.ids["first"])
			fake := catalogtest.NewFake()
			reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: allow(t, "127.0.0.1")})
			c := catalog.New(fake, fake, reader, slog.New(slog.DiscardHandler))
			r, err := c.Register(t.Context(), catalog.Location{Target: address, Type: catalog.LocationGit, Branch: "stable", Path: "svc"})
			if err != nil || len(r.Entities) != 1 || r.Entities[0].Name != "first" {
				t.Fatalf("%s: %+v, %v", name, r.Entities, err)
			}
			tag(s.ids["newest"])
			r, err = c.Refresh(t.Context(), r.Location.ID)
			if err != nil || len(r.Entities) != 1 || r.Entities[0].Name != "newest" || r.Location.Commit != s.ids["newest"] {
				t.Errorf("%s: moved: %+v at %s, %v", name, r.Entities, r.Location.Commit, err)
			}
			s.git(t, "Ada", "tag", "-d", "stable")
			if _, err = c.Refresh(t.Context(), r.Location.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: deleted: %v", name, err)
			}
			e, err := c.Get(t.Context(), catalog.NewRef("Component", "", "newest"))
			if err != nil || !e.OrphanedAt.IsZero() {
				t.Errorf("%s: after its tag is gone: %+v, %v", name, e.OrphanedAt, err)
			}
			l, _, err := c.LocationByID(t.Context(), r.Location.ID)
			if err != nil || len(l.Errors) != 1 || !strings.Contains(l.Errors[0].Message, "has no branch or tag stable") {
				t.Errorf("%s: the location says %+v, %v", name, l.Errors, err)
			}
		}
	}
}
