package catalog

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func problems(env *cli.Env) *cobra.Command {
	var owner, entity, location string
	cmd := &cobra.Command{
		Use:   "errors",
		Short: "Show what is wrong in catalog files, also where nothing became visible",
		Long: "Show what is wrong in the files of registered locations, with file and line, also of entities that never\n" +
			"became visible. Exits with 1 when there is anything.",
		Example: "  platform catalog errors --owner checkout\n  platform catalog errors --entity api:orders",
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runProblems(cmd.Context(), env, owner, entity, location)
		},
	}
	cmd.Flags().StringVar(&owner, "owner", "", "only what this group or user should know")
	cmd.Flags().StringVar(&entity, "entity", "", "only those of one entity")
	cmd.Flags().StringVar(&location, "location", "", "only those of one location: its id, path or address")
	return cmd
}

func runProblems(ctx context.Context, env *cli.Env, owner, entity, location string) error {
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	params := &types.ListProblemsParams{}
	if owner != "" {
		params.Owner = &owner
	}
	if entity != "" {
		params.Entity = &entity
	}
	if location != "" {
		l, err := findLocation(ctx, env, api, location)
		if err != nil {
			return err
		}
		params.Location = &l.ID
	}
	found, err := client.OK(api.ListProblemsWithResponse(ctx, params))
	if err != nil {
		return err
	}
	err = env.Print(found, func(w io.Writer) error {
		if len(found.Items) == 0 {
			return nil
		}
		return printProblems(ctx, api, w, found.Items)
	})
	if err != nil {
		return err
	}
	if len(found.Items) > 0 {
		return cli.VerdictError{Code: fault.Failed}
	}
	env.Talk("%s No problems.", env.Green("✓"))
	return nil
}

// advice says what is wrong and what to do about it.
func advice(p types.SourceProblem) string {
	return catalog.Problem{Message: p.Message, Hint: p.Hint}.Advice()
}

// printProblems writes problems where a person reads them. File and line alone
// say little where two hundred repositories have a catalog-info.yaml each.
func printProblems(ctx context.Context, api *client.ClientWithResponses, w io.Writer, problems []types.SourceProblem) error {
	locations, err := client.OK(api.ListLocationsWithResponse(ctx))
	if err != nil {
		return err
	}
	targets := map[string]string{}
	for _, l := range locations.Items {
		targets[l.ID] = l.Target
	}
	rows := make([][]string, len(problems))
	for i, p := range problems {
		rows[i] = []string{targets[p.Location], p.Where, p.Entity, p.Field, advice(p)}
	}
	return cli.Rows(w, []string{"location", "where", "entity", "field", "problem"}, rows)
}
