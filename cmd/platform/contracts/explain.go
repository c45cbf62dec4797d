package contracts

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/types"
)

const explainExample = "platform contracts explain --service orders --version 1f0c6b9 --environment production"

func explain(env *cli.Env) *cobra.Command {
	var opts gateOptions
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "Show what an answer of the gate rests on",
		Long: "Show what an answer of the gate rests on: which pacts and verifications, which deployments, how old they are,\n" +
			"and which rule decided. Takes the questions of can-i-deploy and, with --merge, of can-i-merge.\n" +
			"Exits with 0 when it could explain, whatever the answer is.",
		Example: "  " + explainExample + "\n  platform contracts explain --service orders --branch main --merge",
		Args:    opts.latest.args,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runExplain(cmd.Context(), env, opts) },
	}
	opts.versionFlags(cmd.Flags())
	opts.destinationFlags(cmd.Flags())
	cmd.Flags().BoolVar(&opts.merge, "merge", false, "ask about main branches instead of an environment")
	aliases(cmd)
	return cmd
}

func runExplain(ctx context.Context, env *cli.Env, opts gateOptions) error {
	maxAge, _, err := opts.settle(ctx, env, explainExample)
	if err != nil {
		return err
	}
	gate, err := ask(ctx, env, opts, maxAge)
	if err != nil {
		return err
	}
	return env.Print(gate, func(w io.Writer) error { return writeExplanation(w, gate) })
}

// writeExplanation writes everything an answer rests on. Times are told as ages
// at the moment the question was answered.
func writeExplanation(w io.Writer, gate types.Gate) error {
	e := explanation{now: gate.AskedAt}
	e.line("", "%s: %s", gate.Verdict, gate.Summary)
	e.line("", "%s", counting(gate))
	for _, warning := range gate.Warnings {
		e.line("", "Note: %s", warning)
	}
	for _, r := range gate.Reasons {
		e.reason(r)
	}
	if len(gate.Reasons) == 0 {
		e.line("", "")
		e.line("", "Nothing was found that %s %s would meet: it has no pacts, and nobody there has one with it.", gate.Service, gate.Version)
	}
	for i, u := range gate.Rules {
		if i == 0 {
			e.line("", "")
			e.line("", "Ignore rules:")
		}
		e.line("  ", "%s", e.rule(u))
	}
	_, err := io.WriteString(w, e.String())
	return err
}

// counting says which versions and verdicts counted.
func counting(gate types.Gate) string {
	age := "Verdicts count however old they are."
	if gate.MaxAge > 0 {
		age = fmt.Sprintf("Verdicts older than %s are unknown.", length(time.Duration(gate.MaxAge)*time.Second))
	}
	switch {
	case gate.MainBranches:
		return "Each other service counts with the newest version on its main branch. " + age
	case gate.ToTag != "":
		return "Each other service counts with its newest version that carries the tag " + gate.ToTag + ". " + age
	}
	return "Each other service counts with every version in " + gate.Environment + ", deployed or released. " + age
}

func length(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return cli.Count(int(d/(24*time.Hour)), "day", "days")
	}
	return d.String()
}

type explanation struct {
	strings.Builder
	now time.Time
}

func (e *explanation) line(margin, format string, args ...any) {
	fmt.Fprintln(e, margin+cli.Plain(fmt.Sprintf(format, args...)))
}

func (e *explanation) fact(name, format string, args ...any) {
	e.line(fmt.Sprintf("           %-14s", name), format, args...)
}

func (e *explanation) reason(r types.Reason) {
	e.line("", "")
	e.line("  ", "%-7s  %s", mark(r), r.Text)
	e.fact("rule", "%s: %s", r.Rule, meaning(r.Rule))
	if r.Sha != "" {
		e.fact("pact", "of %s %s with %s, %.12s, published %s", r.Consumer, r.ConsumerVersion, r.Provider, r.Sha, cli.Age(r.PublishedAt, e.now))
	}
	if r.VerificationID != "" {
		e.fact("verification", "%s by %s %s, %s", r.VerificationID, r.Provider, r.ProviderVersion, cli.Age(r.VerifiedAt, e.now))
	}
	for _, d := range r.There {
		e.fact("counts as", "%s", e.place(d))
	}
	for _, interaction := range r.Interactions {
		e.fact(outcome(r), "%s", interaction)
	}
	if isIgnored(r) {
		e.fact("ignored", "%s", strings.TrimPrefix(ignoring(r), "ignored "))
		if r.IgnoredBy.ID != "" {
			e.fact("to count it", "platform contracts ignore remove %s", r.IgnoredBy.ID)
		}
	}
	if r.Next != "" {
		e.fact("next", "%s", r.Next)
	}
}

func (e *explanation) place(d types.Deployment) string {
	where := ""
	if d.ApplicationInstance != "" {
		where = ", instance " + d.ApplicationInstance
	}
	return fmt.Sprintf("%s %s, %s in %s%s, %s", d.Service, d.Version, d.Kind, d.Environment, where, cli.Age(d.DeployedAt, e.now))
}

func (e *explanation) rule(u types.RuleUse) string {
	r, did := u.Rule, "ignores"
	if r.Expired {
		did = "has expired; it would ignore"
	}
	found := cli.Count(u.Reasons, "reason", "reasons")
	if r.ID == "" {
		return fmt.Sprintf("%s, by --ignore: %s %s", subject(r), did, found)
	}
	return fmt.Sprintf("%s, by %s until %s (%s): %s %s", subject(r), r.Owner, until(r.ExpiresAt), r.Reason, did, found)
}

// meaning is a rule in words.
func meaning(r types.ReasonRule) string {
	switch r {
	case types.RuleKept:
		return "the newest verification by this version of the provider passed"
	case types.RuleBroken:
		return "the newest verification by this version of the provider failed"
	case types.RuleNotVerified:
		return "this version of the provider has never verified what this pact says"
	case types.RuleIncomplete:
		return "some interactions have no result, or one that failed beside a claimed success; neither is a yes"
	case types.RuleTooOld:
		return "the verification is older than allowed"
	case types.RuleNowhere:
		return "a consumer needs its provider, and none is there; or nothing has the tag"
	case types.RuleNoMainBranch:
		return "a consumer's main branch is not known, so nobody can say what a merge would meet"
	case types.RuleNoPact:
		return "a consumer that has pacts with the service is there with a version that published none"
	case types.RuleWithdrawn:
		return "the pact was deleted, and the version that published it still relies on what it said"
	case types.RuleNothingPublished:
		return "the service has pacts, and this version published none"
	case types.RuleNothingVerified:
		return "others rely on the service, and this version verified nothing"
	case types.RuleUnknownVersion, types.RuleUnknownService:
		return "nothing was published for it, and nothing verified"
	}
	return "of a newer server"
}
