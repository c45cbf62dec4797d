package contracts

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

type diffOptions struct {
	consumer, provider string
	from, fromBranch   string
	to, toBranch       string
	exitCode           bool
}

func diff(env *cli.Env) *cobra.Command {
	var opts diffOptions
	cmd := &cobra.Command{
		Use:   "diff CONSUMER PROVIDER",
		Short: "Show in words how the contract between two services changed",
		Long: "Show in words how the contract between two services changed: which interactions came, went or say something else.\n" +
			"Without options, the latest pact is compared with the newest before it that differs.",
		Example: "  platform contracts diff orders inventory\n" +
			"  platform contracts diff orders inventory --from 1f0c6b9 --to 8ad2e31\n" +
			"  platform contracts diff orders inventory --from-branch main --to-branch feat/stock",
		Args: cli.Args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.consumer, opts.provider = args[0], args[1]
			return runDiff(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.from, "from", "", "version of the consumer before")
	flags.StringVar(&opts.fromBranch, "from-branch", "", "branch of the consumer whose latest version is the one before")
	flags.StringVar(&opts.to, "to", "", "version of the consumer after; the latest when absent")
	flags.StringVar(&opts.toBranch, "to-branch", "", "branch of the consumer whose latest version is the one after")
	flags.BoolVar(&opts.exitCode, "exit-code", false, "exit with 1 when there are differences")
	return cmd
}

func runDiff(ctx context.Context, env *cli.Env, opts diffOptions) error {
	for _, pair := range [][4]string{{"--from", opts.from, "--from-branch", opts.fromBranch}, {"--to", opts.to, "--to-branch", opts.toBranch}} {
		if pair[1] != "" && pair[3] != "" {
			return fault.New(fault.Invalid, "%s and %s both say which version is meant.", pair[0], pair[2]).WithHint("Keep one of them.")
		}
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	changes, err := client.OK(api.CompareContractsWithResponse(ctx, opts.consumer, opts.provider, &types.CompareContractsParams{
		From: optional(opts.from), FromBranch: optional(opts.fromBranch), To: optional(opts.to), ToBranch: optional(opts.toBranch),
	}))
	if err != nil {
		return err
	}
	if err := env.Print(changes, func(w io.Writer) error { return writeChanges(w, changes, time.Now()) }); err != nil {
		return err
	}
	if opts.exitCode && (len(changes.Changes) > 0 || changes.Specification != "") {
		return cli.VerdictError{Code: fault.Failed}
	}
	return nil
}

// writeChanges writes one line per interaction that differs, and below a changed
// one what differs in it.
func writeChanges(w io.Writer, c types.ContractChanges, now time.Time) error {
	fmt.Fprintf(w, "%s and %s: from version %s, %s, to version %s, %s\n\n", cli.Plain(c.Consumer), cli.Plain(c.Provider),
		cli.Plain(c.From.Version), cli.Age(c.From.PublishedAt, now), cli.Plain(c.To.Version), cli.Age(c.To.PublishedAt, now))
	if c.Specification != "" {
		fmt.Fprintf(w, "changed  %s\n", cli.Plain(c.Specification))
	}
	for _, i := range c.Changes {
		state := ""
		if i.State != "" {
			state = " (given " + cli.Plain(i.State) + ")"
		}
		fmt.Fprintf(w, "%-8s %s%s\n", i.Kind, cli.Plain(i.Description), state)
		if i.Kind != types.InteractionChanged {
			fmt.Fprintf(w, "         %s\n", cli.Plain(i.Sentence))
		}
		for _, line := range i.Details {
			fmt.Fprintf(w, "         - %s\n", cli.Plain(line))
		}
	}
	if len(c.Changes) == 0 && c.Specification == "" {
		_, err := fmt.Fprintln(w, "Both say the same.")
		return err
	}
	counts := map[types.InteractionChangeKind]int{}
	for _, i := range c.Changes {
		counts[i.Kind]++
	}
	_, err := fmt.Fprintf(w, "\n%d added, %d removed, %d changed\n", counts[types.InteractionAdded], counts[types.InteractionRemoved], counts[types.InteractionChanged])
	return err
}
