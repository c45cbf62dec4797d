package catalog

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

type pushOptions struct {
	paths                      []string
	repository, branch, commit string
	all, force                 bool
}

func push(env *cli.Env) *cobra.Command {
	var opts pushOptions
	cmd := &cobra.Command{
		Use:   "push FILE...",
		Short: "Send catalog files from a pipeline",
		Long: "Send catalog files from a pipeline, with the files that they include and the documents of their entities:\n" +
			"nobody has to read the repository. Repository, branch and commit are those of the git work tree, unless flags\n" +
			"say otherwise; where a pipeline has no branch checked out, its variables tell. Send only the branch that counts:\n" +
			"others define the same entities, which is a conflict.\n\n" +
			"Pipelines overtake each other, so a commit that comes before the one sent last is refused (exit status 5), and one\n" +
			"that comes after it is taken, whatever the dates of the two say. Up to 200 commits before the one that is sent go\n" +
			"along for that, as far as the clone has them; even a clone of one commit knows its parents. Where neither commit is\n" +
			"known to come before the other, as after a rebase, their dates decide, which are to the second: the earlier one is\n" +
			"refused, and of two from the same second the one that is sent last stays.",
		Example: "  platform catalog push catalog-info.yaml\n  platform catalog push catalog-info.yaml services/*/catalog-info.yaml --all",
		Args:    cli.Args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.paths = args
			return runPush(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.repository, "repository", "", "address of the repository; that of the remote origin when absent")
	flags.StringVar(&opts.branch, "branch", "", "branch; the one checked out when absent")
	flags.StringVar(&opts.commit, "commit", "", "commit; the one checked out when absent")
	flags.BoolVar(&opts.all, "all", false, "these are all catalog files of the repository: what they do not define is gone")
	flags.BoolVar(&opts.force, "force", false, "take the commit even if it comes before the one sent last: the branch was set back")
	return cmd
}

func runPush(ctx context.Context, env *cli.Env, opts pushOptions) error {
	tree, err := git.Describe(env.Dir)
	if err != nil && (opts.repository == "" || opts.commit == "") {
		return fault.New(fault.Invalid, "%s is no git work tree with a commit.", env.Dir).
			WithHint("Say what is sent: --repository ADDRESS --branch BRANCH --commit COMMIT").WithCause(err)
	}
	request, err := pushed(ctx, env, opts, tree)
	if err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	registration, err := client.OK(api.PushEntitiesWithResponse(ctx, request))
	if err != nil {
		return err
	}
	return report(env, registration)
}

// pushed collects what is sent.
func pushed(ctx context.Context, env *cli.Env, opts pushOptions, tree git.Checkout) (types.Push, error) {
	out := types.Push{Target: opts.repository, Branch: opts.branch, Commit: opts.commit, Force: opts.force}
	if out.Target == "" {
		out.Target = tree.Origin
	}
	if out.Target == "" {
		return out, fault.New(fault.Invalid, "The work tree has no remote called origin.").
			WithHint("Say which repository it is: --repository https://HOST/OWNER/NAME")
	}
	if out.Branch == "" {
		out.Branch = cmp.Or(tree.Branch, git.BranchInPipeline(os.Getenv))
	}
	if out.Branch == "" && tree.Commit != "" { // what is sent without a branch would replace what others are sent for
		return out, fault.New(fault.Invalid, "No branch is checked out, and no variable of a pipeline names one.").
			WithHint("Say for which branch this is: platform catalog push --branch main ...")
	}
	if out.Commit == "" || out.Commit == tree.Commit {
		out.Commit, out.CommittedAt = tree.Commit, tree.CommittedAt.UTC().Truncate(time.Second)
	}
	top := tree.Root
	if top == "" {
		top = env.Dir
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return out, fmt.Errorf("open %s: %w", top, err)
	}
	defer root.Close()
	var entries []string
	for _, path := range opts.paths {
		whole := path
		if !filepath.IsAbs(whole) {
			whole = filepath.Join(env.Dir, path)
		}
		name, err := filepath.Rel(top, whole)
		if err != nil || !filepath.IsLocal(name) {
			return out, fault.New(fault.Invalid, "%s is not in the repository at %s.", path, top).WithHint("Send files of one repository.")
		}
		if info, err := root.Stat(name); err != nil || !info.Mode().IsRegular() {
			return out, fault.New(fault.NotFound, "There is no file %s.", path).WithHint("platform catalog push catalog-info.yaml")
		}
		entries = append(entries, filepath.ToSlash(name))
	}
	files, _ := catalog.Sources(ctx, root.FS(), entries...) // the server says what is wrong
	for _, name := range files {
		content, err := fs.ReadFile(root.FS(), name)
		if err != nil && !slices.Contains(entries, name) {
			continue // the server says that it is missing, and where that is written
		}
		if err != nil {
			return out, fault.New(fault.Invalid, "%s cannot be read.", name).WithCause(err)
		}
		out.Files = append(out.Files, types.PushedFile{Path: name, Content: string(content)})
	}
	if tree.Root != "" && out.Commit == tree.Commit {
		addCommits(ctx, tree.Root, &out)
		out.Ancestors = ancestors(ctx, tree.Root)
	}
	if !opts.all {
		out.Entries = entries
	}
	return out, nil
}

// addCommits adds to files by which commits they were changed. Pipelines often
// have only the newest commit: then nobody knows, and nothing is said.
func addCommits(ctx context.Context, root string, push *types.Push) {
	contents := make(map[string][]byte, len(push.Files))
	for _, f := range push.Files {
		contents[f.Path] = []byte(f.Content)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	changes, err := git.LastCommits(ctx, root, contents)
	if err != nil {
		return
	}
	told := func(c catalog.Commit) types.CommitOfChange {
		return types.CommitOfChange{Commit: c.ID, Author: c.Author, Email: c.Email, At: c.At, Subject: c.Subject}
	}
	push.Newest = told(changes.Newest)
	for i := range push.Files {
		for _, c := range changes.Files[push.Files[i].Path] {
			push.Files[i].ChangedBy = append(push.Files[i].ChangedBy, told(c))
		}
	}
}

// ancestors returns the commits before the newest one, as far as the clone knows
// them: without any, the server compares dates.
func ancestors(ctx context.Context, root string) []string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	known, err := git.Ancestors(ctx, root, catalog.MaxAncestors)
	if err != nil {
		return nil
	}
	return known
}
