// Package runs has the commands under "platform runs": what is being done, what
// was done, and how to go on when it failed.
package runs

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
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
	next(env, run)
	return errors.Join(env.Print(run, describe(run)), cli.RunFault(run))
}

// next says how to get what the run made: who created a service and was
// interrupted has no clone of it yet.
func next(env *cli.Env, run types.Run) {
	var made struct {
		CloneURL  string `json:"clone_url"`
		LocalPath string `json:"local_path"`
	}
	if run.State != types.RunSucceeded || json.Unmarshal(run.Output, &made) != nil || made.CloneURL == "" {
		return
	}
	from := made.CloneURL
	if info, err := os.Stat(made.LocalPath); err == nil && info.IsDir() {
		from = made.LocalPath
	}
	env.Talk("Get it: git clone %s %s", from, cli.Plain(run.Subject))
}
