package catalog

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// pageSize is how many entities are fetched at a time when all are wanted.
const pageSize = 500

type listOptions struct {
	kinds, kindTypes, owners, systems, lifecycles, tags []string
	text, order                                         string
	limit                                               int
}

func list(env *cli.Env) *cobra.Command {
	var opts listOptions
	cmd := &cobra.Command{
		Use:     "list [TEXT]",
		Short:   "List entities",
		Long:    "List entities. Values of one filter are alternatives; different filters narrow the list.",
		Example: "  platform catalog list --kind component --owner checkout\n  platform catalog list order --output json",
		Args:    cli.Args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.text = strings.Join(args, " ")
			return runList(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	opts.filters(flags)
	flags.StringVar(&opts.order, "order", "", "what to sort by, for example name or -updated")
	flags.IntVar(&opts.limit, "limit", 0, "at most this many; 0 for all")
	return cmd
}

// filters adds the flags that narrow what is listed or counted.
func (opts *listOptions) filters(flags *pflag.FlagSet) {
	flags.StringSliceVar(&opts.kinds, "kind", nil, "only these kinds, for example component")
	flags.StringSliceVar(&opts.kindTypes, "type", nil, "only these types, for example service")
	flags.StringSliceVar(&opts.owners, "owner", nil, "only what these groups own")
	flags.StringSliceVar(&opts.systems, "system", nil, "only what is part of these systems")
	flags.StringSliceVar(&opts.lifecycles, "lifecycle", nil, "only these lifecycles")
	flags.StringSliceVar(&opts.tags, "tag", nil, "only what has one of these tags")
}

func runList(ctx context.Context, env *cli.Env, opts listOptions) error {
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	page, err := collect(ctx, api, opts)
	if err != nil {
		return err
	}
	return env.Print(page, func(w io.Writer) error {
		if len(page.Items) == 0 {
			env.Talk("%s", nothingFound(opts))
			return nil
		}
		if err := cli.Rows(w, []string{"entity", "type", "owner", "lifecycle", "title"}, rows(page.Items)); err != nil {
			return err
		}
		if page.Total > len(page.Items) {
			env.Talk("%d of %d shown.", len(page.Items), page.Total)
		}
		return nil
	})
}

// collect fetches page after page until the limit or the end.
func collect(ctx context.Context, api *client.ClientWithResponses, opts listOptions) (types.EntityPage, error) {
	all := types.EntityPage{Items: []types.Entity{}}
	for cursor := ""; ; cursor = all.Next {
		size := pageSize
		if opts.limit > 0 {
			size = min(size, opts.limit-len(all.Items))
		}
		page, err := client.OK(api.ListEntitiesWithResponse(ctx, params(opts, size, cursor)))
		if err != nil {
			return types.EntityPage{}, err
		}
		all.Items = append(all.Items, page.Items...)
		all.Total, all.Next = page.Total, page.Next
		if page.Next == "" || len(page.Items) == 0 || (opts.limit > 0 && len(all.Items) >= opts.limit) {
			return all, nil
		}
	}
}

func params(opts listOptions, size int, cursor string) *types.ListEntitiesParams {
	p := &types.ListEntitiesParams{
		Kind: opts.kinds, Type: opts.kindTypes, Owner: opts.owners, System: opts.systems,
		Lifecycle: opts.lifecycles, Tag: opts.tags, Limit: &size,
	}
	if opts.text != "" {
		p.Q = &opts.text
	}
	if opts.order != "" {
		p.Order = &opts.order
	}
	if cursor != "" {
		p.Cursor = &cursor
	}
	return p
}

func rows(entities []types.Entity) [][]string {
	out := make([][]string, len(entities))
	for i, e := range entities {
		out[i] = []string{e.Ref, spec(e, "type"), spec(e, "owner"), spec(e, "lifecycle"), e.Metadata.Title}
	}
	return out
}

// spec returns a text value of an entity's spec.
func spec(e types.Entity, key string) string {
	s, _ := e.Spec[key].(string)
	return s
}

func nothingFound(opts listOptions) string {
	if opts.text == "" && len(opts.kinds)+len(opts.kindTypes)+len(opts.owners)+len(opts.systems)+len(opts.lifecycles)+len(opts.tags) == 0 {
		return "The catalog is empty. Fill it: platform catalog register PATH_OR_URL, or platform new service NAME"
	}
	return "Nothing in the catalog matches. See everything: platform catalog list"
}
