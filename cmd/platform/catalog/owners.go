package catalog

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func owners(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "owners ENTITY",
		Short:   "Show who owns an entity, up through groups",
		Long:    "Show who owns an entity: the owner its file names, then the groups that this owner is part of.",
		Example: "  platform catalog owners orders",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onEntity(cmd.Context(), env, args[0], func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
				found, err := client.OK(api.EntityOwnersWithResponse(ctx, e.kind, e.namespace, e.name))
				if err != nil {
					return err
				}
				return env.Print(found, func(w io.Writer) error {
					if len(found.Items) == 0 {
						env.Talk("%s names no owner.", cli.Plain(args[0]))
						return nil
					}
					return printOwners(w, found.Items)
				})
			})
		},
	}
}

func printOwners(w io.Writer, owners []types.EntityOwner) error {
	rows := make([][]string, len(owners))
	for i, o := range owners {
		title := o.Title
		if o.Missing {
			title = "not in the catalog"
		}
		rows[i] = []string{o.Ref, title, strings.Join(o.Via, " > ")}
	}
	return cli.Rows(w, []string{"owner", "title", "through"}, rows)
}

func owned(env *cli.Env) *cobra.Command {
	var transitive bool
	cmd := &cobra.Command{
		Use:     "owned OWNER",
		Short:   "Show what a group or user owns",
		Long:    "Show what a group or user owns. OWNER without a kind is a group.",
		Example: "  platform catalog owned checkout --transitive\n  platform catalog owned user:ada",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onEntity(cmd.Context(), env, groupName(args[0]), func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
				found, err := client.OK(api.EntityOwnedWithResponse(ctx, e.kind, e.namespace, e.name, &types.EntityOwnedParams{Transitive: &transitive}))
				if err != nil {
					return err
				}
				return env.Print(found, func(w io.Writer) error {
					if len(found.Items) == 0 {
						env.Talk("%s owns nothing.", cli.Plain(args[0]))
						return nil
					}
					return cli.Rows(w, []string{"entity"}, column(found.Items))
				})
			})
		},
	}
	cmd.Flags().BoolVar(&transitive, "transitive", false, "also what groups below it and their users own, and what a user's groups own")
	return cmd
}

// groupName is what a person calls an owner with its kind.
func groupName(word string) string {
	if strings.Contains(word, ":") {
		return word
	}
	return "group:" + word
}

// column makes rows of one cell.
func column(words []string) [][]string {
	rows := make([][]string, len(words))
	for i, word := range words {
		rows[i] = []string{word}
	}
	return rows
}
