package pact

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// testResult is how one interaction did, in libpact's words.
type testResult struct {
	InteractionID string     `json:"interactionId"`
	Success       bool       `json:"success"`
	Mismatches    []mismatch `json:"mismatches"`
	Exceptions    []struct {
		Message string `json:"message"`
	} `json:"exceptions"`
}

type mismatch struct {
	Attribute   string `json:"attribute"`
	Identifier  string `json:"identifier"`
	Description string `json:"description"`
}

// unknown makes every interaction unknown: for one reason, but where it has one of
// its own.
func (p *PactResult) unknown(ready prepared, problem string) {
	p.Success, p.Problem = false, problem
	p.Interactions = make([]contracts.InteractionResult, len(ready.interactions))
	for i, in := range ready.interactions {
		p.Interactions[i] = resultOf(in, contracts.StatusUnknown, cmp.Or(ready.unverified[i], problem))
	}
	p.Log = strings.TrimPrefix(p.Log+"\n"+problem, "\n")
}

// settle gives every interaction of the pact the result libpact published for it.
// One without a result is unknown, and so is one that failed because the provider
// was gone.
func (p *PactResult) settle(ready prepared, o Outcome, r Request) {
	interactions := ready.interactions
	var results []testResult
	if err := json.Unmarshal(o.TestResults, &results); err != nil {
		p.unknown(ready, "The verifier published no results that can be read.")
		return
	}
	p.Interactions = make([]contracts.InteractionResult, len(interactions))
	passed := 0
	for i, in := range interactions {
		if why := ready.unverified[i]; why != "" {
			p.Problem = why
			p.Interactions[i] = resultOf(in, contracts.StatusUnknown, why)
			continue
		}
		at := slices.IndexFunc(results, func(r testResult) bool { return r.InteractionID == in.ID })
		if at < 0 {
			p.Problem = "The verifier published no result for some interactions."
			p.Interactions[i] = resultOf(in, contracts.StatusUnknown, "The verifier published no result for it.")
			continue
		}
		result := results[at]
		results = slices.Delete(results, at, at+1) // equal interactions have equal ids, and a result each
		p.Interactions[i] = p.judge(in, result, &o, r)
		if p.Interactions[i].Status == contracts.Passed {
			passed++
		}
	}
	p.Success = passed == len(interactions)
	if p.Success && o.Failed {
		p.unknown(ready, "The verifier failed although each interaction passed; its log says why.")
	}
	if p.Problem != "" && !strings.HasSuffix(p.Log, p.Problem) {
		p.Log += "\n" + p.Problem
	}
}

// judge turns one result into the platform's words. What the provider did get wrong
// is a failure, also when it was gone or the time over later.
func (p *PactResult) judge(in contracts.Interaction, result testResult, o *Outcome, r Request) contracts.InteractionResult {
	broken := make([]string, 0, len(result.Mismatches)+len(result.Exceptions))
	slices.SortFunc(result.Mismatches, mismatch.compare)
	for _, m := range result.Mismatches {
		broken = append(broken, m.sentence())
	}
	noMessage, refused := o.Messages[in.Description]
	switch {
	case refused && in.Kind != contracts.HTTP: // libpact compares the body of any answer
		return resultOf(in, contracts.Failed, "The provider did not produce the message: "+noMessage+".")
	case result.Success && len(broken)+len(result.Exceptions) == 0:
		return resultOf(in, contracts.Passed)
	}
	for _, e := range result.Exceptions {
		why, answered := explain(in, e.Message, o)
		if !answered && len(broken) == 0 && p.wasNotAsked(why == "", o, r) {
			return resultOf(in, contracts.StatusUnknown, p.Problem)
		}
		broken = append(broken, cmp.Or(why, "The provider could not be asked: "+e.Message+"."))
	}
	if len(broken) == 0 {
		if p.wasNotAsked(true, o, r) {
			return resultOf(in, contracts.StatusUnknown, p.Problem)
		}
		broken = append(broken, "The verifier does not say why.")
	}
	return resultOf(in, contracts.Failed, broken...)
}

// wasNotAsked reports whether an interaction has no answer because the provider was
// gone, or, where that is not otherwise explained, the time over. That is then the
// problem.
func (p *PactResult) wasNotAsked(unexplained bool, o *Outcome, r Request) bool {
	switch {
	case o.Unreachable != "":
		p.Problem = fmt.Sprintf("The provider at %s could not be reached: %s.", fault.Address(r.BaseURL), o.Unreachable)
	case o.Late && unexplained:
		p.Problem = tookTooLong(r.Timeout)
	default:
		return false
	}
	return true
}

// doubtStates says in the log that nobody knows whether the provider sets up
// states, and of each interaction that failed and has one: that may be why.
func (p *PactResult) doubtStates(doubt string) {
	if doubt == "" || !slices.ContainsFunc(p.Interactions, func(in contracts.InteractionResult) bool { return in.State != "" }) {
		return
	}
	p.Log = strings.TrimSuffix(doubt+"\n"+p.Log, "\n") // its end is what tells most
	for i := range p.Interactions {
		if in := &p.Interactions[i]; in.State != "" && in.Status == contracts.Failed {
			in.Mismatches = append(in.Mismatches, doubt)
		}
	}
}

func resultOf(in contracts.Interaction, status string, mismatches ...string) contracts.InteractionResult {
	return contracts.InteractionResult{
		ID: in.ID, Description: in.Description, State: strings.Join(in.States, " and "), Status: status, Mismatches: mismatches,
		Pending: in.Pending,
	}
}

// compare orders what differs: libpact names it in another order each time, and two
// equal runs shall read alike. An answer's parts come as it has them.
func (m mismatch) compare(other mismatch) int {
	parts := []string{"status", "header", "body"}
	return cmp.Or(
		cmp.Compare(slices.Index(parts, m.Attribute), slices.Index(parts, other.Attribute)),
		cmp.Compare(m.Attribute, other.Attribute),
		cmp.Compare(m.Identifier, other.Identifier),
		cmp.Compare(m.Description, other.Description))
}

// sentence says what differs, and where.
func (m mismatch) sentence() string {
	what := strings.TrimSuffix(m.Description, ".")
	switch m.Attribute {
	case "status":
		return "Status: " + what + "."
	case "header":
		return fmt.Sprintf("Header %s: %s.", m.Identifier, what)
	case "body":
		if m.Identifier == "" || m.Identifier == "$" {
			return "Body: " + what + "."
		}
		return fmt.Sprintf("Body at %s: %s.", m.Identifier, what)
	default:
		where := strings.TrimSpace(m.Attribute + " " + m.Identifier)
		return strings.TrimPrefix(where+": "+what+".", ": ")
	}
}

// explain says why an interaction could not be tried, from what the helper saw on
// the way, and whether that was an answer; libpact itself only says that a request
// failed. It says "" when the helper saw nothing.
func explain(in contracts.Interaction, message string, o *Outcome) (why string, answered bool) {
	if strings.Contains(message, "state change") {
		var reasons []string
		for _, state := range in.States {
			if reason, ok := o.States[state]; ok {
				reasons = append(reasons, fmt.Sprintf("%q: %s", state, reason))
			}
		}
		if reason, ok := o.States[""]; ok && len(in.States) == 0 {
			return "The provider could not be told that no state is needed: " + reason + ".", true
		}
		if len(reasons) > 0 {
			return "The provider could not set up its state " + strings.Join(reasons, "; ") + ".", true
		}
		return "", false
	}
	if !strings.HasPrefix(message, "error sending request") && !strings.HasPrefix(message, "error decoding response") {
		return "", false
	}
	at := slices.IndexFunc(o.NoAnswers, func(n NoAnswer) bool { return n.Method == in.Method && n.Path == in.Path })
	if at < 0 {
		return "", false
	}
	n := o.NoAnswers[at]
	o.NoAnswers = slices.Delete(o.NoAnswers, at, at+1) // interactions are tried in their order
	if n.Begun {
		return fmt.Sprintf("The provider's answer broke off: %s.", n.Why), true
	}
	return fmt.Sprintf("The provider gave no answer: %s.", n.Why), false
}
