package templatecmd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds/authoring"
)

// linted is what "platform template lint" prints for programs.
type linted struct {
	Folder   string              `json:"folder"`
	Problems []authoring.Problem `json:"problems"`
}

func lint(env *cli.Env) *cobra.Command {
	return cli.Reports(&cobra.Command{
		Use:   "lint DIR",
		Short: "Check a golden path's files, quickly and without a toolchain",
		Long: "Check path.yaml, the parameters, templates, tokens and packs of a golden path, and tell every mistake with its file and\n" +
			"line. Nothing is built. Exit status 1 when there is a mistake.",
		Example: "  platform template lint scaffolds/paths/go-http",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLint(cmd.Context(), env, args[0])
		},
	})
}

func runLint(ctx context.Context, env *cli.Env, dir string) error {
	problems, err := authoring.Lint(ctx, folder(env, dir))
	if err != nil {
		return err
	}
	result := linted{Folder: folder(env, dir), Problems: problems}
	if problems == nil {
		result.Problems = []authoring.Problem{}
	}
	report := cli.Report{Name: "platform template lint " + dir, Time: time.Now()}
	for _, p := range problems {
		report.Cases = append(report.Cases, cli.Case{Group: p.File, Name: p.String(), Failure: p.Message})
	}
	if len(problems) == 0 {
		report.Cases = []cli.Case{{Group: dir, Name: "every rule is kept"}}
	}
	err = env.PrintReport(result, report, func(w io.Writer) error {
		var b strings.Builder
		for _, p := range problems {
			fmt.Fprintln(&b, cli.Plain(p.String()))
		}
		if len(problems) == 0 {
			fmt.Fprintf(&b, "No mistakes in %s.\n", dir)
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
	if err != nil || len(problems) == 0 {
		return err
	}
	env.Talk("%s in %s.", cli.Count(len(problems), "mistake", "mistakes"), dir)
	return cli.VerdictError{Code: fault.Failed}
}
