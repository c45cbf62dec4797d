package catalog

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// shortCommit is how much of a commit's id people read.
const shortCommit = 10

func history(env *cli.Env) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "history ENTITY",
		Short: "Show who changed what of an entity, when and from which commit",
		Long: "Show who changed what of an entity, when and from which commit, newest first. It goes on under the names\n" +
			"that the entity had before, and knows entities that are gone.\n\n" +
			"Who and the commit are those of the commit that changed the file. Where nobody knows which one did, as of\n" +
			"what was just registered, they are whoever had it read, and the commit that was read. All fields, with their\n" +
			"values before and after: --output json",
		Example: "  platform catalog history orders",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onEntity(cmd.Context(), env, args[0], func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
				found, err := client.OK(api.EntityHistoryWithResponse(ctx, e.kind, e.namespace, e.name, &types.EntityHistoryParams{Limit: &limit}))
				if err != nil {
					return err
				}
				return env.Print(found, func(w io.Writer) error { return printHistory(w, found.Items) })
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "at most this many changes")
	return cmd
}

func printHistory(w io.Writer, changes []types.EntityChange) error {
	rows := make([][]string, len(changes))
	for i, c := range changes {
		who, commit := c.Actor, c.Commit[:min(len(c.Commit), shortCommit)]
		if by := c.ChangedBy; by.Commit != "" {
			who, commit = by.Author, by.Commit[:min(len(by.Commit), shortCommit)]+" "+by.Subject
		}
		rows[i] = []string{c.At.Local().Format(time.DateTime), whatHappened(c), c.Entity, who, commit}
	}
	return cli.Rows(w, []string{"when", "what", "entity", "who", "commit"}, rows)
}

// fieldsNamed is how many fields of one change are named in a line.
const fieldsNamed = 3

// whatHappened tells what a change did in a line.
func whatHappened(c types.EntityChange) string {
	what := string(c.What)
	switch {
	case c.Previous != "":
		what += " from " + c.Previous
	case c.From != "":
		what += " from " + c.From
	}
	if len(c.Fields) == 0 {
		return what
	}
	if c.What != types.WhatChanged {
		what += ","
	}
	if len(c.Fields) == 1 {
		return what + " " + c.Fields[0].Path + ": " + cmp.Or(c.Fields[0].Before, "none") + " to " + cmp.Or(c.Fields[0].After, "none")
	}
	named := make([]string, 0, fieldsNamed)
	for _, f := range c.Fields[:min(len(c.Fields), fieldsNamed)] {
		named = append(named, f.Path)
	}
	what += " " + strings.Join(named, ", ")
	if more := len(c.Fields) - fieldsNamed; more > 0 {
		what += fmt.Sprintf(" and %d more", more)
	}
	return what
}

// entityName is an entity as a person names it.
type entityName struct{ kind, namespace, name string }

// onEntity does something with the entity that a person names.
func onEntity(
	ctx context.Context, env *cli.Env, word string, do func(ctx context.Context, e entityName, api *client.ClientWithResponses) error,
) error {
	kind, namespace, name, err := parseRef(word)
	if err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	return do(ctx, entityName{kind, namespace, name}, api)
}
