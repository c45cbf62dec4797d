// Package catalog has the commands under "platform catalog": what exists, who
// owns it, and where that is written down.
package catalog

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/types"
)

// Command returns "platform catalog".
func Command(env *cli.Env) *cobra.Command {
	return cli.Group("catalog", "Find, register and check what the catalog knows",
		list(env), get(env), register(env), refresh(env), remove(env), problems(env))
}

// printProblems writes the problems of a location where a person reads them.
func printProblems(w io.Writer, location types.Location) error {
	rows := make([][]string, len(location.Problems))
	for i, p := range location.Problems {
		message := p.Message
		if p.Hint != "" {
			message += " " + p.Hint
		}
		rows[i] = []string{p.Where, p.Field, message}
	}
	return cli.Rows(w, []string{"where", "field", "problem"}, rows)
}
