package contracts

import (
	"context"
	"io"
	"net"
	"net/url"
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
	provider, url, version, branch, stateURL, buildURL string
	consumers, headers                                 []string
	timeout                                            time.Duration
	publish                                            bool
}

func verifyCommand(env *cli.Env, verify Verify) *cobra.Command {
	var opts verifyOptions
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Verify a running provider against the pacts of its consumers",
		Long: "Verify a running provider, reached from this machine, against the pacts of its consumers: those of their main\n" +
			"branches and those deployed or released. Exits with 0 when all pass, 1 when one fails, 3 when nothing could be told.",
		Example: "  " + verifyExample,
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVerify(cmd.Context(), env, verify, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.provider, "provider", "", "the provider")
	flags.StringVar(&opts.url, "provider-url", "", "`address` where it runs")
	flags.StringVar(&opts.version, "version", "", "its version, best the commit; the work tree's when absent")
	flags.StringVar(&opts.branch, "branch", "", "branch the version is on")
	flags.StringVar(&opts.stateURL, "provider-states-url", "", "`address` that sets up provider states; "+statesPath+" of the provider when it answers there")
	flags.StringArrayVar(&opts.headers, "header", nil, "`\"Name: value\"` to send to the provider")
	flags.StringSliceVar(&opts.consumers, "consumer", nil, "only the pacts of these consumers")
	flags.DurationVar(&opts.timeout, "timeout", time.Minute, "how long the verification may take")
	flags.StringVar(&opts.buildURL, "build-url", "", "page of the build that verifies")
	flags.BoolVar(&opts.publish, "publish", true, "record the results")
	return cmd
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
	if opts.timeout <= 0 {
		return fault.New(fault.Invalid, "--timeout must be longer than nothing.").WithHint("For example --timeout 1m")
	}
	if err := settleVersion(ctx, env, &opts.version, &opts.branch); err != nil {
		return err
	}
	if err := reachable(ctx, opts.url); err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	plan, err := planFor(ctx, api, opts)
	if err != nil {
		return err
	}
	opts.stateURL = findStates(ctx, env, opts, headers)
	env.Talk("Verifying %s %s against %s.", cli.Plain(opts.provider), cli.Plain(opts.version), cli.Count(len(plan.Pacts), "pact", "pacts"))
	result, err := verify(ctx, request(opts, headers, plan))
	if err != nil {
		return err
	}
	report, err := settle(plan, result)
	if err != nil {
		return err
	}
	if opts.publish {
		if err := record(ctx, api, opts, result); err != nil {
			return err
		}
	}
	if err := env.Print(report, func(w io.Writer) error { return printReport(w, report) }); err != nil {
		return err
	}
	return report.verdict()
}

// planFor asks which pacts the provider has to verify.
func planFor(ctx context.Context, api *client.ClientWithResponses, opts verifyOptions) (types.VerificationPlan, error) {
	question := types.VerificationQuestion{Provider: opts.provider, ProviderBranch: opts.branch}
	for _, c := range opts.consumers {
		question.Selectors = append(question.Selectors,
			types.Selector{Consumer: c, MainBranch: true}, types.Selector{Consumer: c, DeployedOrReleased: true})
	}
	plan, err := client.OK(api.PlanVerificationWithResponse(ctx, question))
	if err != nil && !fault.Is(err, fault.NotFound) { // a provider nobody has heard of has no pacts, either
		return plan, err
	}
	if len(plan.Pacts) == 0 {
		return plan, fault.New(fault.Unknown, "No consumer has a pact for %s to verify.", opts.provider).
			WithHint("A consumer publishes one: platform contracts publish pacts --service CONSUMER --version VERSION --branch main")
	}
	return plan, nil
}

func request(opts verifyOptions, headers map[string]string, plan types.VerificationPlan) Request {
	r := Request{
		Provider: opts.provider, BaseURL: opts.url, ProviderVersion: opts.version, ProviderBranch: opts.branch,
		StateURL: opts.stateURL, Headers: headers, Timeout: opts.timeout,
	}
	for _, p := range plan.Pacts {
		r.Pacts = append(r.Pacts, Pact{SHA: p.Sha, Consumer: p.Consumer, Content: p.Content})
	}
	return r
}

// record stores each pact's result.
func record(ctx context.Context, api *client.ClientWithResponses, opts verifyOptions, result Result) error {
	for _, p := range result.Pacts {
		_, err := client.Created(api.RecordVerificationWithResponse(ctx, types.NewVerification{
			Sha: p.SHA, Consumer: p.Consumer, Provider: opts.provider, ProviderVersion: opts.version, ProviderBranch: opts.branch,
			Success: p.Success, Interactions: orNone(p.Interactions), Log: tail(p.Log, maxLog), BuildURL: opts.buildURL,
		}))
		if err != nil {
			return err
		}
	}
	return nil
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

// parseHeaders reads "Name: value".
func parseHeaders(lines []string) (map[string]string, error) {
	headers := make(map[string]string, len(lines))
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, fault.New(fault.Invalid, "%q is not a header.", line).WithHint("Write it like --header \"Authorization: Bearer TOKEN\"")
		}
		headers[name] = strings.TrimSpace(value)
	}
	return headers, nil
}

// reachable says at once, and in one sentence, when no provider listens.
func reachable(ctx context.Context, address string) error {
	if err := checkProviderURL(address); err != nil {
		return err
	}
	u, _ := url.Parse(address)
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return fault.New(fault.Unavailable, "No provider listens at %s.", address).
			WithHint("Start it, wait until it is ready, and run the same command again.").WithCause(err)
	}
	_ = conn.Close()
	return nil
}

func checkProviderURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fault.New(fault.Invalid, "%q is not the address of a provider.", address).
			WithHint("It looks like http://127.0.0.1:9001").WithField("--provider-url", "is not an http address")
	}
	return nil
}
