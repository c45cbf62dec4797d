package contracts

import (
	"cmp"
	"context"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

type publishOptions struct {
	paths                              []string
	service, version, branch, buildURL string
	tags                               []string
	merge, tagBranch, detect           bool
}

func publish(env *cli.Env) *cobra.Command {
	var opts publishOptions
	cmd := &cobra.Command{
		Use:   "publish FILE_OR_FOLDER...",
		Short: "Publish the pacts of one version of a consumer",
		Long: "Publish the pacts of one version of a consumer: all of them or, when one is wrong, none.\n" +
			"Files may be named, by patterns like 'build/**/pacts/*.json' too, and of a folder all .json files are taken.\n" +
			"Without --version and --branch, those of the git work tree are used, and it says so.",
		Example: "  platform contracts publish pacts --service orders --version \"$(git rev-parse HEAD)\" --branch main",
		Args:    cli.Args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.paths = args
			return runPublish(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.service, "service", "", "the consumer; the one the pacts name when absent")
	flags.StringVarP(&opts.version, "version", "a", "", "version of the consumer, best the commit")
	flags.StringVar(&opts.branch, "branch", "", "branch the version is on")
	flags.StringSliceVarP(&opts.tags, "tag", "t", nil, "tags for the version")
	flags.StringVar(&opts.buildURL, "build-url", "", "page of the build that publishes")
	flags.BoolVar(&opts.merge, "merge", false, "add to pacts this version has already, for tests that run in parts")
	flags.BoolVarP(&opts.tagBranch, "tag-with-git-branch", "g", false, "also a tag of the name of the branch")
	flags.BoolVarP(&opts.detect, "auto-detect-version-properties", "r", false, "the branch of the git work tree also with --version")
	pactWords(cmd, map[string]string{"consumer-app-version": "version"})
	return cmd
}

func runPublish(ctx context.Context, env *cli.Env, opts publishOptions) error {
	pacts, err := readPacts(env.Dir, opts.paths)
	if err != nil {
		return err
	}
	if err := settleService(env, &opts, pacts); err != nil {
		return err
	}
	if err := settleVersion(ctx, env, &opts.version, &opts.branch); err != nil {
		return err
	}
	if err := opts.settleBranch(env); err != nil {
		return err
	}
	request := types.Publication{
		Consumer: opts.service, Version: opts.version, Branch: opts.branch, Tags: opts.tags, BuildURL: opts.buildURL, Merge: opts.merge,
		Contracts: make([]types.NewContract, len(pacts)),
	}
	for i, p := range pacts {
		request.Contracts[i] = types.NewContract{Content: p.content, File: p.name}
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	published, err := client.OK(api.PublishContractsWithResponse(ctx, request))
	if err != nil {
		return err
	}
	err = env.Print(published, func(w io.Writer) error { return printPublished(w, published) })
	for _, notice := range published.Notices {
		env.Talk("%s", cli.Plain(notice))
	}
	return err
}

// settleBranch looks the branch up where a flag asks for it, and makes it a tag.
func (o *publishOptions) settleBranch(env *cli.Env) error {
	branch := o.branch
	if branch == "" && (o.detect || o.tagBranch) {
		if tree, err := git.Describe(env.Dir); err == nil {
			branch = tree.Branch
		}
		branch = cmp.Or(branch, git.BranchInPipeline(os.Getenv))
		if branch == "" {
			return fault.New(fault.Invalid, "No branch is checked out in %s, and no pipeline tells one.", env.Dir).WithHint("Name it: --branch main")
		}
		env.Talk("Branch %s, as the work tree or the pipeline says.", cli.Plain(branch))
	}
	if o.detect {
		o.branch = branch
	}
	if o.tagBranch && !slices.Contains(o.tags, branch) {
		o.tags = append(o.tags, branch)
	}
	return nil
}

// settleService makes sure that all pacts are of one consumer, the one meant.
func settleService(env *cli.Env, opts *publishOptions, pacts []pactFile) error {
	if opts.service == "" {
		opts.service = pacts[0].consumer
		env.Talk("Publishing for %s, the consumer %s names.", cli.Plain(opts.service), pacts[0].name)
	}
	f := fault.New(fault.Invalid, "Not every pact is one of %s.", opts.service)
	for _, p := range pacts {
		if p.consumer != opts.service {
			f = f.WithField(p.name, "its consumer is %q", p.consumer)
		}
	}
	if len(f.Fields) > 0 {
		return f.WithHint("Publish the pacts of each consumer by itself, with its own --service.")
	}
	return nil
}

func printPublished(w io.Writer, p types.Published) error {
	rows := make([][]string, len(p.Contracts))
	for i, c := range p.Contracts {
		content := "unchanged"
		if c.Changed {
			content = "new"
		}
		rows[i] = []string{c.Consumer, c.Provider, p.Version, content}
	}
	return cli.Rows(w, []string{"consumer", "provider", "version", "content"}, rows)
}
