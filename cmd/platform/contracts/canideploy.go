package contracts

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

type canIDeployOptions struct {
	service, version, environment string
}

const canIDeployExample = "platform contracts can-i-deploy --service orders --version 1f0c6b9 --environment production"

func canIDeploy(env *cli.Env) *cobra.Command {
	var opts canIDeployOptions
	cmd := &cobra.Command{
		Use:     "can-i-deploy",
		Short:   "Ask whether a version may go to an environment",
		Long:    "Ask whether a version may go to an environment. Exits with 0 for yes, 1 for no, 3 for unknown.",
		Example: "  " + canIDeployExample,
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runCanIDeploy(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().StringVar(&opts.service, "service", "", "the service")
	cmd.Flags().StringVar(&opts.version, "version", "", "its version")
	cmd.Flags().StringVar(&opts.environment, "environment", "", "where it shall go")
	aliases(cmd)
	return cmd
}

// aliases accepts the names that the Pact command line uses for the same flags.
func aliases(cmd *cobra.Command) {
	cmd.Flags().SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		switch name {
		case "pacticipant":
			name = "service"
		case "to-environment":
			name = "environment"
		}
		return pflag.NormalizedName(name)
	})
}

// askService asks for what a command about a service cannot do without.
func askService(ctx context.Context, env *cli.Env, example string, opts *canIDeployOptions) error {
	return env.Require(ctx, example,
		cli.Question{Flag: "service", Title: "Which service", Value: &opts.service},
		cli.Question{Flag: "version", Title: "Which version of it", Value: &opts.version},
		cli.Question{Flag: "environment", Title: "Which environment", Options: []string{"test", "production"}, Value: &opts.environment})
}

func runCanIDeploy(ctx context.Context, env *cli.Env, opts canIDeployOptions) error {
	if err := askService(ctx, env, canIDeployExample, &opts); err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	gate, err := client.OK(api.CanIDeployWithResponse(ctx, &types.CanIDeployParams{
		Service: opts.service, Version: opts.version, Environment: opts.environment,
	}))
	if err != nil {
		return err
	}
	if err := env.Print(gate, func(w io.Writer) error { return printGate(w, gate) }); err != nil {
		return err
	}
	switch gate.Verdict {
	case types.VerdictYes:
		return nil
	case types.VerdictNo:
		return cli.VerdictError{Code: fault.Failed}
	case types.VerdictUnknown:
	}
	return cli.VerdictError{Code: fault.Unknown}
}

// printGate writes the verdict, and under it each reason with its next step.
func printGate(w io.Writer, gate types.Gate) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", gate.Verdict, cli.Plain(gate.Summary))
	for _, r := range gate.Reasons {
		fmt.Fprintf(&b, "\n  %s  %s\n", mark(r.Verdict), cli.Plain(r.Text))
		for _, interaction := range r.Interactions {
			fmt.Fprintf(&b, "           failed: %s\n", cli.Plain(interaction))
		}
		if r.Next != "" {
			fmt.Fprintf(&b, "           next: %s\n", cli.Plain(r.Next))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func mark(v types.Verdict) string { return fmt.Sprintf("%-7s", v) }
