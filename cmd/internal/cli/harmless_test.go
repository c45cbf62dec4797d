package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// TestNothingStoredSteersTheTerminal prints a text that clears the screen, sets the
// title and, on old terminals, moves the cursor, in every way there is.
func TestNothingStoredSteersTheTerminal(t *testing.T) {
	t.Parallel()
	const hostile = "a\x1b[2J\x1b]0;b\x07\x00\x9b\u009b2Jc\u007f\r\b"
	type thing struct {
		Name string `json:"name"`
	}
	printed := func(output Output) func(*Env) error {
		return func(e *Env) error {
			e.Output = output
			return e.PrintReport(thing{hostile}, Report{Name: hostile, Cases: []Case{{Name: hostile, Details: hostile}}}, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%s\n\tnext\r\n", hostile)
				return err
			})
		}
	}
	tests := []struct {
		name string
		do   func(e *Env) error
		in   string // what is printed all the same
	}{
		{"a table", printed(Table), "\n\tnext\n"},
		{"JSON", printed(JSON), `\u009b2Jc\u007f\r\b"`},
		{"YAML", printed(YAML), `name: "a\e[2J`},
		{"a report", printed(JUnit), `name="a`},
		{"talk", func(e *Env) error { e.Talk("%s of %s\n\tnext", e.Bold("Some"), hostile); return nil }, "\x1b[1mSome\x1b[0m of a"},
		{"a painted text", func(e *Env) error { e.Talk("%s", e.Red(hostile)); return nil }, "\x1b[31;1ma"},
		{"an error", func(e *Env) error {
			e.Fail(t.Context(), fault.New(fault.Invalid, "%s", hostile).WithField(hostile, "%s", hostile).WithHint("%s", hostile))
			return nil
		}, "\x1b[31;1mError:\x1b[0m a"},
		{"a step", func(e *Env) error {
			p := NewProgress(e, types.Run{Steps: []types.Step{{Name: "s", Title: hostile}}}, true)
			return p.See(types.RunEvent{Type: types.RunEventTypeStep, Step: "s", State: string(types.StepDone), Time: time.Now()})
		}, "\x1b[32m✓\x1b[0m a"},
		{"a document", func(e *Env) error { return e.WriteText([]byte(hostile + "\r\n\tnext\n")) }, "\n\tnext\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var both bytes.Buffer
			e := &Env{Out: &both, Err: &both, Colour: true, ErrTerminal: true, OutTerminal: true}
			if err := tt.do(e); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(both.String(), tt.in) {
				t.Errorf("printed %q, want %q in it", both.String(), tt.in)
			}
			rest := ourColours.ReplaceAllString(both.String(), "")
			for _, r := range []byte(rest) {
				if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
					t.Errorf("printed %q, which has a control character", rest)
				}
			}
			if strings.ContainsFunc(rest, func(r rune) bool { return r >= 0x7f && r < 0xa0 }) || strings.Contains(strings.ToValidUTF8(rest, "<bad>"), "<bad>") {
				t.Errorf("printed %q, which some terminals obey", rest)
			}
		})
	}
}

func TestAColourNobodyWantedIsNone(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.env.Talk("%s", "a\x1b[31;1mb\x1b[0m")
	if got := s.err.String(); got != "a\uFFFD[31;1mb\uFFFD[0m\n" {
		t.Errorf("said %q", got)
	}
	if err := s.env.WriteText([]byte("a\x1b[2J\r\n")); err != nil || s.out.String() != "a\x1b[2J\r\n" {
		t.Errorf("wrote %q to a file, %v", s.out, err)
	}
}
