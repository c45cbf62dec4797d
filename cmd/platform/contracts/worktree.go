package contracts

import (
	"context"
	"os"
	"os/exec"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
)

// settleVersion fills in the version and branch that were left out from the git
// work tree, and says so: nothing is inferred silently.
func settleVersion(ctx context.Context, env *cli.Env, version, branch *string) error {
	if *version != "" {
		return nil // a branch that goes with another version is not ours to guess
	}
	tree, err := git.Describe(env.Dir)
	if err != nil {
		return fault.New(fault.Invalid, "--version is missing, and %s is no git work tree with a commit to take it from.", env.Dir).
			WithHint("Say which version it is: --version \"$(git rev-parse HEAD)\"").
			WithField("--version", "is missing").WithCause(err)
	}
	*version = tree.Commit
	said := "Version " + tree.Commit + ", the commit of this work tree"
	switch {
	case *branch != "":
	case tree.Branch != "":
		*branch = tree.Branch
		said += "; branch " + tree.Branch
	case git.BranchInPipeline(os.Getenv) != "":
		*branch = git.BranchInPipeline(os.Getenv)
		said += "; branch " + *branch + ", as the pipeline says"
	default:
		said += "; no branch is checked out, so none is recorded"
	}
	env.Talk("%s.", said)
	if changed(ctx, env.Dir) {
		env.Talk("%s the work tree has changes that are not in that commit.", env.Yellow("Note:"))
	}
	return nil
}

// changed reports whether the work tree at dir has changes to files that git
// follows. The git program knows that in a moment, by its index; where it is not
// installed nothing is said.
func changed(ctx context.Context, dir string) bool {
	cmd := exec.CommandContext(ctx, "git", "-C", dir, "status", "--porcelain", "--untracked-files=no") // #nosec G204 -- fixed words, no shell
	out, err := cmd.Output()
	return err == nil && len(out) > 0
}
