package runs

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func show(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "show RUN",
		Short: "Show one run with its steps",
		Args:  cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			run, err := client.OK(api.GetRunWithResponse(cmd.Context(), args[0]))
			if err != nil {
				return err
			}
			return env.Print(run, describe(run))
		},
	}
}

// describe prints a run for a person.
func describe(run types.Run) func(io.Writer) error {
	return func(w io.Writer) error {
		err := cli.Facts(w, "Run", run.ID, "What", run.Title, "State", string(run.State),
			"Asked by", run.Actor, "Started", cli.Age(run.CreatedAt, time.Now()))
		if err != nil {
			return err
		}
		fmt.Fprintln(w)
		rows := make([][]string, len(run.Steps))
		for i, s := range run.Steps {
			rows[i] = []string{string(s.State), s.Title, took(s)}
		}
		if err := cli.Rows(w, []string{"state", "step", "took"}, rows); err != nil {
			return err
		}
		if run.Failure.Message != "" {
			fmt.Fprintf(w, "\nFailed: %s\n", cli.Plain(run.Failure.Message))
		}
		if run.Failure.Hint != "" {
			fmt.Fprintf(w, "Hint:   %s\n", cli.Plain(run.Failure.Hint))
		}
		if len(run.Output) > 0 && string(run.Output) != "null" {
			fmt.Fprintln(w, "\nMade:")
			for _, line := range outputLines(run.Output) {
				fmt.Fprintf(w, "  %s\n", cli.Plain(line))
			}
		}
		return nil
	}
}

// outputLines writes what a run made, a line for each thing.
func outputLines(output json.RawMessage) []string {
	var made map[string]any
	if err := json.Unmarshal(output, &made); err != nil {
		return []string{strings.TrimSpace(string(output))}
	}
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(made)) {
		text := fmt.Sprint(made[key])
		if list, ok := made[key].([]any); ok {
			words := make([]string, len(list))
			for i, item := range list {
				words[i] = fmt.Sprint(item)
			}
			text = strings.Join(words, ", ")
		}
		if text != "" && made[key] != nil {
			lines = append(lines, strings.ReplaceAll(key, "_", " ")+": "+text)
		}
	}
	return lines
}

// took says how long a step ran.
func took(s types.Step) string {
	if s.StartedAt.IsZero() || s.FinishedAt.IsZero() {
		return ""
	}
	return s.FinishedAt.Sub(s.StartedAt).Round(10 * time.Millisecond).String()
}
