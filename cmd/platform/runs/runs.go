// Package runs has the commands under "platform runs": what is being done, what
// was done, and how to go on when it failed.
package runs

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
)

// Command returns "platform runs".
func Command(env *cli.Env) *cobra.Command {
	return cli.Group("runs", "Look at, follow, retry and undo what the platform does",
		list(env), show(env), watch(env), retry(env), undo(env), cancel(env))
}

// follow shows a run until it ends, and fails as the run did.
func follow(ctx context.Context, env *cli.Env, api *client.ClientWithResponses, id string, after int64, verbose bool) error {
	run, err := client.OK(api.GetRunWithResponse(ctx, id))
	if err != nil {
		return err
	}
	progress := cli.NewProgress(env, run, verbose)
	run, err = cli.Follow(ctx, api, id, after, progress.See)
	progress.Close()
	if err != nil {
		return err
	}
	return errors.Join(env.Print(run, describe(run)), cli.RunFault(run))
}
