package catalog

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// shortCommit is how much of a commit's id people read.
const shortCommit = 10

func history(env *cli.Env) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "history ENTITY",
		Short: "Show who changed an entity, when and from which commit",
		Long: "Show who changed an entity, when and from which commit, newest first. It goes on under the names\n" +
			"that the entity had before, and knows entities that are gone.",
		Example: "  platform catalog history orders",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onEntity(cmd.Context(), env, args[0], func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
				found, err := client.OK(api.EntityHistoryWithResponse(ctx, e.kind, e.namespace, e.name, &types.EntityHistoryParams{Limit: &limit}))
				if err != nil {
					return err
				}
				return env.Print(found, func(w io.Writer) error { return printHistory(w, found.Items) })
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "at most this many changes")
	return cmd
}

func printHistory(w io.Writer, changes []types.EntityChange) error {
	rows := make([][]string, len(changes))
	for i, c := range changes {
		what := "changed"
		switch {
		case c.Operation == types.ChangeDelete:
			what = "deleted"
		case c.Previous != "":
			what = "renamed from " + c.Previous
		}
		rows[i] = []string{c.At.Local().Format(time.DateTime), what, c.Entity, c.Actor, c.Commit[:min(len(c.Commit), shortCommit)]}
	}
	return cli.Rows(w, []string{"when", "what", "entity", "who", "commit"}, rows)
}

// entityName is an entity as a person names it.
type entityName struct{ kind, namespace, name string }

// onEntity does something with the entity that a person names.
func onEntity(
	ctx context.Context, env *cli.Env, word string, do func(ctx context.Context, e entityName, api *client.ClientWithResponses) error,
) error {
	kind, namespace, name, err := parseRef(word)
	if err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	return do(ctx, entityName{kind, namespace, name}, api)
}
