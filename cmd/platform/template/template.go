// Package templatecmd has the commands under "platform template", for those who
// write golden paths. They work on the files in front of the person. It is
// called templatecmd because template is a package that everybody knows.
package templatecmd

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/scaffolds"
)

// Command returns "platform template". Library gives the golden paths that the
// program was built with.
func Command(env *cli.Env, library func() (*scaffolds.Library, error)) *cobra.Command {
	return cli.Group("template", "Write golden paths: start, judge, look at and test them",
		create(env), lint(env), preview(env, library), test(env))
}

// folder is a folder as it was typed, from where the person stands.
func folder(env *cli.Env, dir string) string {
	if filepath.IsAbs(dir) {
		return filepath.Clean(dir)
	}
	return filepath.Join(env.Dir, dir)
}
