package git_test

import (
	"path/filepath"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/git"
)

func TestAncestors(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	for _, subject := range []string{"one", "two"} {
		s.commit(t, "Ada", subject, "file", subject)
	}
	s.git(t, "Bob", "checkout", "-q", "-b", "side")
	s.commit(t, "Bob", "side", "side", "x")
	s.git(t, "Ada", "checkout", "-q", "main")
	s.commit(t, "Ada", "three", "file", "three")
	s.git(t, "Ada", "merge", "-q", "--no-ff", "-m", "merged", "side")
	subjects := map[string]string{}
	for subject, id := range s.ids {
		subjects[id] = subject
	}
	ask := func(folder string, limit int) map[string]bool {
		t.Helper()
		found, err := git.Ancestors(t.Context(), folder, limit)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]bool{}
		for _, id := range found {
			if subjects[id] == "" || out[subjects[id]] {
				t.Errorf("%s is no commit before, or told twice", id)
			}
			out[subjects[id]] = true
		}
		return out
	}
	if diff := gocmp.Diff(map[string]bool{"one": true, "two": true, "three": true, "side": true}, ask(s.folder, 10)); diff != "" {
		t.Errorf("ancestors (-want +got):\n%s", diff)
	}
	if few := ask(s.folder, 2); len(few) != 2 || few["one"] {
		t.Errorf("the nearest two are %v", few)
	}
	// A clone of one commit knows its parents, one of three those of the third.
	for depth, want := range map[string]map[string]bool{
		"1": {"three": true, "side": true},
		"2": {"three": true, "side": true, "two": true},
	} {
		clone := filepath.Join(t.TempDir(), "clone")
		s.git(t, "Ada", "clone", "-q", "--depth", depth, "file://"+s.folder, clone)
		if diff := gocmp.Diff(want, ask(clone, 10)); diff != "" {
			t.Errorf("ancestors in a clone of depth %s (-want +got):\n%s", depth, diff)
		}
	}
	first := newStory(t)
	first.commit(t, "Ada", "first", "file", "x")
	if found := ask(first.folder, 10); len(found) != 0 {
		t.Errorf("the first commit comes after %v", found)
	}
	if _, err := git.Ancestors(t.Context(), newStory(t).folder, 10); err == nil {
		t.Error("a repository without a commit has ancestors")
	}
	if _, err := git.Ancestors(t.Context(), t.TempDir(), 10); err == nil {
		t.Error("a folder that is no repository has ancestors")
	}
}
