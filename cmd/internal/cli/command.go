package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goldenpath/platform/internal/fault"
)

// closeTimeout is how long the server inside this process may take to stop.
const closeTimeout = 15 * time.Second

// Root returns the command above all others, with the flags that every command
// takes.
func Root(env *Env, name, short string, commands ...*cobra.Command) *cobra.Command {
	root := Group(name, short, commands...)
	root.SilenceErrors = true
	root.SilenceUsage = true
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	root.SetFlagErrorFunc(flagFault)
	root.PersistentFlags().StringVar(&env.URL, "url", env.URL, "`address` of the platform server (PLATFORM_URL)")
	root.PersistentFlags().VarP(&env.Output, "output", "o", "form of results")
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json", "yaml", "junit"}, cobra.ShellCompDirectiveNoFileComp))
	root.SetHelpCommand(help(root))
	return root
}

// help returns "platform help", which unlike cobra's fails for a topic that
// does not exist.
func help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command or topic",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd, rest[0])
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// adopt makes the commands that cobra adds by itself behave as ours do.
func adopt(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.SuggestionsMinimumDistance = 2
		cmd.Args, cmd.RunE = Group("", "").Args, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		for _, shell := range cmd.Commands() {
			shell.Args = Args(shell.Args)
		}
	}
}

// Group returns a command that only holds others. Named alone it shows its
// help; a word it does not know is a fault that names the nearest command.
func Group(name, short string, commands ...*cobra.Command) *cobra.Command {
	group := &cobra.Command{
		Use:                        name,
		Short:                      short,
		SuggestionsMinimumDistance: 2,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknownCommand(cmd, args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.AddCommand(commands...)
	return group
}

func unknownCommand(cmd *cobra.Command, word string) error {
	f := fault.New(fault.Invalid, "There is no command %q in %q.", word, cmd.CommandPath())
	near := cmd.SuggestionsFor(word)
	if len(near) == 0 {
		return f.WithHint("See what there is: %s --help", cmd.CommandPath())
	}
	slices.Sort(near)
	return f.WithHint("Did you mean this? %s %s", cmd.CommandPath(), strings.Join(near, " or "+cmd.CommandPath()+" "))
}

// Args makes the faults of cobra's argument checks ours.
func Args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return fault.New(fault.Invalid, "%s %s, and %d given.", cmd.CommandPath(), wanted(cmd), len(args)).
				WithHint("Usage: %s", cmd.UseLine()).WithCause(err)
		}
		return nil
	}
}

// wanted says in words which arguments a command takes.
func wanted(cmd *cobra.Command) string {
	_, arguments, _ := strings.Cut(cmd.Use, " ")
	if arguments == "" {
		return "takes no arguments"
	}
	return "takes " + arguments
}

// flagFault explains a flag that cannot be understood.
func flagFault(cmd *cobra.Command, err error) error {
	hint := "See the flags: " + cmd.CommandPath() + " --help"
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if f.Hint == "" {
			f = f.WithHint("%s", hint)
		}
		return f
	}
	message := strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "."
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		message = "There is no flag " + dashed(unknown.GetSpecifiedName()) + " on " + cmd.CommandPath() + "."
		if near := nearestFlag(cmd, unknown.GetSpecifiedName()); near != "" {
			hint = "Did you mean --" + near + "? " + hint
		}
	}
	return fault.New(fault.Invalid, "%s", message).WithHint("%s", hint).WithCause(err)
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// nearestFlag returns the flag of cmd whose name is most like name, or "".
func nearestFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := fault.Nearest(name, names, 2); len(near) > 0 {
		return near[0]
	}
	return ""
}

// Run executes the command line and returns what the process exits with.
func Run(ctx context.Context, env *Env, root *cobra.Command, args []string) int {
	env.command, env.printed = "", false
	root.SetArgs(args)
	adopt(root)
	checkOutputs(env, root)
	strictFlags(root)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil {
		env.command = below(cmd)
	}
	if err != nil && env.Output == "" { // it may come after what is wrong
		env.Output = typedOutput(args)
	}
	// A command that was interrupted must still stop its server well.
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	closed := env.Close(stopping)
	if err == nil {
		err = closed
	}
	return env.Fail(ctx, err)
}
