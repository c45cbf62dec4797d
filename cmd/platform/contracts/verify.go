package contracts

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// dialTimeout is how long the provider may take to accept a connection.
const dialTimeout = 5 * time.Second

const verifyExample = "platform contracts verify --provider inventory --provider-url http://127.0.0.1:9001 --version 1f0c6b9 --branch main"

type verifyOptions struct {
	provider, url, version, branch         string
	stateURL, messagesURL, buildURL        string
	statesDoubt                            string // why it is not known where states are
	tags, consumers, headers, rawSelectors []string
	wipSince                               string
	timeout                                time.Duration
	pending, publish, onServer             bool
}

func verifyCommand(env *cli.Env, verify Verify) *cobra.Command {
	var opts verifyOptions
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Verify a running provider against the pacts of its consumers",
		Long: "Verify a running provider, reached from this machine, against the pacts of its consumers: those of their main\n" +
			"branches and those deployed or released. Exits with 0 when all pass, 1 when one fails, 3 when nothing could be told.\n" +
			"A pact that the provider never kept before may fail without breaking its build, unless --enable-pending=false.",
		Example: "  " + verifyExample + "\n" +
			`  platform contracts verify --provider inventory --provider-url http://127.0.0.1:9001 \
      --selector '{"mainBranch": true}' --selector '{"deployedOrReleased": true}' --include-wip-pacts-since 2026-01-01` + "\n" +
			"  platform contracts verify --on-server --provider inventory --version 1f0c6b9",
		Args: cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.onServer {
				return verifyThere(cmd.Context(), env, opts)
			}
			return runVerify(cmd.Context(), env, verify, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.provider, "provider", "", "the provider")
	flags.StringVar(&opts.url, "provider-url", "", "`address` where it runs")
	flags.StringVar(&opts.version, "version", "", "its version, best the commit; the work tree's when absent")
	flags.StringVar(&opts.branch, "branch", "", "branch the version is on")
	flags.StringVar(&opts.stateURL, "provider-states-url", "", "`address` that sets up provider states; "+statesPath+" of the provider when it answers there")
	flags.StringVar(&opts.messagesURL, "messages-url", "", "`address` that produces a message when its description is posted there")
	flags.StringSliceVar(&opts.tags, "tag", nil, "tags for the provider's version")
	flags.StringArrayVar(&opts.rawSelectors, "selector", nil, "consumer version selector, in `JSON`; may be repeated")
	flags.BoolVar(&opts.pending, "enable-pending", true, "let pacts fail that the provider never kept before")
	flags.StringVar(&opts.wipSince, "include-wip-pacts-since", "", "also verify work in progress that was published since this `date`")
	flags.StringArrayVar(&opts.headers, "header", nil, "`\"Name: value\"` to send to the provider")
	flags.StringSliceVar(&opts.consumers, "consumer", nil, "only the pacts of these consumers")
	flags.DurationVar(&opts.timeout, "timeout", time.Minute, "how long the verification may take")
	flags.StringVar(&opts.buildURL, "build-url", "", "page of the build that verifies")
	flags.BoolVar(&opts.publish, "publish", true, "record the results")
	flags.BoolVar(&opts.onServer, "on-server", false, "let the server verify a provider that is registered there")
	pactWords(cmd, verifierWords())
	return cli.Reports(cmd)
}

// verifierWords are the names that Pact's own programs have for options of verify.
func verifierWords() map[string]string {
	return map[string]string{
		"provider-base-url": "provider-url", "provider-version": "version", "provider-app-version": "version", "provider-branch": "branch",
		"provider-tag": "tag", "provider-tags": "tag", "provider-states-setup-url": "provider-states-url", "state-change-url": "provider-states-url",
		"custom-header": "header", "consumer-version-selector": "selector", "consumer-version-selectors": "selector",
		"filter-consumer": "consumer", "include-wip-since": "include-wip-pacts-since", "provider-name": "provider",
	}
}

func runVerify(ctx context.Context, env *cli.Env, verify Verify, opts verifyOptions) error {
	err := env.Require(ctx, verifyExample,
		cli.Question{Flag: "provider", Title: "Which provider", Value: &opts.provider},
		cli.Question{Flag: "provider-url", Title: "Where does it run", Help: "for example http://127.0.0.1:9001", Value: &opts.url})
	if err != nil {
		return err
	}
	headers, err := parseHeaders(opts.headers)
	if err != nil {
		return err
	}
	question, err := questionOf(opts)
	if err != nil {
		return err
	}
	if opts.timeout <= 0 {
		return fault.New(fault.Invalid, "--timeout must be longer than nothing.").WithHint("For example --timeout 1m")
	}
	if err := settleVersion(ctx, env, &opts.version, &opts.branch); err != nil {
		return err
	}
	question.ProviderBranch = opts.branch
	if err := reachable(ctx, opts.url); err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	plan, err := planFor(ctx, api, opts, question)
	if err != nil {
		return err
	}
	findStates(ctx, env, &opts, headers)
	env.Talk("Verifying %s %s against %s.", cli.Plain(opts.provider), cli.Plain(opts.version), cli.Count(len(plan.Pacts), "pact", "pacts"))
	result, err := verify(ctx, request(opts, headers, plan))
	if err != nil {
		return err
	}
	report, err := settle(plan, result)
	if err != nil {
		return err
	}
	recorded, unrecorded := 0, error(nil)
	if opts.publish {
		if recorded, unrecorded = record(ctx, api, opts, plan, result); unrecorded != nil {
			failure := cli.Failure(cli.Fault(ctx, unrecorded))
			report.Error = &failure
		}
	}
	if err := env.PrintReport(report, report.cases(opts), func(w io.Writer) error { return printReport(w, report) }); err != nil {
		return err
	}
	if unrecorded != nil {
		env.Talk("Recorded %d of %s.", recorded, cli.Count(len(result.Pacts), "result", "results"))
		return unrecorded
	}
	return report.verdict()
}

// planFor asks which pacts the provider has to verify.
func planFor(ctx context.Context, api *client.ClientWithResponses, opts verifyOptions, question types.VerificationQuestion) (types.VerificationPlan, error) {
	plan, err := client.OK(api.PlanVerificationWithResponse(ctx, question))
	// A provider nobody has heard of has no pacts, either; an environment that is
	// not there is a mistake in a selector.
	if err != nil && (!fault.Is(err, fault.NotFound) || len(fault.From(err).Fields) > 0) {
		return plan, err
	}
	if len(plan.Pacts) > 0 {
		return plan, nil
	}
	chosen := func(how string) error {
		return fault.New(fault.Unknown, "There is no pact for %s to verify %s.", question.Provider, how).
			WithHint("See which pacts there are: platform contracts list --service %s", question.Provider)
	}
	switch {
	case len(opts.consumers) > 0:
		return plan, chosen("of --consumer " + strings.Join(opts.consumers, ", ") + " on its main branch, deployed or released")
	case len(opts.rawSelectors) > 0:
		return plan, chosen("by --selector " + strings.Join(opts.rawSelectors, ", "))
	}
	return plan, errNoPacts(question.Provider)
}

func errNoPacts(provider string) error {
	return fault.New(fault.Unknown, "No consumer has a pact for %s to verify.", provider).
		WithHint("A consumer publishes one: platform contracts publish pacts --service CONSUMER --version VERSION --branch main")
}

func request(opts verifyOptions, headers map[string]string, plan types.VerificationPlan) Request {
	r := Request{
		Provider: opts.provider, BaseURL: opts.url, ProviderVersion: opts.version, ProviderBranch: opts.branch,
		StateURL: opts.stateURL, StatesDoubt: opts.statesDoubt, MessagesURL: opts.messagesURL, Headers: headers, Timeout: opts.timeout,
	}
	for _, p := range plan.Pacts {
		r.Pacts = append(r.Pacts, Pact{SHA: p.Sha, Consumer: p.Consumer, Content: p.Content})
	}
	return r
}

// record stores each pact's result, with what the plan says about the pact, and
// returns how many it stored.
func record(ctx context.Context, api *client.ClientWithResponses, opts verifyOptions, plan types.VerificationPlan, result Result) (int, error) {
	planned := make(map[string]types.PlannedPact, len(plan.Pacts))
	for _, p := range plan.Pacts {
		planned[p.Consumer+" "+p.Sha] = p
	}
	for n, p := range result.Pacts {
		about := planned[p.Consumer+" "+p.SHA]
		version := ""
		if len(about.ConsumerVersions) > 0 {
			version = about.ConsumerVersions[0]
		}
		_, err := client.Created(api.RecordVerificationWithResponse(ctx, types.NewVerification{
			Sha: p.SHA, Consumer: p.Consumer, Provider: opts.provider, ProviderVersion: opts.version, ProviderBranch: opts.branch, ProviderTags: opts.tags,
			ConsumerVersion: version, Pending: about.Pending, Wip: about.Wip,
			Success: p.Success, Interactions: orNone(p.Interactions), Log: tail(p.Log, maxLog), BuildURL: opts.buildURL,
		}))
		if err != nil {
			return n, err
		}
	}
	return len(result.Pacts), nil
}

// maxLog is how much of a verification's log the API takes; the end tells most.
const maxLog = 1 << 20

func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[len(s)-n:], "")
}

func orNone(i []types.InteractionResult) []types.InteractionResult {
	if i == nil {
		return []types.InteractionResult{}
	}
	return i
}
