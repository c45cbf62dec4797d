package catalog

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// everyFlag is what flags and arguments say of a time between two readings.
const everyFlag = "{5m | 1h30m | 2d | 1d12h | 1w ... | never | default}: from a minute to 30 days; never is only when asked"

func schedule(env *cli.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schedule LOCATION_OR_ENTITY [EVERY]",
		Short: "Show or set how often a location is read again",
		Long: "Show or set how often a location is read again: by its id, by the path or address it was registered with, or by the\n" +
			"name of an entity that comes from it, such as component:orders.\n" +
			"EVERY is a time from a minute to 30 days, such as 5m, 1h30m, 2d, 1d12h or 1w; never, to pause it: it is read only when asked\n" +
			"(platform catalog refresh), and webhooks do not wake it; or default: every 2 minutes for files and folders, 10\n" +
			"minutes for repositories and files on the web, an hour for organisations. What is said of an organisation holds for\n" +
			"the repositories found in it, too, unless they have a schedule of their own.",
		Example: "  platform catalog schedule https://github.com/acme/orders.git\n  platform catalog schedule https://github.com/acme/orders.git 5m\n" +
			"  platform catalog schedule /srv/catalog never\n  platform catalog schedule /srv/catalog default",
		Args: cli.Args(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if len(args) == 2 {
				if _, err := catalog.ParseEvery(args[1]); err != nil {
					return err // before the server is asked what LOCATION is
				}
			}
			api, err := env.API(ctx)
			if err != nil {
				return err
			}
			l, err := locationOf(ctx, env, api, args[0])
			if err != nil {
				return err
			}
			if len(args) == 2 {
				if l, err = client.OK(api.SetLocationScheduleWithResponse(ctx, l.ID, types.LocationSchedule{Every: args[1]})); err != nil {
					return err
				}
			}
			return env.Print(l, func(w io.Writer) error {
				now := time.Now()
				return cli.Facts(w, "Location", targetOf(l), "Read", cli.Age(l.LastSucceeded, now), "Every", every(l), "Again", due(l.RefreshAt, now))
			})
		},
	}
	// A time below zero looks like a flag.
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		unknown, ok := errors.AsType[*pflag.NotExistError](err)
		if !ok || !strings.ContainsAny(unknown.GetSpecifiedName()[:1], "0123456789") {
			return cmd.Root().FlagErrorFunc()(cmd, err)
		}
		if _, wrong := catalog.ParseEvery("-" + unknown.GetSpecifiedShortnames()); wrong != nil {
			return wrong
		}
		return cmd.Root().FlagErrorFunc()(cmd, err)
	})
	return cmd
}

// locationOf returns the location that a person means, or that an entity comes from.
func locationOf(ctx context.Context, env *cli.Env, api *client.ClientWithResponses, word string) (types.Location, error) {
	l, err := findLocation(ctx, env, api, word)
	kind, namespace, name, ok := namedEntity(word)
	if err == nil || !ok {
		return l, err
	}
	entity, err := client.OK(api.GetEntityWithResponse(ctx, kind, namespace, name))
	if err != nil {
		return types.Location{}, err
	}
	return findLocation(ctx, env, api, entity.Source.Location)
}

// every says how often a location is read, and who wants it so when somebody does.
func every(l types.Location) string {
	switch {
	case l.Every == "":
		return "never"
	case l.EveryFrom == types.EveryOfLocation:
		return l.Every + " (set)"
	case l.EveryFrom == types.EveryOfOrganization:
		return l.Every + " (organisation)"
	}
	return l.Every
}
