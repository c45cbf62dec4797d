package catalog

import (
	"context"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// facetNames are what entities can be counted by.
var facetNames = []string{"kind", "type", "owner", "system", "lifecycle", "tag"} //nolint:gochecknoglobals // a constant list

func facets(env *cli.Env) *cobra.Command {
	var opts listOptions
	cmd := &cobra.Command{
		Use:   "facets FACET...",
		Short: "Count entities by kind, type, owner, system, lifecycle or tag",
		Long: "Count entities by kind, type, owner, system, lifecycle or tag. Takes the filters of the list: values of one\n" +
			"filter are alternatives; different filters narrow what is counted. A facet's own filter does not narrow it: its\n" +
			"other values are what one could choose instead.",
		Example:   "  platform catalog facets kind owner\n  platform catalog facets type --kind component --owner checkout",
		Args:      cli.Args(cobra.MinimumNArgs(1)),
		ValidArgs: facetNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFacets(cmd.Context(), env, args, opts)
		},
	}
	opts.filters(cmd.Flags())
	return cmd
}

func runFacets(ctx context.Context, env *cli.Env, names []string, opts listOptions) error {
	asked := &types.ListFacetsParams{
		Kind: opts.kinds, Type: opts.kindTypes, Owner: opts.owners, System: opts.systems, Lifecycle: opts.lifecycles, Tag: opts.tags,
	}
	for _, name := range names {
		if !slices.Contains(facetNames, name) {
			f := fault.New(fault.Invalid, "Entities cannot be counted by %q.", name)
			if near := fault.Nearest(name, facetNames, 2); len(near) > 0 {
				return f.WithHint("Did you mean %s?", near[0])
			}
			return f.WithHint("Count by kind, type, owner, system, lifecycle or tag.")
		}
		asked.Facet = append(asked.Facet, types.ListFacetsParamsFacet(name))
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	found, err := client.OK(api.ListFacetsWithResponse(ctx, asked))
	if err != nil {
		return err
	}
	return env.Print(found, func(w io.Writer) error {
		var rows [][]string
		for _, name := range slices.Sorted(maps.Keys(found.Facets)) {
			for _, c := range found.Facets[name] {
				rows = append(rows, []string{name, c.Value, strconv.Itoa(c.Count)})
			}
		}
		if len(rows) == 0 {
			env.Talk("Nothing to count.")
			return nil
		}
		return cli.Rows(w, []string{"facet", "value", "entities"}, rows)
	})
}

func relations(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "relations ENTITY",
		Short: "List the relations of an entity, from its own file and from others",
		Long: "List the relations of an entity, from its own file and from others. ENTITY is [kind:][namespace/]name; without\n" +
			"a kind it is a component.",
		Example: "  platform catalog relations orders\n  platform catalog relations group:checkout --output json",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onEntity(cmd.Context(), env, args[0], func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
				found, err := client.OK(api.GetEntityWithResponse(ctx, e.kind, e.namespace, e.name))
				if err != nil {
					return err
				}
				list := struct {
					Items []types.Relation `json:"items"`
				}{Items: slices.Concat([]types.Relation{}, found.Relations)}
				return env.Print(list, func(w io.Writer) error {
					if len(list.Items) == 0 {
						env.Talk("%s has no relations.", cli.Plain(found.Ref))
						return nil
					}
					return printRelations(w, list.Items)
				})
			})
		},
	}
}

func printRelations(w io.Writer, relations []types.Relation) error {
	rows := make([][]string, len(relations))
	for i, r := range relations {
		rows[i] = []string{r.Type, r.TargetRef}
	}
	return cli.Rows(w, []string{"relation", "entity"}, rows)
}
