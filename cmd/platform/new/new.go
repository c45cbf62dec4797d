// Package newcmd has the commands under "platform new". It is called newcmd
// because new is a word of the language.
package newcmd

import (
	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
)

// Command returns "platform new".
func Command(env *cli.Env) *cobra.Command {
	return cli.Group("new", "Make something new", service(env))
}
