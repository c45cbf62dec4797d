package catalog

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
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
			"Who and the commits are those that changed the entity since its location was read before. Where nobody knows\n" +
			"which did, as of what was just registered, they are whoever had it read, and the commit that was read. All\n" +
			"fields, with their values before and after, and the lines that differ in long texts: --output json",
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
		if len(c.ChangedBy) > 0 {
			who, commit = changedBy(c.ChangedBy)
		}
		rows[i] = []string{c.At.Local().Format(time.DateTime), whatHappened(c), c.Entity, who, commit}
	}
	return cli.Rows(w, []string{"when", "what", "entity", "who", "commit"}, rows)
}

// valueShown is how many letters of a value fit into a line.
const valueShown = 40

// shortly tells a value in a line.
func shortly(value string) string {
	letters := []rune(cmp.Or(value, "none"))
	if len(letters) <= valueShown {
		return string(letters)
	}
	return string(letters[:valueShown-1]) + "…"
}

// changedBy tells who wrote commits, and which they are.
func changedBy(commits []types.CommitOfChange) (who, which string) {
	var names, ids []string
	for _, c := range commits {
		if !slices.Contains(names, c.Author) {
			names = append(names, c.Author)
		}
		ids = append(ids, c.Commit[:min(len(c.Commit), shortCommit)])
	}
	which = ids[0] + " " + commits[0].Subject
	if len(ids) > 1 {
		which = strings.Join(ids[:min(len(ids), fieldsNamed)], ", ")
		if more := len(ids) - fieldsNamed; more > 0 {
			which += fmt.Sprintf(" and %d more", more)
		}
	}
	return strings.Join(names, ", "), which
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
		return what + " " + c.Fields[0].Path + ": " + shortly(c.Fields[0].Before) + " to " + shortly(c.Fields[0].After)
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
