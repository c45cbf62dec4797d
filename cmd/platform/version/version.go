// Package version has "platform version".
package version

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// versions is what the command prints: this program and the server it uses.
type versions struct {
	Client types.Version  `json:"client"`
	Server *types.Version `json:"server,omitempty"`
	URL    string         `json:"url,omitempty"`
}

// Command returns "platform version". Build is the one this program is of.
func Command(env *cli.Env, build types.Version) *cobra.Command {
	var server bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the version of this program and, with --server, of the server",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := versions{Client: build}
			if server {
				if err := ask(cmd, env, &v); err != nil {
					return err
				}
			}
			return show(env, v)
		},
	}
	cmd.Flags().BoolVar(&server, "server", false, "ask the server for its version too")
	return cmd
}

// Flag makes root answer --version as the command does.
func Flag(root *cobra.Command, env *cli.Env, build types.Version) {
	var version bool
	root.Flags().BoolVar(&version, "version", false, "show the version of this program")
	otherwise := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if version {
			return show(env, versions{Client: build})
		}
		return otherwise(cmd, args)
	}
}

func show(env *cli.Env, v versions) error {
	return env.Print(v, func(w io.Writer) error { return write(w, v) })
}

func ask(cmd *cobra.Command, env *cli.Env, v *versions) error {
	api, err := env.API(cmd.Context())
	if err != nil {
		return err
	}
	build, err := client.OK(api.GetVersionWithResponse(cmd.Context()))
	if err != nil {
		return err
	}
	v.Server = &build
	v.URL, _, _, err = env.Server(cmd.Context())
	return err
}

func write(w io.Writer, v versions) error {
	facts := []string{"Platform", v.Client.Version, "Commit", v.Client.Commit, "Built", v.Client.BuiltAt, "Go", v.Client.Go}
	if v.Server != nil {
		facts = append(facts, "Server", v.Server.Version+" at "+v.URL)
	}
	return cli.Facts(w, facts...)
}
