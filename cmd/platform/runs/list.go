package runs

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

type listOptions struct {
	kinds, states []string
	subject       string
	limit         int
}

func list(env *cli.Env) *cobra.Command {
	var opts listOptions
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List runs, newest first",
		Example: "  platform runs list --state failed\n  platform runs list --subject orders",
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runList(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().StringSliceVar(&opts.kinds, "kind", nil, "only these kinds, for example create-service")
	cmd.Flags().StringSliceVar(&opts.states, "state", nil, "only these states: queued, running, waiting, succeeded, failed, cancelled")
	cmd.Flags().StringVar(&opts.subject, "subject", "", "only those about this, for example a service's name")
	cmd.Flags().IntVar(&opts.limit, "limit", 50, "at most this many")
	return cmd
}

func runList(ctx context.Context, env *cli.Env, opts listOptions) error {
	params := &types.ListRunsParams{Kind: opts.kinds, Limit: &opts.limit}
	if opts.subject != "" {
		params.Subject = &opts.subject
	}
	for _, s := range opts.states {
		if !types.RunState(s).Valid() {
			return fault.New(fault.Invalid, "There is no run state %q.", s).
				WithHint("States are queued, running, waiting, succeeded, failed and cancelled.")
		}
		params.State = append(params.State, types.RunState(s))
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	page, err := client.OK(api.ListRunsWithResponse(ctx, params))
	if err != nil {
		return err
	}
	return env.Print(page, func(w io.Writer) error {
		if len(page.Items) == 0 {
			env.Talk("No runs. Start one: platform new service NAME")
			return nil
		}
		rows := make([][]string, len(page.Items))
		for i, run := range page.Items {
			rows[i] = []string{run.ID, string(run.State), run.Kind, run.Subject, cli.Age(run.CreatedAt, time.Now())}
		}
		return cli.Rows(w, []string{"id", "state", "kind", "subject", "started"}, rows)
	})
}
