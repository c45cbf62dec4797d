package cli

import (
	"context"
	"errors"
	"strings"

	"charm.land/huh/v2"

	"github.com/goldenpath/platform/internal/fault"
)

// Question asks for the value of one flag that was left out.
type Question struct {
	Flag    string // name without dashes; empty for an argument
	Name    string // of the argument, when Flag is empty
	Title   string
	Help    string
	Secret  bool
	Options []string // known good answers; others are allowed
	Check   func(string) error
	Value   *string
}

// label is how the answer is given on the command line.
func (q Question) label() string {
	if q.Flag == "" {
		return strings.ToUpper(q.Name)
	}
	return "--" + q.Flag
}

// Require asks the person at the terminal for those values that are empty.
// Where nobody can be asked, it is a fault that names what to type. The usage
// hint is an example of a complete command.
func (e *Env) Require(ctx context.Context, example string, questions ...Question) error {
	var missing []Question
	for _, q := range questions {
		if *q.Value == "" {
			missing = append(missing, q)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if e.Interactive() && e.Ask != nil {
		return e.Ask(ctx, e, missing)
	}
	labels := make([]string, len(missing))
	for i, q := range missing {
		labels[i] = q.label()
	}
	f := fault.New(fault.Invalid, "%s %s missing.", strings.Join(labels, ", "), be(len(labels))).
		WithHint("For example: %s", example)
	for _, q := range missing {
		f = f.WithField(q.label(), "%s", q.Title)
	}
	return f
}

func be(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// AskTerminal asks with a form on the terminal.
func AskTerminal(ctx context.Context, e *Env, questions []Question) error {
	fields := make([]huh.Field, len(questions))
	for i, q := range questions {
		input := huh.NewInput().Title(q.Title).Description(q.Help).Value(q.Value).Validate(answered(q))
		if len(q.Options) > 0 {
			input = input.Suggestions(q.Options)
		}
		if q.Secret {
			input = input.EchoMode(huh.EchoModePassword)
		}
		fields[i] = input
	}
	form := huh.NewForm(huh.NewGroup(fields...)).WithInput(e.In).WithOutput(e.Err)
	err := form.RunWithContext(ctx)
	if errors.Is(err, huh.ErrUserAborted) {
		return fault.New(fault.Interrupted, "Interrupted; nothing was made.")
	}
	return err
}

// answered checks one answer; an empty one is never enough.
func answered(q Question) func(string) error {
	return func(s string) error {
		if strings.TrimSpace(s) == "" {
			return errors.New("an answer is needed")
		}
		if q.Check != nil {
			return q.Check(s)
		}
		return nil
	}
}
