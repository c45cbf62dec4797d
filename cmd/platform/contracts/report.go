package contracts

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// verification is what "contracts verify" prints.
type verification struct {
	Verdict types.Verdict  `json:"verdict"`
	Pacts   []verifiedPact `json:"pacts"`
	Error   *types.Failure `json:"error,omitempty"` // why not all of it is recorded
}

// verifiedPact is how the provider did against one pact.
type verifiedPact struct {
	Consumer     string                    `json:"consumer"`
	Versions     []string                  `json:"consumer_versions"`
	SHA          string                    `json:"sha"`
	Success      bool                      `json:"success"`
	Pending      bool                      `json:"pending"`
	WIP          bool                      `json:"wip"`
	Notices      []string                  `json:"notices"`
	Interactions []types.InteractionResult `json:"interactions"`
	Log          string                    `json:"log,omitempty"` // its end, where nothing was judged
}

// verdictPending is a yes with failures in it: of pacts that the provider never kept
// before, and of interactions that their consumer marked as pending. They do not break
// the provider's build yet.
const verdictPending types.Verdict = "pending"

// orNobody is an empty list where there is none, for programs that read it.
func orNobody(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// settle joins results to the plan. A pact without a result must not read as
// verified, so a result that does not cover the plan is our fault.
func settle(plan types.VerificationPlan, result Result) (verification, error) {
	bySHA := make(map[string]PactResult, len(result.Pacts))
	for _, p := range result.Pacts {
		bySHA[p.Consumer+" "+p.SHA] = p
	}
	report := verification{Pacts: make([]verifiedPact, 0, len(plan.Pacts))}
	for _, p := range plan.Pacts {
		r, ok := bySHA[p.Consumer+" "+p.Sha]
		if !ok {
			return verification{}, fault.New(fault.Internal, "The verifier gave no result for the pact of %s.", p.Consumer).
				WithHint("Nothing was recorded. Run it again; if it stays, run: platform doctor")
		}
		v := verifiedPact{
			Consumer: p.Consumer, Versions: p.ConsumerVersions, SHA: p.Sha, Success: r.Success,
			Pending: p.Pending, WIP: p.Wip, Notices: orNobody(p.Notices), Interactions: orNone(r.Interactions), Log: lastWords(r),
		}
		report.Pacts = append(report.Pacts, v)
	}
	report.sum()
	return report, nil
}

// lastWords is the end of the log of a verifier that judged nothing, "" of another.
// Such a log ends with the reason its interactions have, and what it said before
// that is all there is to tell why.
func lastWords(r PactResult) string {
	const most = 2000
	log := strings.TrimSpace(r.Log)
	for _, i := range r.Interactions {
		if i.Status != types.InteractionUnknown || slices.Contains(i.Mismatches, log) {
			return ""
		}
	}
	return tail(log, most)
}

// sum makes one verdict of those of the pacts.
func (r *verification) sum() {
	r.Verdict = types.VerdictYes
	for _, p := range r.Pacts {
		r.Verdict = worse(r.Verdict, p.verdict())
	}
	if r.Verdict == types.VerdictYes && count(*r, types.InteractionFailed) > 0 {
		r.Verdict = verdictPending
	}
}

// verdict is what one pact's result means. A wrong answer is a no, whatever else was
// not asked, but a pending pact may fail, and so may a pending interaction. Otherwise an
// interaction without a result, and a pact without any, is unknown whatever the sum says.
func (p verifiedPact) verdict() types.Verdict {
	failed, pending, unknown := false, false, len(p.Interactions) == 0
	for _, i := range p.Interactions {
		switch i.Status {
		case types.InteractionFailed:
			failed = failed || !i.Pending
			pending = pending || i.Pending
		case types.InteractionUnknown:
			unknown = true
		case types.InteractionPassed:
		}
	}
	switch {
	case (failed || pending) && p.Pending:
		return types.VerdictYes
	case failed:
		return types.VerdictNo
	case unknown:
		return types.VerdictUnknown
	case !p.Success && !p.Pending && !pending:
		return types.VerdictNo
	}
	return types.VerdictYes
}

// worse returns the verdict that decides: no before unknown before yes.
func worse(a, b types.Verdict) types.Verdict {
	rank := func(v types.Verdict) int {
		switch v {
		case types.VerdictNo:
			return 2
		case types.VerdictUnknown:
			return 1
		case types.VerdictYes:
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// verdict ends the command: quietly, since the report is already printed.
func (r verification) verdict() error {
	switch r.Verdict {
	case types.VerdictYes, verdictPending:
		return nil
	case types.VerdictNo:
		return cli.VerdictError{Code: fault.Failed}
	case types.VerdictUnknown:
	}
	return cli.VerdictError{Code: fault.Unknown}
}

// printReport writes each pact with its interactions, what failed with its
// mismatches, and one line that sums up.
func printReport(w io.Writer, report verification) error {
	for _, p := range report.Pacts {
		about := ""
		switch {
		case p.WIP:
			about = " (work in progress: a failure does not count yet)"
		case p.Pending:
			about = " (pending: a failure does not count yet)"
		}
		fmt.Fprintf(w, "%s%s\n", cli.Plain(p.Consumer), about)
		writeInteractions(w, p.Interactions)
		if p.Log != "" {
			about := "nothing was judged; the end of the verifier's log:"
			if len(p.Interactions) == 0 {
				about = "the verifier said nothing about single interactions; the end of its log:"
			}
			fmt.Fprintf(w, "  %s\n", about)
			for line := range strings.Lines(p.Log) {
				fmt.Fprintf(w, "  %s\n", cli.Plain(strings.TrimRight(line, "\r\n")))
			}
		}
	}
	_, err := fmt.Fprintf(w, "\n%s: %s\n", report.Verdict, summary(report))
	if report.Verdict == verdictPending {
		_, err = fmt.Fprintf(w, "%s, so the provider's build does not fail; the gate says no to running them together.\n", report.whyPending())
	}
	return err
}

// whyPending says why failures do not count.
func (r verification) whyPending() string {
	never, marked := false, false
	for _, p := range r.Pacts {
		failed := slices.ContainsFunc(p.Interactions, func(i types.InteractionResult) bool { return i.Status == types.InteractionFailed })
		never = never || failed && p.Pending
		marked = marked || failed && !p.Pending
	}
	switch {
	case never && marked:
		return "The provider never kept a pact before, and a consumer marked what else failed as pending"
	case marked:
		return "The consumer marked what failed as pending"
	}
	return "The provider never kept this pact before"
}

// cases is the report as CI shows tests: an interaction is one.
func (r verification) cases(opts verifyOptions) cli.Report {
	out := cli.Report{Name: "contracts verify " + opts.provider + " " + opts.version, Time: time.Now()}
	for _, p := range r.Pacts {
		if len(p.Interactions) == 0 {
			out.Cases = append(out.Cases, cli.Case{Group: p.Consumer, Name: "pact " + p.SHA, Error: "the verifier said nothing about single interactions", Details: p.Log})
		}
		for _, i := range p.Interactions {
			c := cli.Case{Group: p.Consumer, Name: i.Description, Details: strings.Join(i.Mismatches, "\n")}
			if i.State != "" {
				c.Name += " (given " + i.State + ")"
			}
			first := "no reason is known"
			if len(i.Mismatches) > 0 {
				first = i.Mismatches[0]
			}
			switch i.Status {
			case types.InteractionFailed:
				c.Failure = first
				if p.Pending || i.Pending {
					c.Failure, c.Skipped = "", "pending, so it does not count yet: "+first
				}
			case types.InteractionUnknown:
				c.Error = first
				if p.Log != "" {
					c.Details = p.Log
				}
			case types.InteractionPassed:
			}
			out.Cases = append(out.Cases, c)
		}
	}
	if r.Error != nil {
		out.Cases = append(out.Cases, cli.Case{Group: "contracts verify", Name: "results recorded", Error: cli.Plain(r.Error.Message), Details: r.Error.Hint})
	}
	return out
}

// count tells how many interactions ended with status.
func count(report verification, status types.InteractionResultStatus) int {
	n := 0
	for _, p := range report.Pacts {
		for _, i := range p.Interactions {
			if i.Status == status {
				n++
			}
		}
	}
	return n
}

// summary says in one line how it went.
func summary(report verification) string {
	return fmt.Sprintf("%d passed, %d failed, %d unknown", count(report, types.InteractionPassed),
		count(report, types.InteractionFailed), count(report, types.InteractionUnknown))
}
