package templatecmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/scaffolds/authoring"
)

// created is what "platform template new" prints for programs.
type created struct {
	Name   string   `json:"name"`
	Folder string   `json:"folder"`
	Files  []string `json:"files"`
}

func create(env *cli.Env) *cobra.Command {
	var into string
	cmd := &cobra.Command{
		Use:     "new NAME",
		Short:   "Start a golden path: a small one that passes every test",
		Example: "  platform template new go-worker\n  platform template new go-worker --into scaffolds/paths/go-worker",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if into == "" {
				into = args[0]
			}
			dir := folder(env, into)
			files, err := authoring.Create(args[0], dir)
			if err != nil {
				return err
			}
			err = env.Print(created{args[0], dir, files}, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%s of the golden path %s in %s\n", cli.Count(len(files), "file", "files"), args[0], dir)
				return err
			})
			env.Talk("Next: change it, then: platform template test %s", into)
			return err
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "folder to write; it must be absent or empty (default ./NAME)")
	return cmd
}
