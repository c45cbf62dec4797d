package contracts

import (
	"bytes"
	"context"
	"os/exec"
	"strings"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
)

// settleVersion fills in the version and branch that were left out from the git
// work tree, and says so: nothing is inferred silently.
func settleVersion(ctx context.Context, env *cli.Env, version, branch *string) error {
	if *version != "" {
		return nil // a branch that goes with another version is not ours to guess
	}
	head, err := git(ctx, env.Dir, "rev-parse", "HEAD")
	if err != nil {
		return fault.New(fault.Invalid, "--version is missing, and %s is no git work tree with a commit to take it from.", env.Dir).
			WithHint("Say which version it is: --version \"$(git rev-parse HEAD)\"").
			WithField("--version", "is missing").WithCause(err)
	}
	*version = head
	said := "Version " + head + ", the commit of this work tree"
	if *branch == "" {
		if current, err := git(ctx, env.Dir, "symbolic-ref", "--short", "HEAD"); err == nil {
			*branch = current
			said += "; branch " + current
		} else {
			said += "; no branch is checked out, so none is recorded"
		}
	}
	env.Talk("%s.", said)
	if changed, err := git(ctx, env.Dir, "status", "--porcelain", "--untracked-files=no"); err == nil && changed != "" {
		env.Talk("%s the work tree has changes that are not in that commit.", env.Yellow("Note:"))
	}
	return nil
}

// git asks the git program about the work tree at dir.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...) // #nosec G204 -- fixed words, no shell
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return "", err
	}
	return strings.TrimSpace(out.String()), nil
}
