package cli

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goldenpath/platform/internal/fault"
)

// whenTwice is where a flag keeps what to do instead of giving it twice.
const whenTwice = "when-twice"

// WhenTwice says what to do for somebody who gives a flag two values.
func WhenTwice(flags *pflag.FlagSet, name, hint string) {
	if flag := flags.Lookup(name); flag != nil {
		flag.Annotations = map[string][]string{whenTwice: {hint}}
	}
}

// strictFlags makes the flags of cmd, and of what is below it, refuse what would
// otherwise be dropped in silence: one of two values, and an empty one.
func strictFlags(cmd *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(flag *pflag.Flag) {
			switch value := flag.Value.(type) {
			case *single, *several: // of a parent
			case pflag.SliceValue:
				flag.Value = &several{flag.Value, value, flag.Name}
			default:
				flag.Value = &single{Value: flag.Value, flag: flag}
			}
			// Help knows which default is none by types that are hidden now.
			if flag.DefValue == "[]" || flag.DefValue == "0s" {
				flag.DefValue = ""
			}
		})
	}
	for _, child := range cmd.Commands() {
		strictFlags(child)
	}
}

// single is the value of a flag that means one thing. Of several values the last
// would win in silence, and a question about two services be answered for one.
type single struct {
	pflag.Value
	flag  *pflag.Flag
	first *string
}

// Set takes the first value, and the same again.
func (s *single) Set(text string) error {
	if blank(text) {
		return errEmptyFlag("--%s is empty.", s.flag.Name)
	}
	if s.first != nil && *s.first != text {
		hint := "Give it once."
		if instead := s.flag.Annotations[whenTwice]; len(instead) > 0 {
			hint = instead[0]
		}
		return fault.New(fault.Invalid, "--%s is given twice, %s and %s: it takes one.", s.flag.Name, shown(*s.first), shown(text)).
			WithHint("%s", hint)
	}
	s.first = &text
	if err := s.Value.Set(text); err != nil {
		return errNoValue(s.flag, text, err)
	}
	return nil
}

// errNoValue says in words what a flag takes, where package pflag says with which
// function of Go the text could not be read.
func errNoValue(flag *pflag.Flag, text string, err error) error {
	takes := map[string]string{
		"int": "a whole number, such as 10", "int64": "a whole number, such as 10",
		"duration": "a length of time, such as 30s or 5m", "bool": "true or false",
	}[flag.Value.Type()]
	switch {
	case takes == "":
		return err
	case errors.Is(err, strconv.ErrRange) && strings.HasPrefix(text, "-"):
		return fault.New(fault.Invalid, "--%s cannot be %s: the number is too small.", flag.Name, text).WithCause(err)
	case errors.Is(err, strconv.ErrRange):
		return fault.New(fault.Invalid, "--%s cannot be %s: the number is too large.", flag.Name, text).WithCause(err)
	}
	return fault.New(fault.Invalid, "--%s takes %s, and not %q.", flag.Name, takes, text).WithCause(err)
}

// shown is a value for people: an address without what opens it.
func shown(text string) string {
	if strings.Contains(text, "@") || strings.Contains(text, "://") {
		return fault.Address(text)
	}
	return text
}

// several is the value of a flag that may be repeated.
type several struct {
	pflag.Value
	pflag.SliceValue
	name string
}

// Set adds a value, or more with commas between them where the flag has such.
func (s *several) Set(text string) error {
	if blank(text) {
		return errEmptyFlag("--%s is empty.", s.name)
	}
	if err := s.Value.Set(text); err != nil {
		return err
	}
	if slices.ContainsFunc(s.GetSlice(), blank) {
		return errEmptyFlag("--%s has nothing between two commas, or before or after one.", s.name)
	}
	return nil
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

func errEmptyFlag(format, name string) error {
	return fault.New(fault.Invalid, format, name).
		WithHint("Give it a value, or leave it out. A variable may be empty: a pipeline that has none of the name puts nothing there.")
}

// typedOutput finds --output in a command line that cannot be understood, "" for none.
func typedOutput(args []string) (form Output) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.VarP(&form, "output", "o", "")
	_ = flags.Parse(args) // what is wrong is known already
	return form
}
