package catalog

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func refresh(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh LOCATION_OR_ENTITY",
		Short: "Read a registered location again",
		Long: "Read a registered location again: by its id, by the path or address it was registered with, or by the name\n" +
			"of an entity that comes from it, such as component:orders.",
		Args: cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			api, err := env.API(ctx)
			if err != nil {
				return err
			}
			l, err := findLocation(ctx, env, api, args[0])
			if kind, namespace, name, ok := namedEntity(args[0]); err != nil && ok {
				registration, err := client.OK(api.RefreshEntityWithResponse(ctx, kind, namespace, name))
				if err != nil {
					return err
				}
				return report(env, registration)
			}
			if err != nil {
				return err
			}
			registration, err := client.OK(api.RefreshLocationWithResponse(ctx, l.ID))
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
		Long:  "Forget a registered location and its entities. LOCATION is its id, or the path or address it was registered with.",
		Args:  cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			api, err := env.API(ctx)
			if err != nil {
				return err
			}
			l, err := findLocation(ctx, env, api, args[0])
			if err != nil {
				return err
			}
			if _, err := api.DeleteLocationWithResponse(ctx, l.ID); err != nil {
				return err
			}
			env.Talk("%s %s and its entities are no longer in the catalog.", env.Green("✓"), cli.Plain(args[0]))
			return nil
		},
	}
}

// namedEntity reports which entity a word names that may name a location, too.
func namedEntity(word string) (kind, namespace, name string, ok bool) {
	kind, namespace, name, err := parseRef(word)
	return kind, namespace, name, err == nil && strings.Contains(word, ":")
}

// findLocation returns the location a person means: by its id, or as the list
// of locations shows it.
func findLocation(ctx context.Context, env *cli.Env, api *client.ClientWithResponses, word string) (types.Location, error) {
	locations, err := client.OK(api.ListLocationsWithResponse(ctx))
	if err != nil {
		return types.Location{}, err
	}
	path := word
	if !filepath.IsAbs(path) {
		path = filepath.Join(env.Dir, path)
	}
	// The more exactly somebody writes which one is meant, the sooner it is that.
	for _, is := range []func(l types.Location) bool{
		func(l types.Location) bool { return l.ID == word || nameOf(l) == word },
		func(l types.Location) bool { return targetOf(l) == word || targetOf(l) == path },
		func(l types.Location) bool { return l.Branch != "" && l.Target+"#"+l.Branch == word },
		func(l types.Location) bool { return l.Target == word || l.Target == path },
		func(l types.Location) bool { // by another address, with the branch and path of this one
			which := strings.TrimPrefix(targetOf(l), l.Target)
			address, fits := strings.CutSuffix(word, which)
			return fits && !strings.Contains(address, "#") && catalog.SameRepository(l.Target, address)
		},
		func(l types.Location) bool {
			return !strings.Contains(word, "#") && catalog.SameRepository(l.Target, word)
		},
	} {
		var found []types.Location
		var names []string
		for _, l := range locations.Items {
			if is(l) {
				found, names = append(found, l), append(names, nameOf(l)+" ("+l.ID+")")
			}
		}
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			return types.Location{}, fault.New(fault.Invalid, "Several locations are of %s: %s.", word, strings.Join(names, ", ")).
				WithHint("Name one of them, in quotes, or its id.")
		}
	}
	return types.Location{}, fault.New(fault.NotFound, "No location %s is registered.", word).
		WithHint("See the locations: platform catalog locations")
}
