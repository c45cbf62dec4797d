package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/fault"
)

// Output is the form in which results are printed.
type Output string

// The forms: tables for people, the others for programs. JUnit is only of
// commands that answer as a test does.
const (
	Table Output = "table"
	JSON  Output = "json"
	YAML  Output = "yaml"
	JUnit Output = "junit"
)

// String returns the form as it is typed.
func (o *Output) String() string {
	if *o == "" {
		return string(Table)
	}
	return string(*o)
}

// Type names the value in help texts.
func (*Output) Type() string { return "{table | json | yaml | junit}" }

// Set takes the form from the command line.
func (o *Output) Set(s string) error {
	switch Output(s) {
	case Table, JSON, YAML, JUnit:
		*o = Output(s)
		return nil
	}
	return fault.New(fault.Invalid, "There is no output form %q.", s).
		WithHint("Use --output table, json or yaml; commands that CI runs have junit, too.")
}

// Print writes a result to Out: v for programs, in the form --output names, or
// what table writes for people.
func (e *Env) Print(v any, table func(w io.Writer) error) error {
	switch e.Output {
	case JSON:
		body, err := encodeJSON(v)
		if err != nil {
			return err
		}
		return e.write(body)
	case YAML:
		body, err := encodeYAML(v)
		if err != nil {
			return err
		}
		return e.write(body)
	case Table, JUnit: // PrintReport has the report; who has none was refused
	}
	return e.writeTable(table)
}

// write writes a result, or a part of one, to Out.
func (e *Env) write(body []byte) error {
	e.printed = true
	if _, err := e.Out.Write(body); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// Talk writes a line to Err: progress, a notice, what comes next.
func (e *Env) Talk(format string, args ...any) {
	e.say(fmt.Sprintf(format, args...) + "\n")
}

// Rows writes a table: a header in capitals and one line for each row, in
// columns. Text that could steer a terminal is made harmless.
func Rows(w io.Writer, header []string, rows [][]string) error {
	var b bytes.Buffer
	tw := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintln(tw, strings.ToUpper(strings.Join(header, "\t"))+"\t")
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = Plain(cell)
		}
		fmt.Fprintln(tw, strings.Join(cells, "\t")+"\t") // a column ends where a line lacks its cell
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	for line := range bytes.Lines(b.Bytes()) {
		if _, err := w.Write(append(bytes.TrimRight(line, " \n"), '\n')); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	return nil
}

// Facts writes "Name:  value" lines, leaving out those without a value.
func Facts(w io.Writer, pairs ...string) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(tw, "%s:\t%s\n", pairs[i], Plain(pairs[i+1]))
		}
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	return nil
}

// Plain replaces control characters, so that text from elsewhere keeps to its
// line and cannot send escape sequences to a terminal.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case isControl(r):
			return '\uFFFD'
		}
		return r
	}, s)
}

func encodeJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	return escapeControls(buf.Bytes()), nil
}

// encodeYAML goes through JSON, so that both forms have the same names in the
// same order.
func encodeYAML(v any) ([]byte, error) {
	body, err := encodeJSON(v)
	if err != nil {
		return nil, err
	}
	var node yaml.Node
	if err := yaml.Unmarshal(body, &node); err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	plainStyle(&node)
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf)
	enc.SetIndent(2)
	if err := enc.Encode(&node); err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	return buf.Bytes(), nil
}

// plainStyle drops JSON's braces and quotes. The encoder puts quotes back where
// a string would read as something else.
func plainStyle(n *yaml.Node) {
	n.Style = 0
	for _, child := range n.Content {
		plainStyle(child)
	}
}

// Count says how many there are of something: "1 file", "3 files".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// Age says how long ago something was, roughly; "never" for no time at all.
func Age(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "never"
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return Count(int(d/time.Minute), "minute", "minutes") + " ago"
	case d < 48*time.Hour:
		return Count(int(d/time.Hour), "hour", "hours") + " ago"
	}
	return t.Local().Format("2006-01-02")
}
