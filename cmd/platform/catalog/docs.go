package catalog

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
)

func docs(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "docs ENTITY [PATH]",
		Short:   "List the documents of an entity, or show one",
		Long:    "List the Markdown documents that came with an entity, or show the one with PATH.",
		Example: "  platform catalog docs orders\n  platform catalog docs orders index.md",
		Args:    cli.Args(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onEntity(cmd.Context(), env, args[0], func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
				found, err := client.OK(api.EntityDocumentsWithResponse(ctx, e.kind, e.namespace, e.name))
				if err != nil {
					return err
				}
				if len(found.Items) == 0 && (len(args) == 2 || (env.Output == "" || env.Output == cli.Table)) {
					return noDocuments(ctx, env, api, e, args)
				}
				if len(args) == 1 {
					return env.Print(found, func(w io.Writer) error {
						rows := make([][]string, len(found.Items))
						for i, d := range found.Items {
							rows[i] = []string{d.Path, string(d.Kind), d.Title, strconv.FormatInt(d.Size, 10)}
						}
						return cli.Rows(w, []string{"path", "kind", "title", "bytes"}, rows)
					})
				}
				for _, d := range found.Items {
					if d.Path != args[1] {
						continue
					}
					document, err := api.GetDocumentWithResponse(ctx, d.Digest)
					if err != nil {
						return err
					}
					return env.WriteText(document.Body)
				}
				return fault.New(fault.NotFound, "%s has no document %s.", args[0], args[1]).
					WithHint("See which it has: platform catalog docs %s", args[0])
			})
		},
	}
}

// noDocuments says where the documents of an entity lie that has none here.
func noDocuments(ctx context.Context, env *cli.Env, api *client.ClientWithResponses, e entityName, args []string) error {
	entity, err := client.OK(api.GetEntityWithResponse(ctx, e.kind, e.namespace, e.name))
	if err != nil {
		return err
	}
	at, written := entity.Metadata.Annotations[catalog.AnnotationTechDocs]
	other := entity.Metadata.Annotations["backstage.io/techdocs-entity"]
	address := strings.TrimPrefix(at, "url:")
	var said, hint string
	switch {
	case other != "":
		said, hint = "The documents of "+entity.Ref+" are those of "+other+".", "platform catalog docs "+other
	case strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://"):
		said, hint = "The documents of "+entity.Ref+" lie at "+address+". Only those in its own repository are kept here.", "Open that address."
	case written:
		said = "Its catalog file names " + at + " for the documents of " + entity.Ref + ", and none were found there."
		hint = "See what is wrong: platform catalog errors --entity " + entity.Ref
	default:
		said = entity.Ref + " names no documents."
		hint = "Write Markdown into docs/ beside its catalog file, and the annotation " + catalog.AnnotationTechDocs + ": dir:."
	}
	if len(args) == 2 {
		return fault.New(fault.NotFound, "%s has no document %s. %s", args[0], args[1], said).WithHint("%s", hint)
	}
	env.Talk("%s %s", said, hint)
	return nil
}
