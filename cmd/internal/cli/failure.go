package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// VerdictError is an answer that is no error but is not yes either: the result is
// already printed, and the process exits with the status of its code.
type VerdictError struct{ Code fault.Code }

// Error names the answer; nobody prints it.
func (v VerdictError) Error() string { return "the answer is " + string(v.Code) }

// Fail prints err to Err, unless it is an answer already given, and returns
// what the process exits with.
func (e *Env) Fail(ctx context.Context, err error) int {
	if err == nil {
		return 0
	}
	if v, ok := errors.AsType[VerdictError](err); ok {
		return v.Code.ExitStatus()
	}
	f := Fault(ctx, err)
	if err := e.PrintFailure(f); err != nil {
		e.Talk("%s %s", e.Yellow("Warning:"), Plain(err.Error()))
	}
	e.printFault(f)
	return f.Code.ExitStatus()
}

// failed is what programs read where they expected a result.
type failed struct {
	Error types.Failure `json:"error"`
}

// Failure is a fault as programs read it.
func Failure(f *fault.Error) types.Failure {
	out := types.Failure{Code: string(f.Code), Message: f.Message, Hint: f.Hint}
	for _, field := range f.Fields {
		out.Fields = append(out.Fields, types.FieldProblem{Name: field.Name, Message: field.Message})
	}
	return out
}

// PrintFailure writes f to Out in place of a result, in the form for programs that
// --output names: who reads it must not find nothing. People read it as talk, and a
// result that is printed stays the only one.
func (e *Env) PrintFailure(f *fault.Error) error {
	if e.printed || e.Output == "" || e.Output == Table {
		return nil
	}
	return e.PrintReport(failed{Failure(f)}, Report{Name: e.command, Time: time.Now(), Cases: []Case{FailureCase(e.command, f)}}, nil)
}

// FailureCase is f as CI systems show a test.
func FailureCase(name string, f *fault.Error) Case {
	lines := []string{f.Message}
	for _, field := range f.Fields {
		lines = append(lines, field.Name+": "+field.Message)
	}
	if f.Hint != "" {
		lines = append(lines, f.Hint)
	}
	return Case{Group: name, Name: name, Error: Plain(f.Message), Details: strings.Join(lines, "\n")}
}

// Fault makes a fault of err. In a command the cause of an unclassified error
// is worth showing: the person is on the machine where it happened.
func Fault(ctx context.Context, err error) *fault.Error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code != fault.Internal {
		return f
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return fault.New(fault.Interrupted, "Interrupted.")
	}
	if f != nil {
		return f
	}
	return fault.New(fault.Internal, "Something went wrong on our side: %s.", strings.TrimSuffix(err.Error(), ".")).
		WithHint("Try again; if it stays, report it with the command and what `platform version` says.")
}

// printFault writes "Error: …", one line for each wrong input, and "Hint: …".
func (e *Env) printFault(f *fault.Error) {
	e.Talk("%s %s", e.Red("Error:"), indent(f.Message, "       "))
	for _, field := range f.Fields {
		e.Talk("  %s: %s", Plain(field.Name), indent(field.Message, "    "))
	}
	if f.Hint != "" {
		e.Talk("%s  %s", e.Bold("Hint:"), indent(f.Hint, "       "))
	}
}

// indent makes text harmless to a terminal and lines up its further lines.
func indent(text, margin string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = Plain(line)
	}
	return strings.Join(lines, "\n"+margin)
}

// Red marks what is wrong, where colour is wanted.
func (e *Env) Red(s string) string { return e.paint("31;1", s) }

// Green marks what is well.
func (e *Env) Green(s string) string { return e.paint("32", s) }

// Yellow marks what nobody knows.
func (e *Env) Yellow(s string) string { return e.paint("33", s) }

// Bold marks what the eye should find.
func (e *Env) Bold(s string) string { return e.paint("1", s) }

// Dim marks what may be skipped.
func (e *Env) Dim(s string) string { return e.paint("2", s) }

// paint colours talk, which goes to Err.
func (e *Env) paint(code, s string) string {
	if !e.colours() || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (e *Env) colours() bool { return e.Colour && e.ErrTerminal }
