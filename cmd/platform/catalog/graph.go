package catalog

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

type graphOptions struct {
	depth, limit     int
	direction, draw  string
	relations, kinds []string
}

func graph(env *cli.Env) *cobra.Command {
	var opts graphOptions
	cmd := &cobra.Command{
		Use:   "graph ENTITY",
		Short: "Show what an entity is related to, step by step",
		Long: "Show what an entity is related to, step by step. Relations point out from the file that states them:\n" +
			"--direction in shows what depends on the entity, out what it depends on.",
		Example: "  platform catalog graph orders --depth 2 --direction in\n  platform catalog graph orders --draw mermaid",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if opts.draw != "" && opts.draw != "dot" && opts.draw != "mermaid" {
				return fault.New(fault.Invalid, "Nothing is drawn as %q.", opts.draw).WithHint("Use --draw dot or --draw mermaid.")
			}
			return onEntity(cmd.Context(), env, args[0], func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
				return runGraph(ctx, env, e, api, opts)
			})
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&opts.depth, "depth", 1, "steps from the entity, at most 10")
	flags.IntVar(&opts.limit, "limit", 500, "at most this many entities")
	flags.StringVar(&opts.direction, "direction", "both", "{both | out | in}")
	flags.StringSliceVar(&opts.relations, "relation", nil, "only these relations, for example consumesApi")
	flags.StringSliceVar(&opts.kinds, "kind", nil, "only entities of these kinds, for example component")
	flags.StringVar(&opts.draw, "draw", "", "{dot | mermaid}: write a picture for Graphviz or Mermaid")
	return cmd
}

func runGraph(ctx context.Context, env *cli.Env, e entityName, api *client.ClientWithResponses, opts graphOptions) error {
	found, err := client.OK(api.EntityGraphWithResponse(ctx, e.kind, e.namespace, e.name, &types.EntityGraphParams{
		Depth: &opts.depth, Limit: &opts.limit, Direction: &opts.direction, Relation: opts.relations, Only: opts.kinds,
	}))
	if err != nil {
		return err
	}
	if found.Cut {
		env.Talk("There is more: only %d entities are shown. Ask for more with --limit.", len(found.Nodes))
	}
	return env.Print(found, func(w io.Writer) error {
		switch opts.draw {
		case "dot":
			return drawDot(w, found)
		case "mermaid":
			return drawMermaid(w, found)
		}
		missing := map[string]bool{}
		for _, n := range found.Nodes {
			missing[n.Ref] = n.Missing
		}
		rows := make([][]string, len(found.Edges))
		for i, edge := range found.Edges {
			note := ""
			if missing[edge.Source] || missing[edge.Target] {
				note = "not in the catalog"
			}
			rows[i] = []string{edge.Source, edge.Type, edge.Target, note}
		}
		return cli.Rows(w, []string{"entity", "relation", "to", ""}, rows)
	})
}

// drawDot writes a graph for Graphviz. Names hold no quotes.
func drawDot(w io.Writer, g types.Graph) error {
	var b strings.Builder
	b.WriteString("digraph catalog {\n  rankdir=LR;\n  node [shape=box];\n")
	for _, n := range g.Nodes {
		style := ""
		if n.Missing {
			style = ", style=dashed"
		}
		fmt.Fprintf(&b, "  %q [label=%q%s];\n", n.Ref, n.Kind+"\n"+n.Title, style)
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "  %q -> %q [label=%q];\n", e.Source, e.Target, e.Type)
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// drawMermaid writes a graph for Mermaid, which knows nodes by short names.
func drawMermaid(w io.Writer, g types.Graph) error {
	var b strings.Builder
	b.WriteString("graph LR\n")
	ids := map[string]string{}
	for i, n := range g.Nodes {
		ids[n.Ref] = fmt.Sprintf("n%d", i)
		label := strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;").Replace(n.Kind + ": " + n.Title)
		fmt.Fprintf(&b, "  n%d[\"%s\"]\n", i, label)
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "  %s -->|%s| %s\n", ids[e.Source], e.Type, ids[e.Target])
	}
	_, err := io.WriteString(w, b.String())
	return err
}
