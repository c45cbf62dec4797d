package templatecmd

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/scaffolds/authoring"
)

type previewOptions struct {
	dir, into, file string
	set, packs      []string
	diff            bool
}

// previewed is what "platform template preview" prints for programs.
type previewed struct {
	Path    string                  `json:"path"`
	Version string                  `json:"version"`
	Folder  string                  `json:"folder,omitempty"`
	Files   []authoring.PreviewFile `json:"files,omitempty"`
	Changes []authoring.Change      `json:"changes,omitempty"`
	Body    string                  `json:"body,omitempty"`
}

func preview(env *cli.Env, library func() (*scaffolds.Library, error)) *cobra.Command {
	var opts previewOptions
	cmd := &cobra.Command{
		Use:   "preview DIR",
		Short: "Look at what a service of a golden path would be, before the path is packed",
		Long: "Render a golden path's folder as it stands, and list the files of the service: the class of each, and whether it is golden\n" +
			"code, made from a template, or made by the engine. Answers that are not given are plain ones. Nothing is built: go.mod is\n" +
			"the golden code's, with the requirements of every pack.",
		Example: "  platform template preview scaffolds/paths/go-http --set name=orders --file README.md\n" +
			"  platform template preview scaffolds/paths/go-http --diff",
		Args: cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.dir = args[0]
			return runPreview(cmd.Context(), env, library, opts)
		},
	}
	cmd.Flags().StringArrayVar(&opts.set, "set", nil, "`key=value`, an answer")
	cmd.Flags().StringSliceVar(&opts.packs, "pack", nil, "packs to add")
	cmd.Flags().StringVar(&opts.into, "into", "", "folder to write the service to; it must be absent or empty")
	cmd.Flags().StringVar(&opts.file, "file", "", "show this file of the service")
	cmd.Flags().BoolVar(&opts.diff, "diff", false, "list what differs from the version this program was built with")
	cmd.MarkFlagsMutuallyExclusive("into", "file", "diff")
	return cmd
}

func runPreview(ctx context.Context, env *cli.Env, library func() (*scaffolds.Library, error), opts previewOptions) error {
	set, err := cli.ParseSet(opts.set)
	if err != nil {
		return err
	}
	template, problems, err := authoring.Open(ctx, folder(env, opts.dir))
	if err != nil {
		return err
	}
	if template == nil {
		return fault.New(fault.Invalid, "%s", problems[0]).WithHint("See all that is wrong: platform template lint %s", opts.dir)
	}
	path, err := template.Path(ctx, false)
	if err != nil {
		return fault.New(fault.Invalid, "The path cannot be rendered: %s.", err).WithCause(err).
			WithHint("See what is wrong: platform template lint %s", opts.dir)
	}
	answers := scaffolds.AnswersOf(set, opts.packs)
	tree, err := template.Preview(path, answers)
	if err != nil {
		return err
	}
	result := previewed{Path: path.Name, Version: path.Version}
	switch {
	case opts.file != "":
		return showFile(env, tree, opts, result)
	case opts.diff:
		return showDiff(env, library, template, answers, tree, result)
	case opts.into != "":
		result.Folder = folder(env, opts.into)
		if err := tree.Write(result.Folder); err != nil {
			return err
		}
	}
	result.Files = template.Describe(tree)
	return env.Print(result, func(w io.Writer) error {
		rows := make([][]string, len(result.Files))
		for i, f := range result.Files {
			rows[i] = []string{f.Path, string(f.Class), f.Origin, f.Source}
		}
		return cli.Rows(w, []string{"file", "class", "origin", "made from"}, rows)
	})
}

func showFile(env *cli.Env, tree *scaffolds.Tree, opts previewOptions, result previewed) error {
	i := slices.IndexFunc(tree.Files, func(f scaffolds.File) bool { return f.Path == opts.file })
	if i < 0 {
		return fault.New(fault.NotFound, "The service has no file %s.", opts.file).
			WithHint("List its files: platform template preview %s", opts.dir)
	}
	result.Body = string(tree.Files[i].Body)
	return env.Print(result, func(w io.Writer) error {
		_, err := io.WriteString(w, result.Body)
		return err
	})
}

// showDiff compares with the same service of the path in this program.
func showDiff(env *cli.Env, open func() (*scaffolds.Library, error), t *authoring.Template, a scaffolds.Answers, tree *scaffolds.Tree, result previewed) error {
	library, err := open()
	if err != nil {
		return err
	}
	old, err := library.Get(t.Name())
	if err != nil {
		return err
	}
	older, err := t.Preview(old, a)
	if err != nil {
		return err
	}
	// What its parts require is found out by packing, so it is not compared.
	result.Changes = slices.DeleteFunc(authoring.Compare(older, tree), func(c authoring.Change) bool { return c.Path == "go.mod" || c.Path == "go.sum" })
	return env.Print(result, func(w io.Writer) error {
		if len(result.Changes) == 0 {
			_, err := fmt.Fprintf(w, "The service is that of %s %s in this program.\n", old.Name, old.Version)
			return err
		}
		rows := make([][]string, len(result.Changes))
		for i, c := range result.Changes {
			rows[i] = []string{c.Path, c.What}
		}
		return cli.Rows(w, []string{"file", "since " + old.Version}, rows)
	})
}
