package contracts

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// placeOptions say which version is, or was, where.
type placeOptions struct {
	service, version, environment, instance string
}

// recording is one command that records where a version is.
type recording struct {
	name, short, long    string
	versioned, instances bool
	send                 func(ctx context.Context, api *client.ClientWithResponses, o placeOptions) (types.Deployment, error)
}

func recordings() []recording {
	return []recording{
		{
			name: "record-deployment", short: "Record that a version runs in an environment",
			long:      "Record that a version runs in an environment, in place of the one before.",
			versioned: true, instances: true, send: deploy,
		},
		{
			name: "record-undeployment", short: "Record that a service no longer runs in an environment",
			long:      "Record that a service no longer runs in an environment, so that the gate stops counting it there.",
			instances: true, send: undeploy,
		},
		{
			name: "record-release", short: "Record that a version is available in an environment, beside others",
			long: "Record that a version is available in an environment, beside others that are: apps, libraries.\n" +
				"The gate counts it until record-support-ended.",
			versioned: true, send: release,
		},
		{
			name: "record-support-ended", short: "Record that a released version is no longer supported in an environment",
			long:      "Record that a released version is no longer supported in an environment, so that the gate stops counting it there.",
			versioned: true, send: endSupport,
		},
	}
}

func (r recording) command(env *cli.Env) *cobra.Command {
	var opts placeOptions
	example := "platform contracts " + r.name + " --service orders --environment production"
	if r.versioned {
		example = "platform contracts " + r.name + " --service orders --version 1f0c6b9 --environment production"
	}
	cmd := &cobra.Command{
		Use: r.name, Short: r.short, Long: r.long, Example: "  " + example,
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return r.run(cmd.Context(), env, opts, example) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&opts.service, "service", "a", "", "the service (--pacticipant is the same)")
	flags.StringVar(&opts.environment, "environment", "", "which environment (--to-environment is the same)")
	if r.versioned {
		flags.StringVarP(&opts.version, "version", "e", "", "its version")
	}
	if r.instances {
		flags.StringVar(&opts.instance, "application-instance", "", "which of several instances in that environment")
	}
	aliases(cmd)
	return cmd
}

func (r recording) run(ctx context.Context, env *cli.Env, opts placeOptions, example string) error {
	questions := []cli.Question{{Flag: "service", Title: "Which service", Value: &opts.service}}
	if r.versioned {
		questions = append(questions, cli.Question{Flag: "version", Title: "Which version of it", Value: &opts.version})
	}
	if err := env.Require(ctx, example, append(questions, environmentQuestion(&opts.environment))...); err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	d, err := r.send(ctx, api, opts)
	if err != nil {
		return err
	}
	return env.Print(d, func(w io.Writer) error {
		until := ""
		if !d.EndedAt.IsZero() {
			until = d.EndedAt.Local().Format("2006-01-02 15:04:05")
		}
		return cli.Facts(w, "Service", d.Service, "Version", d.Version, "Environment", d.Environment,
			"Kind", string(d.Kind), "Instance", d.ApplicationInstance, "Ended", until)
	})
}

func deploy(ctx context.Context, api *client.ClientWithResponses, o placeOptions) (types.Deployment, error) {
	return client.Created(api.RecordDeploymentWithResponse(ctx, types.NewDeployment{
		Service: o.service, Version: o.version, Environment: o.environment, ApplicationInstance: o.instance,
	}))
}

func undeploy(ctx context.Context, api *client.ClientWithResponses, o placeOptions) (types.Deployment, error) {
	return client.OK(api.RecordUndeploymentWithResponse(ctx, &types.RecordUndeploymentParams{
		Service: o.service, Environment: o.environment, ApplicationInstance: optional(o.instance),
	}))
}

func release(ctx context.Context, api *client.ClientWithResponses, o placeOptions) (types.Deployment, error) {
	return client.Created(api.RecordReleaseWithResponse(ctx, types.NewRelease{
		Service: o.service, Version: o.version, Environment: o.environment,
	}))
}

func endSupport(ctx context.Context, api *client.ClientWithResponses, o placeOptions) (types.Deployment, error) {
	return client.OK(api.RecordSupportEndedWithResponse(ctx, &types.RecordSupportEndedParams{
		Service: o.service, Version: o.version, Environment: o.environment,
	}))
}
