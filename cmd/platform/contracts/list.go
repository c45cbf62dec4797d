package contracts

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func list(env *cli.Env) *cobra.Command {
	var service string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List which services have a contract, and how it stands",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runList(cmd.Context(), env, service)
		},
	}
	cmd.Flags().StringVar(&service, "service", "", "only those of this service")
	return cmd
}

func runList(ctx context.Context, env *cli.Env, service string) error {
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	var params types.ListContractsParams
	if service != "" {
		params.Service = &service
	}
	contracts, err := client.OK(api.ListContractsWithResponse(ctx, &params))
	if err != nil {
		return err
	}
	return env.Print(contracts, func(w io.Writer) error {
		if len(contracts.Items) == 0 {
			if service == "" {
				env.Talk("No contracts. Publish some: platform contracts publish pacts --service NAME --version VERSION")
			} else {
				env.Talk("%s has no contracts. Publish some: platform contracts publish pacts --service %s --version VERSION", cli.Plain(service), cli.Plain(service))
			}
			return nil
		}
		rows := make([][]string, len(contracts.Items))
		for i, c := range contracts.Items {
			rows[i] = []string{c.Consumer, c.Provider, verified(c.Verdict), c.ConsumerVersion, c.ProviderVersion, cli.Age(c.VerifiedAt, time.Now())}
		}
		return cli.Rows(w, []string{"consumer", "provider", "verified", "consumer version", "provider version", "verified at"}, rows)
	})
}

// verified says in a word how the latest pact stands.
func verified(v types.Verdict) string { return string(v) }
