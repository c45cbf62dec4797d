package git_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/pipelines"
)

// bareRepository is an empty one in a folder of ours, as a host hands it out.
func bareRepository(t *testing.T) (dir string, to pipelines.Remote) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "orders.git")
	realGit(t, "init", "--quiet", "--bare", dir)
	return dir, pipelines.Remote{URL: dir, Folder: dir}
}

// realGit runs git, away from the settings of whoever runs the test.
func realGit(t *testing.T, words ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", words...)
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("the program git is not installed")
	}
	if err != nil {
		t.Fatalf("git %v: %v\n%s", words, err, out)
	}
	return strings.TrimSpace(string(out))
}

func firstCommit(message string) pipelines.Commit {
	return pipelines.Commit{
		Message: message, Time: time.Unix(1, 0), Author: pipelines.Signature{Name: "Ada", Email: "ada@example.com"},
		Files: []pipelines.CommitFile{
			{Path: "empty"},
			{Path: "same", Body: []byte("twice\n")},
			{Path: "a/b/same", Body: []byte("twice\n")},
			{Path: "run", Body: []byte("#!/bin/sh\n"), Executable: true},
			{Path: "long", Body: []byte(strings.Repeat("a line\n", 10_000))},
		},
	}
}

func TestAFolderOfOursIsWrittenWithoutAskingGit(t *testing.T) {
	dir, to := bareRepository(t)
	path := os.Getenv("PATH")
	t.Setenv("PATH", "")
	id, err := git.New().Push(t.Context(), firstCommit("First"), "main", to)
	if err != nil {
		t.Fatal(err)
	}
	again, err := git.New().Push(t.Context(), firstCommit("First"), "main", to)
	if err != nil || again != id {
		t.Errorf("pushed again: %s, %v, want %s", again, err, id)
	}
	refs, err := git.New().Refs(t.Context(), to)
	if err != nil || len(refs) != 1 || refs["refs/heads/main"] != id {
		t.Errorf("refs: %v, %v", refs, err)
	}
	t.Setenv("PATH", path)
	realGit(t, "-C", dir, "fsck", "--strict", "--full")
	realGit(t, "-C", dir, "verify-pack", packs(t, dir)[0])
	clone := filepath.Join(t.TempDir(), "clone")
	realGit(t, "clone", "--quiet", "--branch", "main", dir, clone)
	if got := realGit(t, "-C", clone, "rev-parse", "HEAD"); got != id {
		t.Errorf("cloned %s, want %s", got, id)
	}
	if body, err := os.ReadFile(filepath.Join(clone, "long")); err != nil || len(body) != 70_000 {
		t.Errorf("a file of %d bytes, %v", len(body), err)
	}
	if got := realGit(t, "-C", clone, "status", "--porcelain"); got != "" {
		t.Errorf("the clone differs from its commit:\n%s", got)
	}
	noDrafts(t, dir)
}

func packs(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.idx"))
	if err != nil || len(found) != 1 {
		t.Fatalf("packs: %v, %v", found, err)
	}
	return found
}

// noDrafts fails when a push left something behind that is no part of a repository.
func noDrafts(t *testing.T, dir string) {
	t.Helper()
	for _, pattern := range []string{"refs/heads/*.lock", "objects/pack/tmp_*"} {
		if found, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(found) > 0 {
			t.Errorf("left behind: %v, %v", found, err)
		}
	}
}

// However the other commit is there, it stays.
func TestAFolderThatHoldsOtherCommitsIsTaken(t *testing.T) {
	t.Parallel()
	for name, pack := range map[string][]string{
		"as git writes it": nil, "packed": {"pack-refs", "--all"}, "collected": {"gc", "--quiet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, to := bareRepository(t)
			work := t.TempDir()
			realGit(t, "-C", work, "init", "--quiet", "--initial-branch", "main")
			realGit(t, "-C", work, "commit", "--quiet", "--allow-empty", "--message", "Theirs")
			realGit(t, "-C", work, "push", "--quiet", dir, "main")
			theirs := realGit(t, "-C", dir, "rev-parse", "main")
			if pack != nil {
				realGit(t, append([]string{"-C", dir}, pack...)...)
			}
			if _, err := git.New().Push(t.Context(), firstCommit("Ours"), "main", to); !fault.Is(err, fault.Conflict) {
				t.Errorf("Push = %v, want a conflict", err)
			}
			if got := realGit(t, "-C", dir, "rev-parse", "main"); got != theirs {
				t.Errorf("main is at %s, want %s", got, theirs)
			}
			noDrafts(t, dir)
		})
	}
}

// What a killed process left of the same push is gone on with; what another
// program holds is not touched.
func TestAPushIntoAFolderGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	dir, to := bareRepository(t)
	id, err := git.New().ID(t.Context(), firstCommit("First"))
	if err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(dir, "refs", "heads", "main.lock")
	if err := os.WriteFile(lock, nil, 0o600); err != nil { // as git has it before it writes
		t.Fatal(err)
	}
	_, err = git.New().Push(t.Context(), firstCommit("First"), "main", to)
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(fault.From(err).Hint, lock) {
		t.Errorf("Push while another holds the branch = %v", err)
	}
	if err := os.WriteFile(lock, []byte(id+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := git.New().Push(t.Context(), firstCommit("First"), "main", to); err != nil {
		t.Fatalf("Push after a kill: %v", err)
	}
	if got := realGit(t, "-C", dir, "rev-parse", "main"); got != id {
		t.Errorf("main is at %s, want %s", got, id)
	}
	packs(t, dir) // the second time it is the same one
	noDrafts(t, dir)
}

// Hard links do not reach other file systems, and some have none.
func TestAPushIntoAFolderNeedsNoHardLinks(t *testing.T) {
	t.Parallel()
	elsewhere, err := os.MkdirTemp("/dev/shm", "platform-*") //nolint:usetesting // it is about another file system
	if err != nil {
		t.Skip("there is no second file system here")
	}
	t.Cleanup(func() { _ = os.RemoveAll(elsewhere) })
	dir, to := bareRepository(t)
	heads := filepath.Join(dir, "refs", "heads")
	if err := errors.Join(os.Remove(heads), os.Symlink(elsewhere, heads)); err != nil {
		t.Fatal(err)
	}
	id, err := git.New().Push(t.Context(), firstCommit("First"), "main", to)
	if err != nil {
		t.Fatal(err)
	}
	if got := realGit(t, "-C", dir, "rev-parse", "main"); got != id {
		t.Errorf("main is at %s, want %s", got, id)
	}
	noDrafts(t, dir)
}

// Of many that want the branch at once, one gets it.
func TestOneOfManyGetsTheBranch(t *testing.T) {
	t.Parallel()
	dir, to := bareRepository(t)
	var all sync.WaitGroup
	won := make(chan string, 8)
	for i := range cap(won) {
		all.Go(func() {
			id, err := git.New().Push(t.Context(), firstCommit(strconv.Itoa(i)), "main", to)
			if err == nil {
				won <- id
			} else if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Unavailable) {
				t.Errorf("Push: %v", err)
			}
		})
	}
	all.Wait()
	close(won)
	if len(won) != 1 {
		t.Fatalf("%d got the branch, want 1", len(won))
	}
	if got := realGit(t, "-C", dir, "rev-parse", "main"); got != <-won {
		t.Errorf("main is at %s, which is not whose push succeeded", got)
	}
	noDrafts(t, dir)
}

// Two processes may go on with one run for a moment, when the first was asleep.
func TestManyMayPushTheSameCommitAtOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		dir, to := bareRepository(t)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := git.New().Push(t.Context(), firstCommit("First"), "main", to); err != nil {
					t.Errorf("Push: %v", err)
				}
			})
		}
		all.Wait()
		realGit(t, "-C", dir, "fsck", "--strict", "--full")
		noDrafts(t, dir)
	}
}

func TestAPushIntoAFolderSaysWhyNot(t *testing.T) {
	t.Parallel()
	gone := filepath.Join(t.TempDir(), "gone.git")
	if _, err := git.New().Push(t.Context(), firstCommit("First"), "main", pipelines.Remote{URL: gone, Folder: gone}); !fault.Is(err, fault.NotFound) {
		t.Errorf("Push to nowhere = %v, want not_found", err)
	}
	if _, err := git.New().Refs(t.Context(), pipelines.Remote{URL: gone, Folder: gone}); !fault.Is(err, fault.NotFound) {
		t.Errorf("Refs of nothing = %v, want not_found", err)
	}
	dir, to := bareRepository(t)
	if err := os.Chmod(filepath.Join(dir, "objects", "pack"), 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := git.New().Push(t.Context(), firstCommit("First"), "main", to)
	if os.Geteuid() != 0 && !fault.Is(err, fault.Forbidden) { // root may write everywhere
		t.Errorf("Push where nobody may write = %v, want forbidden", err)
	}
}
