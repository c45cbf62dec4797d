package catalog

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
)

func remover(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "delete ENTITY",
		Short: "Take one entity out of the catalog",
		Long: "Take one entity out of the catalog, for example an orphan. Where a file still defines it, it comes back\n" +
			"when that file is read again.",
		Example: "  platform catalog delete component:old-orders",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onEntity(cmd.Context(), env, args[0], func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
				entity, err := client.OK(api.GetEntityWithResponse(ctx, e.kind, e.namespace, e.name))
				if err != nil {
					return err
				}
				if _, err := api.DeleteEntityWithResponse(ctx, e.kind, e.namespace, e.name); err != nil {
					return err
				}
				env.Talk("%s %s is no longer in the catalog.", env.Green("✓"), entity.Ref)
				if entity.OrphanedAt.IsZero() && entity.Source.Path != "" {
					env.Talk("%s defines it and brings it back when it is read again; to keep it out, delete it there.", cli.Plain(entity.Source.Path))
				}
				return nil
			})
		},
	}
}
