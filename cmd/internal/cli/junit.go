package cli

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/internal/fault"
)

// Report is a result as CI systems show tests.
type Report struct {
	Name  string // of the whole, such as the command and what it asked
	Time  time.Time
	Cases []Case
}

// Case is one thing that was looked at. Without Failure, Error and Skipped it
// passed. What nobody knows is an Error: a CI system shows what is skipped as well.
type Case struct {
	Group   string // cases of one group are shown together
	Name    string
	Failure string // one line: why the answer is no
	Error   string // one line: why there is no answer
	Skipped string // one line: why it does not count
	Details string // more lines, for whoever opens the case
}

// reports marks commands that have a report for CI.
const reports = "reports"

// Reports lets --output junit through to cmd, which calls PrintReport.
func Reports(cmd *cobra.Command) *cobra.Command {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[reports] = "junit"
	return cmd
}

// checkOutputs makes root and what is below it refuse a form they do not have,
// before they do anything, and note which of them runs.
func checkOutputs(env *Env, cmd *cobra.Command) {
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		env.command = below(cmd)
		if env.Output == JUnit && cmd.Annotations[reports] == "" {
			return fault.New(fault.Invalid, "%s has no report for --output junit.", cmd.CommandPath()).
				WithHint("Use --output table, json or yaml.")
		}
		return nil
	}
	for _, child := range cmd.Commands() {
		checkOutputs(env, child)
	}
}

// below names a command without the program.
func below(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// PrintReport is Print for a command that also has a report for CI.
func (e *Env) PrintReport(v any, report Report, table func(w io.Writer) error) error {
	if e.Output == JUnit {
		return e.writeTable(func(w io.Writer) error { return writeJUnit(w, report) })
	}
	return e.Print(v, table)
}

type junitSuites struct {
	XMLName xml.Name   `xml:"testsuites"`
	Suite   junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Group   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitOutcome `xml:"failure"`
	Error   *junitOutcome `xml:"error"`
	Skipped *junitOutcome `xml:"skipped"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes the XML that CI systems agreed on. What the XML cannot hold,
// such as control characters, the encoder replaces.
func writeJUnit(w io.Writer, r Report) error {
	suite := junitSuite{Name: r.Name, Tests: len(r.Cases), Timestamp: r.Time.UTC().Format("2006-01-02T15:04:05")}
	for _, c := range r.Cases {
		out := junitCase{Group: c.Group, Name: c.Name}
		switch {
		case c.Failure != "":
			suite.Failures++
			out.Failure = &junitOutcome{c.Failure, c.Details}
		case c.Error != "":
			suite.Errors++
			out.Error = &junitOutcome{c.Error, c.Details}
		case c.Skipped != "":
			suite.Skipped++
			out.Skipped = &junitOutcome{c.Skipped, c.Details}
		default:
			out.Output = c.Details
		}
		suite.Cases = append(suite.Cases, out)
	}
	body, err := xml.MarshalIndent(junitSuites{Suite: suite}, "", "  ")
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, body)
	return err
}
