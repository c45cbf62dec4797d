package contracts

import (
	"fmt"
	"io"
	"strings"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/types"
)

// printGate writes the answer, and talks about the question.
func printGate(env *cli.Env, gate types.Gate) error {
	for _, warning := range gate.Warnings {
		env.Talk("%s %s", env.Yellow("Note:"), cli.Plain(warning))
	}
	for _, u := range gate.Rules {
		if u.Rule.Expired {
			env.Talk("%s An ignore rule for %s expired on %s and counts no longer. It is %s's: %s",
				env.Yellow("Note:"), cli.Plain(subject(u.Rule)), until(u.Rule.ExpiresAt), cli.Plain(u.Rule.Owner), cli.Plain(u.Rule.Reason))
		}
	}
	return env.PrintReport(gate, report(gate), func(w io.Writer) error { return writeGate(w, gate) })
}

const dateOnly = "2006-01-02"

// writeGate writes the verdict, and under it each reason with its next step.
func writeGate(w io.Writer, gate types.Gate) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", gate.Verdict, cli.Plain(gate.Summary))
	for _, r := range gate.Reasons {
		fmt.Fprintf(&b, "\n  %-7s  %s\n", mark(r), cli.Plain(r.Text))
		for _, line := range details(r) {
			fmt.Fprintf(&b, "           %s\n", cli.Plain(line))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mark is how much a reason counts.
func mark(r types.Reason) string {
	if isIgnored(r) {
		return "ignored"
	}
	return string(r.Verdict)
}

func isIgnored(r types.Reason) bool { return r.IgnoredBy.Service != "" }

// details are the lines under a reason.
func details(r types.Reason) []string {
	var out []string
	for _, interaction := range r.Interactions {
		out = append(out, outcome(r)+": "+interaction)
	}
	switch {
	case isIgnored(r):
		out = append(out, ignoring(r))
		if r.IgnoredBy.ID != "" {
			out = append(out, "to count it: platform contracts ignore remove "+r.IgnoredBy.ID)
		}
	case r.Next != "":
		out = append(out, "next: "+r.Next)
	}
	return out
}

// outcome is what became of the interactions that a reason names. Those of an unknown
// have no result, or one that speaks against a claimed success.
func outcome(r types.Reason) string {
	if r.Verdict == types.VerdictNo {
		return "failed"
	}
	return "not passed"
}

// ignoring says who decided that a reason does not count.
func ignoring(r types.Reason) string {
	rule := r.IgnoredBy
	would := "it would be " + string(r.Verdict)
	if rule.ID == "" {
		return "ignored by --ignore " + subject(rule) + "; " + would
	}
	return fmt.Sprintf("ignored by %s until %s: %s; %s", rule.Owner, until(rule.ExpiresAt), rule.Reason, would)
}

// subject is what a rule ignores, as it is typed.
func subject(r types.IgnoreRule) string {
	if r.Version == "" {
		return r.Service
	}
	return r.Service + ":" + r.Version
}

// report is the answer as CI shows tests: a case for each reason. Unknown is an
// error, because what CI calls skipped does not stop a pipeline.
func report(gate types.Gate) cli.Report {
	question := gate.Service + " " + gate.Version + " " + destination(gate)
	out := cli.Report{Name: question, Time: gate.AskedAt}
	for _, r := range gate.Reasons {
		c := cli.Case{Group: question, Name: meeting(r), Details: strings.Join(details(r), "\n")}
		switch {
		case isIgnored(r):
			c.Skipped = ignoring(r)
		case r.Verdict == types.VerdictNo:
			c.Failure = r.Text
		case r.Verdict == types.VerdictUnknown:
			c.Error = r.Text
		default:
			c.Details = r.Text
		}
		out.Cases = append(out.Cases, c)
	}
	if len(out.Cases) == 0 {
		out.Cases = []cli.Case{{Group: question, Name: "contracts", Details: gate.Summary}}
	}
	return out
}

func destination(gate types.Gate) string {
	switch {
	case gate.MainBranches:
		return "to be merged"
	case gate.ToTag != "":
		return "to tag " + gate.ToTag
	}
	return "to " + gate.Environment
}

// meeting names who a reason is about.
func meeting(r types.Reason) string {
	consumer, provider := strings.TrimSpace(r.Consumer+" "+r.ConsumerVersion), strings.TrimSpace(r.Provider+" "+r.ProviderVersion)
	switch {
	case consumer != "" && provider != "":
		return consumer + " with " + provider
	case consumer != "" || provider != "":
		return consumer + provider
	}
	return string(r.Rule)
}
