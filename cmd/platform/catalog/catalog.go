// Package catalog has the commands under "platform catalog": what exists, who
// owns it, and where that is written down.
package catalog

import (
	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
)

// Command returns "platform catalog".
func Command(env *cli.Env) *cobra.Command {
	return cli.Group("catalog", "Find, register and check what the catalog knows",
		list(env), get(env), facets(env), relations(env), graph(env), owners(env), owned(env), history(env), docs(env), health(env),
		register(env), locations(env), schedule(env), refresh(env), remove(env), push(env), remover(env),
		validate(env), problems(env), export(env), importer(env), importOrg(env))
}
