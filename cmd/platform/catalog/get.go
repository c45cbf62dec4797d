package catalog

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func get(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "get ENTITY",
		Aliases: []string{"show"},
		Short:   "Show one entity with its relations",
		Long:    "Show one entity with its relations. ENTITY is [kind:][namespace/]name; without a kind it is a component.",
		Example: "  platform catalog get orders\n  platform catalog get api:default/orders --output yaml",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runGet(cmd.Context(), env, args[0])
		},
	}
}

func runGet(ctx context.Context, env *cli.Env, word string) error {
	kind, namespace, name, err := parseRef(word)
	if err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	entity, err := client.OK(api.GetEntityWithResponse(ctx, kind, namespace, name))
	if err != nil {
		return err
	}
	return env.Print(entity, func(w io.Writer) error { return describe(w, entity) })
}

// parseRef splits [kind:][namespace/]name. The server checks the parts.
func parseRef(word string) (kind, namespace, name string, err error) {
	kind, namespace, name = "component", "default", word
	if k, rest, ok := strings.Cut(name, ":"); ok {
		kind, name = k, rest
	}
	if n, rest, ok := strings.Cut(name, "/"); ok {
		namespace, name = n, rest
	}
	if kind == "" || namespace == "" || name == "" || strings.ContainsAny(name, ":/") {
		return "", "", "", fault.New(fault.Invalid, "%q does not name an entity.", word).
			WithHint("A name looks like orders, api:orders or component:default/orders.")
	}
	return kind, namespace, name, nil
}

// describe prints an entity for a person.
func describe(w io.Writer, e types.Entity) error {
	source := e.Source.Target
	if e.Source.Path != "" {
		source += " " + e.Source.Path
	}
	err := cli.Facts(w, "Entity", e.Ref, "Title", e.Metadata.Title, "Description", e.Metadata.Description,
		"Type", spec(e, "type"), "Owner", spec(e, "owner"), "System", spec(e, "system"),
		"Lifecycle", spec(e, "lifecycle"), "Tags", strings.Join(e.Metadata.Tags, ", "), "Source", source)
	if err != nil {
		return err
	}
	if !e.OrphanedAt.IsZero() {
		stays := "It stays until somebody deletes it."
		if !e.DeletedAt.IsZero() {
			stays = "It is deleted on " + e.DeletedAt.Local().Format(time.DateOnly) + "."
		}
		fmt.Fprintf(w, "\nOrphan: no file defines it since %s. %s\n", e.OrphanedAt.Local().Format(time.DateTime), stays)
	}
	if len(e.Relations) > 0 {
		fmt.Fprintln(w)
		if err := printRelations(w, e.Relations); err != nil {
			return err
		}
	}
	for _, s := range e.Status {
		fmt.Fprintf(w, "\n%s: %s\n", cli.Plain(s.Level), cli.Plain(s.Message))
	}
	return nil
}
