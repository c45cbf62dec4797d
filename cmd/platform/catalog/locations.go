package catalog

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func locations(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "locations",
		Short: "Show what is registered, how often it is read, and when next",
		Long: "Show the files, folders, repositories and organisations that are registered, when each was read, how often it is and\n" +
			"when next. A target is an address or a path, with #BRANCH and :PATH where only those are read; so it is written as\n" +
			"LOCATION elsewhere. To change how often it is read: platform catalog schedule LOCATION EVERY",
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			api, err := env.API(ctx)
			if err != nil {
				return err
			}
			found, err := client.OK(api.ListLocationsWithResponse(ctx))
			if err != nil {
				return err
			}
			return env.Print(found, func(w io.Writer) error { return printLocations(w, found.Items) })
		},
	}
}

func printLocations(w io.Writer, list []types.Location) error {
	now := time.Now()
	rows := make([][]string, len(list))
	for i, l := range list {
		problems := ""
		if len(l.Problems) > 0 {
			problems = strconv.Itoa(len(l.Problems))
		}
		rows[i] = []string{l.ID, string(l.Type), targetOf(l), cli.Age(l.LastSucceeded, now), every(l), due(l.RefreshAt, now), problems}
	}
	return cli.Rows(w, []string{"id", "type", "target", "read", "every", "again", "problems"}, rows)
}

// nameOf returns what a location is called as annotations do, TYPE:TARGET#BRANCH:PATH.
func nameOf(l types.Location) string {
	return catalog.Location{Type: catalog.LocationType(l.Type), Target: l.Target, Branch: l.Branch, Path: l.Path}.String()
}

// targetOf returns the same without the type, as lists show it.
func targetOf(l types.Location) string { return strings.TrimPrefix(nameOf(l), string(l.Type)+":") }

// due says when something happens next.
func due(at, now time.Time) string {
	switch d := at.Sub(now); {
	case at.IsZero():
		return "when asked"
	case d <= 0:
		return "now"
	case d < time.Hour:
		return "in " + cli.Count(int(d/time.Minute)+1, "minute", "minutes")
	default:
		return "in " + cli.Count(int(d/time.Hour)+1, "hour", "hours")
	}
}
