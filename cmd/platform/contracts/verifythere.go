package contracts

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// verifiedThere is what a run that verified a provider leaves.
type verifiedThere struct {
	Pacts []verifiedPact `json:"pacts"`
}

// verifyThere lets the server verify a provider that is registered there, and
// follows it.
func verifyThere(ctx context.Context, env *cli.Env, opts verifyOptions) error {
	for flag, given := range map[string]bool{
		"--provider-url": opts.url != "", "--provider-states-url": opts.stateURL != "", "--messages-url": opts.messagesURL != "",
		"--header": len(opts.headers) > 0, "--selector": len(opts.rawSelectors) > 0, "--consumer": len(opts.consumers) > 0, "--publish": !opts.publish,
	} {
		if given {
			return fault.New(fault.Invalid, "%s does not go with --on-server.", flag).
				WithHint("The server knows where the provider runs, verifies all that count, and records it. See: platform contracts provider list")
		}
	}
	if err := env.Require(ctx, "platform contracts verify --on-server --provider inventory --version 1f0c6b9",
		cli.Question{Flag: "provider", Title: "Which provider", Value: &opts.provider}); err != nil {
		return err
	}
	if err := settleVersion(ctx, env, &opts.version, &opts.branch); err != nil {
		return err
	}
	question, err := questionOf(opts)
	if err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	run, err := client.Accepted(api.VerifyProviderWithResponse(ctx, opts.provider, types.ProviderVerification{
		Version: opts.version, Branch: opts.branch, Tags: opts.tags, BuildURL: opts.buildURL,
		IncludePending: question.IncludePending, IncludeWipSince: question.IncludeWipSince,
	}))
	if err != nil {
		return err
	}
	env.Talk("The server verifies %s %s. Run %s", cli.Plain(opts.provider), cli.Plain(opts.version), run.ID)
	progress := cli.NewProgress(env, run, false)
	ended, err := cli.Follow(ctx, api, run.ID, 0, progress.See)
	progress.Close()
	if err != nil {
		return err
	}
	if err := cli.RunFault(ended); err != nil {
		return err
	}
	var result verifiedThere
	if err := json.Unmarshal(ended.Output, &result); err != nil {
		return fmt.Errorf("read output of run %s: %w", run.ID, err)
	}
	if len(result.Pacts) == 0 {
		return errNoPacts(opts.provider)
	}
	report := verification{Pacts: result.Pacts}
	report.sum()
	if err := env.PrintReport(report, report.cases(opts), func(w io.Writer) error { return printReport(w, report) }); err != nil {
		return err
	}
	return report.verdict()
}
