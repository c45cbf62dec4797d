package git_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/pipelines"
)

// A first commit is pushed as it is: looking for files that are like others
// takes longer than everything else that making a service does.
func TestAFirstCommitIsPushedWhole(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("the program git is not installed")
	}
	bare := filepath.Join(t.TempDir(), "orders.git")
	run := func(words ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), program, words...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", words, err, out)
		}
		return string(out)
	}
	run("init", "--quiet", "--bare", bare)
	run("-C", bare, "config", "receive.unpackLimit", "1") // so that what came is still to be seen
	c := pipelines.Commit{Message: "First", Time: time.Unix(1, 0), Author: pipelines.Signature{Name: "Ada", Email: "ada@example.com"}}
	for i := range 20 {
		body := strings.Repeat("every line of this file is in the others, too\n", 100) + strconv.Itoa(i)
		c.Files = append(c.Files, pipelines.CommitFile{Path: fmt.Sprintf("%d.txt", i), Body: []byte(body)})
	}
	id, err := git.New().Push(t.Context(), c, "main", pipelines.Remote{URL: bare})
	if err != nil {
		t.Fatal(err)
	}
	run("-C", bare, "fsck", "--strict")
	if got := strings.TrimSpace(run("-C", bare, "rev-parse", "main")); got != id {
		t.Errorf("main is at %s, want %s", got, id)
	}
	packs, err := filepath.Glob(filepath.Join(bare, "objects", "pack", "*.idx"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("packs: %v, %v", packs, err)
	}
	if out := run("verify-pack", "-v", packs[0]); !strings.Contains(out, "non delta: 22 objects") || strings.Contains(out, "chain length") {
		t.Errorf("pushed with differences:\n%s", out)
	}
}
