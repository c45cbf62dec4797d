package runs

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func watch(env *cli.Env) *cobra.Command {
	var after int64
	cmd := &cobra.Command{
		Use:   "watch RUN",
		Short: "Follow a run with its log until it ends",
		Long:  "Follow a run with its log until it ends. Exits as the run did. Ctrl-C stops the watching, not the run.",
		Args:  cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			return follow(cmd.Context(), env, api, args[0], after, true)
		},
	}
	cmd.Flags().Int64Var(&after, "after", 0, "leave out events up to this sequence number")
	return cmd
}

// change is a request that sets a run going again, or stops it.
type change func(ctx context.Context, api *client.ClientWithResponses, id string) (types.Run, error)

// changing returns a command that changes a run and then follows it.
func changing(env *cli.Env, use, short string, do change) *cobra.Command {
	var noWait bool
	cmd := &cobra.Command{
		Use:   use + " RUN",
		Short: short,
		Args:  cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			api, err := env.API(ctx)
			if err != nil {
				return err
			}
			run, err := do(ctx, api, args[0])
			if err != nil {
				return err
			}
			if noWait || cli.Ended(run.State) {
				return env.Print(run, describe(run))
			}
			return follow(ctx, env, api, run.ID, 0, false)
		},
	}
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "do not wait for the run to end")
	return cmd
}

func retry(env *cli.Env) *cobra.Command {
	return changing(env, "retry", "Go on from the step that failed",
		func(ctx context.Context, api *client.ClientWithResponses, id string) (types.Run, error) {
			return client.Accepted(api.RetryRunWithResponse(ctx, id))
		})
}

func undo(env *cli.Env) *cobra.Command {
	return changing(env, "undo", "Take back what a run made",
		func(ctx context.Context, api *client.ClientWithResponses, id string) (types.Run, error) {
			return client.Accepted(api.UndoRunWithResponse(ctx, id))
		})
}

func cancel(env *cli.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cancel RUN",
		Short: "Stop a run after the step it is in",
		Args:  cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			run, err := client.Accepted(api.CancelRunWithResponse(cmd.Context(), args[0]))
			if err != nil {
				return err
			}
			return env.Print(run, describe(run))
		},
	}
	return cmd
}
