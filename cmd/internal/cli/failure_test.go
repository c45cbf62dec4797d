package cli

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// failing has a command that fails, and one that does after its result.
func failing(env *Env) *cobra.Command {
	problem := fault.New(fault.Unavailable, "Nothing\x1b[2J listens.\nNowhere.").WithField("--url", "is gone").WithHint("Start it.")
	flags := func(cmd *cobra.Command) *cobra.Command {
		cmd.Flags().String("service", "", "")
		return Reports(cmd)
	}
	return Root(env, "platform", "test", Group("contracts", "contracts",
		flags(&cobra.Command{Use: "ask", RunE: func(*cobra.Command, []string) error { return problem }}),
		flags(&cobra.Command{Use: "late", RunE: func(*cobra.Command, []string) error {
			if err := env.PrintReport([]string{"kept"}, Report{Name: "late", Time: time.Now(), Cases: []Case{{Name: "kept"}}},
				func(w io.Writer) error { _, err := io.WriteString(w, "kept\n"); return err }); err != nil {
				return err
			}
			return problem
		}}),
	))
}

// failedRun runs one command line, which must fail, and returns what it printed.
func failedRun(t *testing.T, line string, want int) string {
	t.Helper()
	s := newShell(t)
	if got := Run(t.Context(), s.env, failing(s.env), strings.Fields(line)); got != want || !strings.HasPrefix(s.err.String(), "Error: ") {
		t.Errorf("%s: exit %d, want %d; said %q", line, got, want, s.err)
	}
	return s.out.String()
}

func TestAFailureIsADocumentForPrograms(t *testing.T) {
	t.Parallel()
	gone := types.Failure{
		Code: "unavailable", Message: "Nothing\x1b[2J listens.\nNowhere.", Hint: "Start it.",
		Fields: []types.FieldProblem{{Name: "--url", Message: "is gone"}},
	}
	unknown := types.Failure{Code: "invalid", Message: "There is no flag --nosuch on platform contracts ask.", Hint: "See the flags: platform contracts ask --help"}
	for _, tt := range []struct {
		name string
		line string
		exit int
		want types.Failure
	}{
		{name: "the command fails", line: "contracts ask -o json", exit: 7, want: gone},
		{name: "its line is wrong", line: "contracts ask -o json --nosuch", exit: 2, want: unknown},
		{name: "the form comes after what is wrong", line: "contracts ask --nosuch -x 1 --output=json", exit: 2, want: unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var read struct{ Error types.Failure }
			if err := json.Unmarshal([]byte(failedRun(t, tt.line, tt.exit)), &read); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, read.Error); diff != "" {
				t.Error(diff)
			}
		})
	}
	var read struct {
		Error struct{ Code, Message, Hint string }
	}
	if err := yaml.Unmarshal([]byte(failedRun(t, "contracts ask -o yaml", 7)), &read); err != nil || read.Error.Code != "unavailable" || read.Error.Hint != "Start it." {
		t.Errorf("YAML: %+v, %v", read, err)
	}
}

func TestAFailureIsATestForCI(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]junitCase{
		"contracts ask -o junit": {
			Group: "contracts ask", Name: "contracts ask",
			Error: &junitOutcome{Message: "Nothing\uFFFD[2J listens. Nowhere.", Text: "Nothing\uFFFD[2J listens.\nNowhere.\n--url: is gone\nStart it."},
		},
		"contracts ask --service a --service b -o junit": {
			Group: "contracts ask", Name: "contracts ask",
			Error: &junitOutcome{Message: "--service is given twice, a and b: it takes one.", Text: "--service is given twice, a and b: it takes one.\nGive it once."},
		},
		"contracts -o junit": {
			Group: "contracts", Name: "contracts",
			Error: &junitOutcome{Message: "platform contracts has no report for --output junit.", Text: "platform contracts has no report for --output junit.\nUse --output table, json or yaml."},
		},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			var read junitSuites
			exit := 2
			if line == "contracts ask -o junit" {
				exit = 7
			}
			if err := xml.Unmarshal([]byte(failedRun(t, line, exit)), &read); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]junitCase{want}, read.Suite.Cases); diff != "" {
				t.Error(diff)
			}
			if s := read.Suite; s.Name != want.Group || s.Tests != 1 || s.Errors != 1 || s.Failures != 0 {
				t.Errorf("suite %+v", s)
			}
		})
	}
}

// TestAResultIsTheOnlyDocument keeps a failure that comes after a result from making
// two documents of one, and people from reading the same twice.
func TestAResultIsTheOnlyDocument(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{"json": "[\n  \"kept\"\n]\n", "yaml": "- kept\n", "table": "kept\n"} {
		if got := failedRun(t, "contracts late -o "+form, 7); got != want {
			t.Errorf("%s: printed %q, want %q", form, got, want)
		}
	}
	if got := failedRun(t, "contracts late -o junit", 7); strings.Count(got, "<testsuites>") != 1 {
		t.Errorf("printed %q", got)
	}
	if got := failedRun(t, "contracts ask", 7); got != "" {
		t.Errorf("printed %q", got)
	}
}
