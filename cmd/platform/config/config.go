// Package config has "platform config": the settings as they are and where each
// came from.
package config

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
)

// Setting is one effective setting. A secret's value is already hidden.
type Setting struct {
	Name   string `json:"name"`   // of the environment variable
	Flag   string `json:"flag"`   // without dashes; empty for none
	Value  string `json:"value"`  // as used
	Source string `json:"source"` // default, a file's path, environment or flag
}

// Command returns "platform config". Settings are those in effect for the
// flags of the command line.
func Command(env *cli.Env, settings func(cmd *cobra.Command) ([]Setting, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Show the settings in effect and where each comes from",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			effective, err := settings(cmd)
			if err != nil {
				return err
			}
			return env.Print(effective, func(w io.Writer) error {
				rows := make([][]string, len(effective))
				for i, s := range effective {
					rows[i] = []string{s.Name, s.Value, s.Source}
				}
				return cli.Rows(w, []string{"setting", "value", "from"}, rows)
			})
		},
	}
}
