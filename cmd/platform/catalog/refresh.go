package catalog

import (
	"context"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func refresh(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh LOCATION",
		Short: "Read a registered location again",
		Long:  "Read a registered location again. LOCATION is its id or the path or address it was registered with.",
		Args:  cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			api, err := env.API(ctx)
			if err != nil {
				return err
			}
			id, err := findLocation(ctx, env, api, args[0])
			if err != nil {
				return err
			}
			registration, err := client.OK(api.RefreshLocationWithResponse(ctx, id))
			if err != nil {
				return err
			}
			return report(env, registration)
		},
	}
}

func remove(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "remove LOCATION",
		Short: "Forget a registered location and its entities",
		Long:  "Forget a registered location and its entities. LOCATION is its id or the path or address it was registered with.",
		Args:  cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			api, err := env.API(ctx)
			if err != nil {
				return err
			}
			id, err := findLocation(ctx, env, api, args[0])
			if err != nil {
				return err
			}
			if _, err := api.DeleteLocationWithResponse(ctx, id); err != nil {
				return err
			}
			env.Talk("%s %s and its entities are no longer in the catalog.", env.Green("✓"), cli.Plain(args[0]))
			return nil
		},
	}
}

// findLocation returns the id of the location a person means.
func findLocation(ctx context.Context, env *cli.Env, api *client.ClientWithResponses, word string) (string, error) {
	locations, err := client.OK(api.ListLocationsWithResponse(ctx))
	if err != nil {
		return "", err
	}
	path := word
	if !filepath.IsAbs(path) {
		path = filepath.Join(env.Dir, path)
	}
	for _, l := range locations.Items {
		if l.ID == word || l.Target == word || l.Target == path {
			return l.ID, nil
		}
	}
	return "", fault.New(fault.NotFound, "No location %s is registered.", word).
		WithHint("See the locations: platform catalog errors --all")
}

func problems(env *cli.Env) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "errors",
		Short: "Show the problems of registered locations",
		Long:  "Show the problems of registered locations. Exits with 1 when there are any.",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runProblems(cmd.Context(), env, all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "show the locations without problems too")
	return cmd
}

func runProblems(ctx context.Context, env *cli.Env, all bool) error {
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	locations, err := client.OK(api.ListLocationsWithResponse(ctx))
	if err != nil {
		return err
	}
	shown := types.LocationList{Items: []types.Location{}}
	bad := 0
	for _, l := range locations.Items {
		if len(l.Problems) > 0 {
			bad++
		}
		if all || len(l.Problems) > 0 {
			shown.Items = append(shown.Items, l)
		}
	}
	err = env.Print(shown, func(w io.Writer) error { return printLocations(w, shown.Items) })
	if err != nil {
		return err
	}
	if bad > 0 {
		return cli.VerdictError{Code: fault.Failed}
	}
	env.Talk("%s %s, no problems.", env.Green("✓"), cli.Count(len(locations.Items), "location", "locations"))
	return nil
}

func printLocations(w io.Writer, locations []types.Location) error {
	for _, l := range locations {
		if err := cli.Facts(w, "Location", l.Target, "Type", string(l.Type), "Id", l.ID); err != nil {
			return err
		}
		if len(l.Problems) > 0 {
			if err := printProblems(w, l); err != nil {
				return err
			}
		}
	}
	return nil
}
