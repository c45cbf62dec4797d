package catalog

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func health(env *cli.Env) *cobra.Command {
	var owner string
	cmd := &cobra.Command{
		Use:   "health [ENTITY]",
		Short: "Check who owns entities and whether what they refer to is there",
		Long: "Check who owns entities and whether what they refer to is there: of one entity, of all that --owner has,\n" +
			"or, without either, whatever does not pass anywhere. Exits with 1 when a check fails, with 3 when\n" +
			"none fails but some could not be made.",
		Example: "  platform catalog health orders\n  platform catalog health --owner checkout",
		Args:    cli.Args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "" {
				return fault.New(fault.Invalid, "The name of the entity is empty.").WithHint("Name one, or none to see all.")
			}
			found, err := findings(cmd.Context(), env, strings.Join(args, ""), owner)
			if err != nil {
				return err
			}
			if err := env.Print(found, func(w io.Writer) error { return printFindings(w, found.Items) }); err != nil {
				return err
			}
			switch {
			case len(found.Items) > 0:
			case owner != "":
				env.Talk("%s owns nothing that could be checked.", owner)
			default:
				env.Talk("Nothing in the catalog is open.")
			}
			return verdictOf(found.Items)
		},
	}
	cmd.Flags().StringVar(&owner, "owner", "", "what this group or user owns, also through groups below")
	return cmd
}

func findings(ctx context.Context, env *cli.Env, entity, owner string) (types.FindingList, error) {
	var found types.FindingList
	if entity != "" && owner != "" {
		return found, fault.New(fault.Invalid, "Name an entity or an owner, not both.").WithHint("platform catalog health --owner checkout")
	}
	var err error
	if entity != "" {
		err = onEntity(ctx, env, entity, func(ctx context.Context, e entityName, api *client.ClientWithResponses) error {
			found, err = client.OK(api.EntityHealthWithResponse(ctx, e.kind, e.namespace, e.name))
			return err
		})
		return found, err
	}
	api, err := env.API(ctx)
	if err != nil {
		return found, err
	}
	params := &types.ListOwnershipParams{}
	if owner != "" {
		params.Owner = &owner
	}
	return client.OK(api.ListOwnershipWithResponse(ctx, params))
}

func printFindings(w io.Writer, list []types.Finding) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([][]string, len(list))
	for i, f := range list {
		known := f.Source
		if !f.At.IsZero() {
			known += ", " + cli.Age(f.At, time.Now())
		}
		rows[i] = []string{f.Entity, string(f.Check), string(f.State), catalog.Problem{Message: f.Message, Hint: f.Hint}.Advice(), known}
	}
	return cli.Rows(w, []string{"entity", "check", "state", "why", "known from"}, rows)
}

// verdictOf is no when a check fails, unknown when one could not be made.
func verdictOf(list []types.Finding) error {
	unknown := false
	for _, f := range list {
		switch f.State {
		case types.FindingFail:
			return cli.VerdictError{Code: fault.Failed}
		case types.FindingUnknown, types.FindingStale:
			unknown = true
		case types.FindingPass:
		}
	}
	if unknown {
		return cli.VerdictError{Code: fault.Unknown}
	}
	return nil
}
