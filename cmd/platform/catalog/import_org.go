package catalog

import (
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// maxTrouble is after how many repositories in a row that the git host had
// trouble with nothing more is tried.
const maxTrouble = 5

type importOrgOptions struct {
	organization, match, owner string
	limit                      int
	dryRun, again              bool
	wait                       time.Duration
}

// importedOrg is what became of an organisation's repositories.
type importedOrg struct {
	Organization string `json:"organization"`
	DryRun       bool   `json:"dry_run"`
	// Complete says that all repositories were looked at.
	Complete     bool             `json:"complete"`
	Repositories []types.Proposal `json:"repositories"`
}

func importOrg(env *cli.Env) *cobra.Command {
	var opts importOrgOptions
	cmd := &cobra.Command{
		Use:   "import-org URL",
		Short: "Propose catalog files in an organisation's repositories, as pull requests",
		Long: "Propose catalog files in an organisation's repositories, as pull requests: in each that has none, the file\n" +
			"that \"platform init\" would write. The server does it, with its token for GitHub. Archived and empty\n" +
			"repositories and forks are left out. A pull request that is open is brought up to date, unless somebody changed\n" +
			"its file; one that was closed is not opened again without --again. Interrupt it whenever you like: the same\n" +
			"command goes on. Exits with 1 when something failed in a repository, with 7 when GitHub asks to come back later.",
		Example: "  platform catalog import-org https://github.com/acme --dry-run --match 'team-*'\n" +
			"  platform catalog import-org https://github.com/acme --limit 20",
		Args: cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.organization = strings.TrimSuffix(strings.TrimPrefix(args[0], "github-org:"), "/")
			return runImportOrg(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&opts.dryRun, "dry-run", false, "print what would be proposed, and write nothing")
	flags.IntVar(&opts.limit, "limit", 0, "stop after this many pull requests; 0 is all")
	flags.StringVar(&opts.match, "match", "", "only repositories with such names, as in 'team-*'")
	flags.StringVar(&opts.owner, "owner", "", "group that answers for repositories whose CODEOWNERS names nobody; \"unknown\" when absent")
	flags.BoolVar(&opts.again, "again", false, "also where a pull request was closed")
	flags.DurationVar(&opts.wait, "wait", 2*time.Minute, "how long to wait when GitHub asks for patience")
	return cmd
}

func runImportOrg(ctx context.Context, env *cli.Env, opts importOrgOptions) error {
	if _, err := path.Match(opts.match, ""); err != nil {
		return fault.New(fault.Invalid, "--match %q is no pattern.", opts.match).WithHint("Write it like 'team-*'.").WithCause(err)
	}
	if opts.limit < 0 {
		return fault.New(fault.Invalid, "--limit %d is less than 0.", opts.limit).WithHint("Leave it out to open all.")
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	c := &campaign{
		env: env, api: api, opts: opts,
		out: importedOrg{Organization: opts.organization, DryRun: opts.dryRun, Repositories: []types.Proposal{}},
	}
	stopped := c.run(ctx)
	if stopped != nil && len(c.out.Repositories) == 0 {
		return stopped
	}
	if err := env.Print(c.out, c.print); err != nil {
		return err
	}
	c.env.Talk("%s", c.summary())
	if stopped == nil && c.count(types.ProposalFailed) > 0 {
		return cli.VerdictError{Code: fault.Failed}
	}
	return stopped
}

// campaign goes through the repositories of an organisation.
type campaign struct {
	env     *cli.Env
	api     *client.ClientWithResponses
	opts    importOrgOptions
	out     importedOrg
	trouble int // repositories in a row that the git host had trouble with
}

func (c *campaign) run(ctx context.Context) error {
	for page := 1; ; {
		found, err := client.OK(c.api.ListOrganizationRepositoriesWithResponse(ctx, &types.ListOrganizationRepositoriesParams{
			Organization: c.opts.organization, Page: &page,
		}))
		if err != nil {
			return err
		}
		for _, r := range found.Items {
			if c.full() {
				return nil
			}
			if !c.matches(r.Name) {
				continue
			}
			if err := c.one(ctx, r); err != nil {
				return err
			}
		}
		if page = found.Next; page == 0 {
			c.out.Complete = true
			return nil
		}
	}
}

func (c *campaign) matches(name string) bool {
	ok, err := path.Match(strings.ToLower(c.opts.match), strings.ToLower(name))
	return c.opts.match == "" || err == nil && ok
}

// full reports whether as many pull requests were made as are wanted.
func (c *campaign) full() bool {
	return c.opts.limit > 0 && c.count(types.ProposalOpened)+c.count(types.ProposalUpdated) >= c.opts.limit
}

func (c *campaign) count(outcome types.ProposalOutcome) int {
	n := 0
	for _, p := range c.out.Repositories {
		if p.Outcome == outcome {
			n++
		}
	}
	return n
}

// one deals with one repository, as often as the git host asks for patience.
func (c *campaign) one(ctx context.Context, r types.OrganizationRepository) error {
	if r.Skip != "" {
		c.note(types.Proposal{Repository: r.Address, Outcome: types.ProposalSkipped, Reason: r.Skip, Notes: []string{}})
		return nil
	}
	for {
		p, err := client.OK(c.api.ProposeCatalogFileWithResponse(ctx, types.ProposalRequest{
			Repository: r.Address, Branch: r.Branch, Owner: c.opts.owner, DryRun: c.opts.dryRun, Again: c.opts.again,
		}))
		if err != nil {
			return err
		}
		if p.Outcome != types.ProposalWaits {
			c.note(p)
			return c.tooMuch(p)
		}
		wait := time.Until(p.Until)
		if wait > c.opts.wait {
			return fault.New(fault.Unavailable, "%s", strings.TrimSpace(p.Reason)).
				WithHint("Run the same command again after %s. What is done is not done again.", p.Until.Local().Format(time.DateTime))
		}
		c.env.Talk("GitHub asks for patience; going on at %s.", p.Until.Local().Format(time.TimeOnly))
		if err := cli.Pause(ctx, max(wait, time.Second)); err != nil {
			return err
		}
	}
}

// tooMuch ends what has no prospect: the git host is down.
func (c *campaign) tooMuch(p types.Proposal) error {
	if p.Outcome != types.ProposalFailed || p.Code != string(fault.Unavailable) {
		c.trouble = 0
		return nil
	}
	if c.trouble++; c.trouble < maxTrouble {
		return nil
	}
	return fault.New(fault.Unavailable, "GitHub had trouble with %d repositories in a row.", c.trouble).
		WithHint("See https://www.githubstatus.com, then run the same command again. What is done is not done again.")
}

// note keeps what became of a repository, and says it.
func (c *campaign) note(p types.Proposal) {
	if !c.opts.dryRun {
		p.File = ""
	}
	c.out.Repositories = append(c.out.Repositories, p)
	said := c.env.Dim("-")
	switch p.Outcome {
	case types.ProposalOpened, types.ProposalUpdated:
		said = c.env.Green("✓")
	case types.ProposalFailed:
		said = c.env.Red("✗")
	case types.ProposalSkipped, types.ProposalUnchanged, types.ProposalWaits:
	}
	c.env.Talk("%s %s %s", said, path.Base(p.Repository), c.because(p))
}

// because says in a few words what became of a repository.
func (c *campaign) because(p types.Proposal) string {
	return strings.Join(append([]string{c.word(p.Outcome)}, nonempty(p.Reason, p.Hint, p.PullRequest)...), ": ")
}

// word names an outcome that is, or that would be.
func (c *campaign) word(outcome types.ProposalOutcome) string {
	if c.opts.dryRun && (outcome == types.ProposalOpened || outcome == types.ProposalUpdated) {
		return "would be " + string(outcome)
	}
	return string(outcome)
}

func nonempty(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

// print writes a table, or the files that would be proposed.
func (c *campaign) print(w io.Writer) error {
	if c.opts.dryRun {
		for _, p := range c.out.Repositories {
			if p.Outcome != types.ProposalOpened && p.Outcome != types.ProposalUpdated {
				continue
			}
			fmt.Fprintf(w, "# In %s\n", cli.Plain(p.Repository))
			for _, note := range p.Notes {
				fmt.Fprintf(w, "# Look at this: %s\n", cli.Plain(note))
			}
			for line := range strings.Lines(p.File) {
				fmt.Fprintln(w, strings.TrimRight(cli.Plain(line), " "))
			}
			fmt.Fprintln(w, "---")
		}
		return nil
	}
	rows := make([][]string, len(c.out.Repositories))
	for i, p := range c.out.Repositories {
		rows[i] = []string{path.Base(p.Repository), string(p.Outcome), p.PullRequest, strings.Join(nonempty(p.Reason, strings.Join(p.Notes, " ")), " ")}
	}
	return cli.Rows(w, []string{"repository", "outcome", "pull request", "why"}, rows)
}

// summary counts what became of them.
func (c *campaign) summary() string {
	var parts []string
	for _, outcome := range []types.ProposalOutcome{
		types.ProposalOpened, types.ProposalUpdated, types.ProposalUnchanged, types.ProposalSkipped, types.ProposalFailed,
	} {
		if n := c.count(outcome); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, c.word(outcome)))
		}
	}
	said := cli.Count(len(c.out.Repositories), "repository", "repositories") + ": " + strings.Join(parts, ", ") + "."
	switch {
	case c.opts.dryRun:
		said += " Nothing was written."
	case c.full():
		said += " That is as many as --limit says; the same command goes on."
	}
	if len(c.out.Repositories) == 0 {
		return "No repository of " + c.opts.organization + " has such a name."
	}
	return said
}
