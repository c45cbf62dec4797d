package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
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
	f := classify(ctx, err)
	e.printFault(f)
	return f.Code.ExitStatus()
}

// classify makes a fault of err. In a command the cause of an unclassified error
// is worth showing: the person is on the machine where it happened.
func classify(ctx context.Context, err error) *fault.Error {
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
