package templatecmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds/authoring"
)

func test(env *cli.Env) *cobra.Command {
	var quick, keep bool
	cmd := cli.Reports(&cobra.Command{
		Use:   "test DIR",
		Short: "Test a golden path: its code, and services made with answers of every kind",
		Long: "Check a golden path's files as \"lint\" does, build and test its golden code, and make services so that any two answers\n" +
			"meet in one of them: names at the edges of what is allowed, text in other scripts, no service consumed, one and two,\n" +
			"every pack left out and added. Each is rendered twice, read, built, vetted and tested; linters of what it has beside code,\n" +
			"such as kubeconform and promtool, are shown one for each answer. What cannot be checked here, because a tool\n" +
			"is missing, is said. Exit status 1 when a check failed, 3 when one could not be made and --quick did not ask for that.",
		Example: "  platform template test scaffolds/paths/go-http --quick\n  platform template test scaffolds/paths/go-http --output junit > report.xml",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTest(cmd.Context(), env, args[0], quick, keep)
		},
	})
	cmd.Flags().BoolVar(&quick, "quick", false, "leave out what needs the toolchain or another program: nothing is built")
	cmd.Flags().BoolVar(&keep, "keep", false, "keep the services that were built, and say where")
	return cmd
}

func runTest(ctx context.Context, env *cli.Env, dir string, quick, keep bool) error {
	work, err := os.MkdirTemp("", "platform-template-")
	if err != nil {
		return fmt.Errorf("make a folder for the services: %w", err)
	}
	if !keep {
		defer os.RemoveAll(work)
	}
	start := time.Now()
	result, err := authoring.Test(ctx, folder(env, dir), authoring.Options{Quick: quick, Work: work, See: func(c authoring.Check) { tell(env, c) }})
	if err != nil {
		return err
	}
	if keep {
		result.Kept = work
	}
	report := cli.Report{Name: "platform template test " + dir, Time: start}
	for _, c := range result.Checks {
		report.Cases = append(report.Cases, caseOf(c, quick))
	}
	if err := env.PrintReport(result, report, func(w io.Writer) error { return summary(w, result) }); err != nil {
		return err
	}
	if keep {
		env.Talk("The services are in %s.", work)
	}
	if result.Count(authoring.Fail) > 0 {
		return cli.VerdictError{Code: fault.Failed}
	}
	if !quick && result.Count(authoring.NotChecked) > 0 {
		return cli.VerdictError{Code: fault.Unknown}
	}
	return nil
}

// tell writes a line for a check as it ends, and under it what is wrong.
func tell(env *cli.Env, c authoring.Check) {
	mark := env.Green("ok  ")
	switch c.Status {
	case authoring.Fail:
		mark = env.Red("FAIL")
	case authoring.NotChecked:
		mark = env.Yellow("?   ")
	case authoring.Pass:
	}
	line := fmt.Sprintf("%s  %s: %s", mark, c.Group, cli.Plain(c.Name))
	if c.Reason != "" {
		line += " – not checked here: " + c.Reason
	}
	if c.Seconds >= 1 {
		line += env.Dim(fmt.Sprintf(" (%.0f s)", c.Seconds))
	}
	env.Talk("%s", line)
	const most = 25
	for i, d := range c.Details {
		if i == most {
			env.Talk("        … and %d more: --output json has them all", len(c.Details)-most)
			break
		}
		env.Talk("        %s", cli.Plain(d))
	}
}

// caseOf is a check as CI systems show it. What was not checked is an error there,
// unless the person chose it.
func caseOf(c authoring.Check, chosen bool) cli.Case {
	out := cli.Case{Group: c.Group, Name: c.Name, Details: strings.Join(c.Details, "\n")}
	switch c.Status {
	case authoring.Fail:
		out.Failure = c.Details[0]
	case authoring.NotChecked:
		if chosen {
			out.Skipped = c.Reason
		} else {
			out.Error = "not checked here: " + c.Reason
		}
	case authoring.Pass:
	}
	return out
}

// summary is one row for each group of checks.
func summary(w io.Writer, r authoring.Result) error {
	var groups []string
	counts := map[string]map[authoring.Status]int{}
	for _, c := range r.Checks {
		if counts[c.Group] == nil {
			counts[c.Group] = map[authoring.Status]int{}
			groups = append(groups, c.Group)
		}
		counts[c.Group][c.Status]++
	}
	rows := make([][]string, 0, len(groups))
	for _, g := range groups {
		of := counts[g]
		rows = append(rows, []string{g, strconv.Itoa(of[authoring.Pass]), strconv.Itoa(of[authoring.Fail]), strconv.Itoa(of[authoring.NotChecked])})
	}
	if err := cli.Rows(w, []string{"what", "pass", "fail", "not checked"}, rows); err != nil {
		return err
	}
	verdict := "passes"
	switch {
	case r.Count(authoring.Fail) > 0:
		verdict = "fails"
	case r.Count(authoring.NotChecked) > 0:
		verdict = "passes what was checked"
	}
	_, err := fmt.Fprintf(w, "\n%s %s %s: %s\n", r.Path, r.Version, verdict, cli.Count(r.Rows, "service tried", "services tried"))
	return err
}
