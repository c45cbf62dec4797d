// Package doctor has "platform doctor": what is installed, what is missing, and
// how to get it.
package doctor

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
)

// Check is one thing that was looked for.
type Check struct {
	Name     string `json:"name"`
	Needed   bool   `json:"needed"` // nothing works without it; others serve one purpose
	OK       bool   `json:"ok"`
	Found    string `json:"found,omitempty"` // version and path
	Purpose  string `json:"purpose"`         // what it is for
	HowToGet string `json:"how_to_get,omitempty"`
}

// Command returns "platform doctor". Look makes the checks.
func Command(env *cli.Env, look func(ctx context.Context) ([]Check, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Show what is installed, what is missing, and how to get it",
		Long:  "Show what is installed, what is missing, and how to get it. Exits with 8 when something needed is missing.",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks, err := look(cmd.Context())
			if err != nil {
				return err
			}
			if err := env.Print(checks, func(w io.Writer) error { return cli.Rows(w, []string{"", "tool", "found", "for"}, rows(checks)) }); err != nil {
				return err
			}
			return verdict(env, checks)
		},
	}
}

func rows(checks []Check) [][]string {
	out := make([][]string, len(checks))
	for i, c := range checks {
		mark := "ok"
		switch {
		case !c.OK && c.Needed:
			mark = "MISSING"
		case !c.OK:
			mark = "absent"
		}
		out[i] = []string{mark, c.Name, c.Found, c.Purpose}
	}
	return out
}

// verdict says how to get what is missing.
func verdict(env *cli.Env, checks []Check) error {
	needed := false
	for _, c := range checks {
		if c.OK {
			continue
		}
		needed = needed || c.Needed
		if c.HowToGet != "" {
			env.Talk("%s %s", env.Bold(c.Name+":"), cli.Plain(c.HowToGet))
		}
	}
	if needed {
		return cli.VerdictError{Code: fault.MissingTool}
	}
	return nil
}
