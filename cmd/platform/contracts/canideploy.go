package contracts

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

const (
	canIDeployExample = "platform contracts can-i-deploy --service orders --version 1f0c6b9 --environment production"
	canIMergeExample  = "platform contracts can-i-merge --service orders --version 1f0c6b9"
)

// gateOptions are a question to the gate, and how to go about the answer.
type gateOptions struct {
	service, version, branch, tag string
	mainBranch                    bool
	latest                        latest
	environment, toTag            string
	merge                         bool
	ignore                        []string
	maxAge                        string

	dryRun        bool
	retries       int
	retryInterval string
}

func canIDeploy(env *cli.Env) *cobra.Command {
	var opts gateOptions
	cmd := &cobra.Command{
		Use:   "can-i-deploy",
		Short: "Ask whether a version may go to an environment",
		Long: "Ask whether a version may go to an environment. Exits with 0 for yes, 1 for no, 3 for unknown.\n" +
			"Every version that is in the environment counts. What nobody checked is unknown, never yes; so is a service or a version\n" +
			"that nobody recorded yet.",
		Example: "  " + canIDeployExample + "\n" +
			"  platform contracts can-i-deploy --service orders --version 1f0c6b9 --environment production --retry-while-unknown 30 --retry-interval 10\n" +
			"  platform contracts can-i-deploy --service orders --branch main --environment test --ignore legacy --dry-run",
		Args: opts.latest.args,
		RunE: func(cmd *cobra.Command, _ []string) error { return runGate(cmd.Context(), env, opts) },
	}
	opts.versionFlags(cmd.Flags())
	opts.destinationFlags(cmd.Flags())
	opts.answerFlags(cmd.Flags())
	aliases(cmd)
	return cli.Reports(cmd)
}

func canIMerge(env *cli.Env) *cobra.Command {
	opts := gateOptions{merge: true}
	cmd := &cobra.Command{
		Use:   "can-i-merge",
		Short: "Ask whether a version gets along with every main branch",
		Long: "Ask whether a version gets along with the newest version on the main branch of each service it meets.\n" +
			"Exits with 0 for yes, 1 for no, 3 for unknown.",
		Example: "  " + canIMergeExample,
		Args:    opts.latest.args,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runGate(cmd.Context(), env, opts) },
	}
	opts.versionFlags(cmd.Flags())
	opts.answerFlags(cmd.Flags())
	aliases(cmd)
	return cli.Reports(cmd)
}

func (o *gateOptions) versionFlags(flags *pflag.FlagSet) {
	flags.StringVarP(&o.service, "service", "a", "", "the service (--pacticipant is the same)")
	flags.StringVarP(&o.version, "version", "e", "", "its version")
	flags.StringVar(&o.branch, "branch", "", "its newest version on this branch")
	flags.StringVar(&o.tag, "tag", "", "its newest version with this tag (--latest TAG is the same)")
	flags.BoolVar(&o.mainBranch, "main-branch", false, "its newest version on its main branch")
	flags.VarP(&o.latest, "latest", "l", "its newest version, of those with `[TAG]`")
	flags.Lookup("latest").NoOptDefVal = newest
	flags.StringArrayVar(&o.ignore, "ignore", nil, "show `SERVICE[:VERSION]` and not count it; again for more")
	flags.StringVar(&o.maxAge, "max-age", "", "verdicts older than this `time` are unknown, for example 72h or 30d")
	cli.WhenTwice(flags, "service", "Ask for each by itself, or for several that go together with Pact's client: pact broker can-i-deploy")
}

func (o *gateOptions) destinationFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.environment, "environment", "", "where it shall go (--to-environment is the same)")
	flags.StringVar(&o.toTag, "to", "", "a `tag` instead of an environment: others count with their newest version that carries it")
}

func (o *gateOptions) answerFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.dryRun, "dry-run", false, "print the answer and exit with 0 whatever it is")
	flags.IntVar(&o.retries, "retry-while-unknown", 0, "ask again up to so many `times` while the answer is unknown")
	flags.StringVar(&o.retryInterval, "retry-interval", "10", "`seconds` between two questions, or a time such as 1m")
}

// settle asks for what is missing, and checks what the server cannot.
func (o *gateOptions) settle(ctx context.Context, env *cli.Env, example string) (maxAge, interval time.Duration, err error) {
	questions := []cli.Question{{Flag: "service", Title: "Which service", Value: &o.service}}
	if err := o.settleLatest(); err != nil {
		return 0, 0, err
	}
	if o.branch == "" && o.tag == "" && !o.mainBranch && o.latest != newest {
		questions = append(questions, cli.Question{Flag: "version", Title: "Which version of it", Value: &o.version})
	}
	if o.merge {
		if o.environment != "" || o.toTag != "" {
			return 0, 0, fault.New(fault.Invalid, "--merge asks about main branches, and an environment or a tag was given, too.").
				WithHint("Leave out --merge, or --environment and --to.")
		}
	} else if o.toTag == "" {
		questions = append(questions, environmentQuestion(&o.environment))
	}
	if err := env.Require(ctx, example, questions...); err != nil {
		return 0, 0, err
	}
	if o.maxAge != "" {
		if maxAge, err = parseAge(o.maxAge); err != nil {
			return 0, 0, err
		}
	}
	if o.retries < 0 {
		return 0, 0, fault.New(fault.Invalid, "--retry-while-unknown cannot be %d.", o.retries).WithHint("Leave it out to ask once.")
	}
	interval, err = parseInterval(o.retryInterval)
	return maxAge, interval, err
}

func environmentQuestion(value *string) cli.Question {
	return cli.Question{Flag: "environment", Title: "Which environment", Options: []string{"test", "production"}, Value: value}
}

// parseAge takes a length of time in whole seconds, as the server counts it. What
// would be none of them is refused, because it would be no limit.
func parseAge(s string) (time.Duration, error) {
	const hint = "Write it like 72h or 30d, or leave --max-age out for any age."
	d, err := cli.ParseDuration(s)
	switch {
	case err != nil:
		err = fault.New(fault.Invalid, "--max-age cannot be %q: it is not a length of time.", s).WithHint(hint).WithCause(err)
	case d < time.Second:
		err = fault.New(fault.Invalid, "--max-age cannot be %s: the shortest is a second.", d).WithHint(hint)
	}
	return d, err
}

// parseInterval takes seconds, as Pact's command line does, or a length of time.
func parseInterval(s string) (time.Duration, error) {
	if s == "" { // of a command that asks once
		return 0, nil
	}
	const most = 24 * 60 * 60
	if n, err := strconv.Atoi(s); err == nil {
		if n < 0 || n > most {
			return 0, fault.New(fault.Invalid, "--retry-interval cannot be %d seconds.", n).WithHint("Give 0 to %d.", most)
		}
		return time.Duration(n) * time.Second, nil
	}
	d, err := cli.ParseDuration(s)
	if err != nil {
		err = fault.New(fault.Invalid, "--retry-interval cannot be %q: it is not a length of time.", s).
			WithHint("Give seconds, 0 to %d, or write it like 1m.", most).WithCause(err)
	}
	return d, err
}

func runGate(ctx context.Context, env *cli.Env, opts gateOptions) error {
	example := canIDeployExample
	if opts.merge {
		example = canIMergeExample
	}
	maxAge, interval, err := opts.settle(ctx, env, example)
	if err != nil {
		return err
	}
	gate, err := askWhileUnknown(ctx, env, opts, maxAge, interval)
	if err == nil {
		if err := printGate(env, gate); err != nil {
			return err
		}
		err = verdictError(gate.Verdict)
	}
	return opts.soften(env, err)
}

// soften lets a dry run hold nothing up: neither an answer nor a server that is
// out of reach. A question that is wrong stays wrong.
func (o gateOptions) soften(env *cli.Env, err error) error {
	if err == nil || !o.dryRun {
		return err
	}
	if answer, ok := errors.AsType[cli.VerdictError](err); ok {
		env.Talk("A dry run: without --dry-run this exits with %d.", answer.Code.ExitStatus())
		return nil
	}
	if f := fault.From(err); f.Code == fault.Unavailable || f.Code == fault.Internal {
		if err := env.PrintFailure(f); err != nil {
			return err
		}
		env.Talk("%s %s A dry run: without --dry-run this exits with %d.", env.Yellow("Warning:"), cli.Plain(f.Message), f.Code.ExitStatus())
		return nil
	}
	return err
}

// askWhileUnknown asks again, when that is wanted, until somebody knows.
func askWhileUnknown(ctx context.Context, env *cli.Env, opts gateOptions, maxAge, interval time.Duration) (types.Gate, error) {
	for try := 1; ; try++ {
		gate, err := ask(ctx, env, opts, maxAge)
		if err != nil || gate.Verdict != types.VerdictUnknown || try > opts.retries {
			return gate, err
		}
		env.Talk("Unknown: %s Asking again in %s (%d of %d).", cli.Plain(first(gate)), interval, try, opts.retries)
		select {
		case <-ctx.Done():
			return gate, ctx.Err()
		case <-time.After(interval):
		}
	}
}

// first is the reason that weighs most.
func first(gate types.Gate) string {
	if len(gate.Reasons) == 0 {
		return gate.Summary
	}
	return gate.Reasons[0].Text
}

func ask(ctx context.Context, env *cli.Env, opts gateOptions, maxAge time.Duration) (types.Gate, error) {
	api, err := env.API(ctx)
	if err != nil {
		return types.Gate{}, err
	}
	version, branch, tag := optional(opts.version), optional(opts.branch), optional(opts.tag)
	mainBranch, latest := optional(opts.mainBranch), optional(opts.latest == newest)
	age, ignore := optional(int64(maxAge/time.Second)), (*[]string)(nil)
	if len(opts.ignore) > 0 {
		ignore = &opts.ignore
	}
	if opts.merge {
		return client.OK(api.CanIMergeWithResponse(ctx, &types.CanIMergeParams{
			Service: opts.service, Version: version, Branch: branch, Tag: tag, MainBranch: mainBranch, Latest: latest, MaxAge: age, Ignore: ignore,
		}))
	}
	return client.OK(api.CanIDeployWithResponse(ctx, &types.CanIDeployParams{
		Service: opts.service, Version: version, Branch: branch, Tag: tag, MainBranch: mainBranch, Latest: latest, MaxAge: age, Ignore: ignore,
		Environment: optional(opts.environment), ToTag: optional(opts.toTag),
	}))
}

// optional leaves out what nobody gave.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func verdictError(v types.Verdict) error {
	switch v {
	case types.VerdictYes:
		return nil
	case types.VerdictNo:
		return cli.VerdictError{Code: fault.Failed}
	case types.VerdictUnknown:
	}
	return cli.VerdictError{Code: fault.Unknown}
}
