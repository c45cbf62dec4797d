package contracts

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func providerCommands(env *cli.Env) *cobra.Command {
	return cli.Group("provider", "Tell the server where providers run, so that it can verify them", setProvider(env), listProviders(env), removeProvider(env))
}

const providerExample = "platform contracts provider set inventory --provider-url http://inventory.test:8080"

type providerOptions struct {
	name    string
	request types.NewProvider
	headers []string
}

func setProvider(env *cli.Env) *cobra.Command {
	var opts providerOptions
	cmd := &cobra.Command{
		Use:   "set PROVIDER",
		Short: "Register where a provider runs, for the server to verify it",
		Long: "Register where a provider runs, for the server to verify it: platform contracts verify --on-server. It calls no other\n" +
			"server. A header names the variable, in the environment of the platform's workers, that holds its value; an address with\n" +
			"a name or a password in it is refused.",
		Example: "  " + providerExample + " --header Authorization=PLATFORM_PROVIDER_INVENTORY",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.name = args[0]
			return runSetProvider(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.request.URL, "provider-url", "", "`address` where it runs")
	flags.StringVar(&opts.request.ProviderStatesURL, "provider-states-url", "", "`address` that sets up provider states; "+statesPath+" of the provider when it answers there")
	flags.StringVar(&opts.request.MessagesURL, "messages-url", "", "`address` that produces a message when its description is posted there")
	flags.StringArrayVar(&opts.headers, "header", nil, "`NAME=VARIABLE`, a header and where its value comes from; may be repeated")
	return cmd
}

func runSetProvider(ctx context.Context, env *cli.Env, opts providerOptions) error {
	if err := env.Require(ctx, providerExample, cli.Question{Flag: "provider-url", Title: "Where does it run", Value: &opts.request.URL}); err != nil {
		return err
	}
	if err := opts.checkAddresses(); err != nil {
		return err
	}
	for i, text := range opts.headers {
		name, variable, ok := strings.Cut(text, "=")
		if !ok || name == "" || variable == "" || strings.ContainsFunc(name, notInName) {
			// Without the text: who writes the value itself here writes a secret.
			return fault.New(fault.Invalid, "The %s --header is not a header with its variable.", ordinal(i+1)).
				WithField("--header", "is not of the form NAME=VARIABLE").WithHint("Write it like --header Authorization=PLATFORM_PROVIDER_INVENTORY")
		}
		if hasHeader(opts.request.Headers, name) {
			return fault.New(fault.Invalid, "The %s --header is for %s, which is given before it.", ordinal(i+1), name).WithHint("Give each header one variable.")
		}
		if opts.request.Headers == nil {
			opts.request.Headers = map[string]string{}
		}
		opts.request.Headers[name] = variable
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	stored, err := client.OK(api.RegisterProviderWithResponse(ctx, opts.name, opts.request))
	if err != nil {
		return err
	}
	return env.Print(stored, func(w io.Writer) error {
		return cli.Facts(w, "Provider", stored.Provider, "Runs at", stored.URL, "States", stored.ProviderStatesURL,
			"Messages", stored.MessagesURL, "Headers", headerNames(stored.Headers))
	})
}

// checkAddresses refuses an address with a name or a password in it before it
// leaves this machine: a server would refuse it, or, of an older version, keep it.
func (o providerOptions) checkAddresses() error {
	for _, given := range []struct{ flag, address string }{
		{"--provider-url", o.request.URL}, {"--provider-states-url", o.request.ProviderStatesURL}, {"--messages-url", o.request.MessagesURL},
	} {
		if given.address == "" {
			continue
		}
		u, err := parseProviderURL(given.flag, given.address)
		if err != nil {
			return err
		}
		if u.User != nil {
			return fault.New(fault.Invalid, "%s cannot be registered: everybody who lists providers would see what opens it.", fault.Address(given.address)).
				WithField(given.flag, "holds a name or a password, which is not stored").
				WithHint("Leave it out. What opens a provider goes with each request in a header, whose value the platform's workers have in a variable: "+
					"platform contracts provider set %s --provider-url URL --header Authorization=PLATFORM_PROVIDER_INVENTORY", o.name)
		}
	}
	return nil
}

func headerNames(headers map[string]string) string {
	return strings.Join(slices.Sorted(maps.Keys(headers)), ", ")
}

func listProviders(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List where providers run that the server may verify",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			list, err := client.OK(api.ListProvidersWithResponse(cmd.Context()))
			if err != nil {
				return err
			}
			return env.Print(list, func(w io.Writer) error {
				if len(list.Items) == 0 {
					env.Talk("No provider is registered. Register one: %s", providerExample)
					return nil
				}
				rows := make([][]string, len(list.Items))
				for i, p := range list.Items {
					rows[i] = []string{p.Provider, p.URL, p.ProviderStatesURL, p.MessagesURL, headerNames(p.Headers)}
				}
				return cli.Rows(w, []string{"provider", "runs at", "states", "messages", "headers"}, rows)
			})
		},
	}
}

func removeProvider(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "remove PROVIDER",
		Short:   "Forget where a provider runs: the server verifies it no longer",
		Example: "  platform contracts provider remove inventory",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			gone, err := client.OK(api.ForgetProviderWithResponse(cmd.Context(), args[0]))
			if err != nil {
				return err
			}
			return env.Print(gone, func(io.Writer) error {
				env.Talk("%s The server verifies %s no longer.", env.Green("✓"), cli.Plain(gone.Provider))
				return nil
			})
		},
	}
}
