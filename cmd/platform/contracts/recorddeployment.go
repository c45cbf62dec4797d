package contracts

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

type deployOptions struct {
	canIDeployOptions
	instance string
}

const deployExample = "platform contracts record-deployment --service orders --version 1f0c6b9 --environment production"

func recordDeployment(env *cli.Env) *cobra.Command {
	var opts deployOptions
	cmd := &cobra.Command{
		Use:     "record-deployment",
		Short:   "Record that a version runs in an environment",
		Long:    "Record that a version runs in an environment, in place of the one before.",
		Example: "  " + deployExample,
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runRecordDeployment(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().StringVar(&opts.service, "service", "", "the service")
	cmd.Flags().StringVar(&opts.version, "version", "", "its version")
	cmd.Flags().StringVar(&opts.environment, "environment", "", "where it runs now")
	cmd.Flags().StringVar(&opts.instance, "application-instance", "", "which of several instances in that environment")
	aliases(cmd)
	return cmd
}

func runRecordDeployment(ctx context.Context, env *cli.Env, opts deployOptions) error {
	if err := askService(ctx, env, deployExample, &opts.canIDeployOptions); err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	deployment, err := client.Created(api.RecordDeploymentWithResponse(ctx, types.NewDeployment{
		Service: opts.service, Version: opts.version, Environment: opts.environment, ApplicationInstance: opts.instance,
	}))
	if err != nil {
		return err
	}
	return env.Print(deployment, func(w io.Writer) error {
		return cli.Facts(w, "Service", deployment.Service, "Version", deployment.Version,
			"Environment", deployment.Environment, "Instance", deployment.ApplicationInstance)
	})
}
