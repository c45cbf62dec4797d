package contracts

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func show(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "show CONSUMER PROVIDER",
		Short:   "Show the contract between two services and its verifications",
		Example: "  platform contracts show orders inventory",
		Args:    cli.Args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runShow(cmd.Context(), env, args[0], args[1])
		},
	}
}

func runShow(ctx context.Context, env *cli.Env, consumer, provider string) error {
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	contract, err := client.OK(api.GetContractWithResponse(ctx, consumer, provider))
	if err != nil {
		return err
	}
	return env.Print(contract, func(w io.Writer) error { return describe(w, contract, time.Now()) })
}

// describe prints a contract for a person: how it stands, its versions, and the
// verifications with what failed in them.
func describe(w io.Writer, c types.Contract, now time.Time) error {
	err := cli.Facts(w, "Consumer", c.Summary.Consumer, "Provider", c.Summary.Provider,
		"Verified", verified(c.Summary.Verdict), "Pact", c.Summary.Sha)
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	rows := make([][]string, len(c.Versions))
	for i, v := range c.Versions {
		rows[i] = []string{v.Version, verified(v.Verdict), strings.Join(v.Branches, ","), strings.Join(v.Tags, ","), strings.Join(v.Environments, ","), cli.Age(v.PublishedAt, now)}
	}
	if err := cli.Rows(w, []string{"consumer version", "verified", "branches", "tags", "deployed to", "published"}, rows); err != nil {
		return err
	}
	if len(c.Verifications) == 0 {
		_, err := fmt.Fprintf(w, "\nNobody has verified it. Next: platform contracts verify --provider %s --provider-url URL\n", cli.Plain(c.Summary.Provider))
		return err
	}
	for _, v := range c.Verifications {
		outcome := map[types.Verdict]string{types.VerdictYes: "passed", types.VerdictNo: "failed"}[v.Verdict]
		if outcome == "" {
			outcome = "is unknown: " + whyUnknown(v.Interactions)
		}
		fmt.Fprintf(w, "\n%s %s %s, %s\n", cli.Plain(v.Provider), cli.Plain(v.ProviderVersion), outcome, cli.Age(v.VerifiedAt, now))
		writeInteractions(w, v.Interactions)
	}
	return nil
}

// whyUnknown says what keeps a verification from a yes: only a claimed success has
// a failure beside it that is no no.
func whyUnknown(interactions []types.InteractionResult) string {
	if slices.ContainsFunc(interactions, func(i types.InteractionResult) bool { return i.Status == types.InteractionFailed }) {
		return "called a success, but its own results name a failure"
	}
	return "not every interaction has a result"
}

// writeInteractions lists interactions; a failed one with what was wrong.
func writeInteractions(w io.Writer, interactions []types.InteractionResult) {
	for _, i := range interactions {
		state := ""
		if i.State != "" {
			state = " (given " + cli.Plain(i.State) + ")"
		}
		if i.Pending {
			state += " (pending)"
		}
		fmt.Fprintf(w, "  %-8s%s%s\n", i.Status, cli.Plain(i.Description), state)
		for _, m := range i.Mismatches {
			fmt.Fprintf(w, "          - %s\n", cli.Plain(m))
		}
	}
}
