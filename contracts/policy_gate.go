package contracts

import (
	"context"
	"slices"
)

// gateSays is what the gate says of the versions of a query, as far as the rows do not.
type gateSays struct {
	verdict  Verdict
	unknowns []string
	broken   []string // that no row tells of
}

// askGate asks the gate about each version that goes to the destination, but for what has
// to do with another one of the query, which comes along and is judged by its row. asked
// are the versions it was asked about.
func (m *matrix) askGate(ctx context.Context, rows []Row) (says gateSays, asked map[int64]bool, err error) {
	says.verdict, asked = Yes, map[int64]bool{}
	for i := range m.specified {
		s := &m.specified[i]
		q := m.questionOf(s)
		if s.all || s.missing || asked[s.version.ID] || q.check() != nil {
			continue
		}
		asked[s.version.ID] = true
		a, err := m.b.CanIDeploy(ctx, q)
		if err != nil {
			return says, asked, err
		}
		m.hear(&says, q.Service, a.Reasons, rows)
	}
	return says, asked, nil
}

// hear adds the gate's reasons about a version of a service.
func (m *matrix) hear(says *gateSays, service string, reasons []Reason, rows []Row) {
	several := instances(reasons)
	for i := range reasons {
		r := &reasons[i]
		comes := m.comesAlong(service, r)
		if r.IgnoredBy != nil || (comes && !stays(r, several)) {
			continue
		}
		says.verdict = worse(says.verdict, r.Verdict)
		switch {
		case r.Rule.stricter() || (r.Verdict == Unknown && (comes || r.Consumer == r.Provider)):
			says.unknowns = append(says.unknowns, r.Text)
		case r.Verdict == No && !anyRow(rows, func(row *Row) bool { return !row.Success && row.tells(r) }):
			says.broken = append(says.broken, r.Text)
		}
	}
}

// questionOf asks whether one of the specified versions may join what is at the
// matrix's destination.
func (m *matrix) questionOf(s *resolved) Question {
	q := Question{Service: s.Pacticipant, Version: s.version.Name, Environment: m.q.Environment, ToTag: m.q.Tag, MainBranches: m.q.MainBranch}
	for _, i := range m.ignore {
		switch {
		case i.Pacticipant == q.Service:
		case i.all || !i.missing:
			q.Ignore = append(q.Ignore, IgnoreRule{Service: i.service.Name, Version: i.version.Name})
		case i.service.ID < 0 && i.MatrixSelector == MatrixSelector{Pacticipant: i.Pacticipant, Version: i.Version}: // gone, and still needed
			q.Ignore = append(q.Ignore, IgnoreRule{Service: i.Pacticipant, Version: i.Version})
		}
	}
	return q
}

// stricter reports whether a Pact Broker has no such rule.
func (r Rule) stricter() bool {
	switch r {
	case RuleIncomplete, RuleTooOld, RuleNoPact, RuleNoMainBranch, RuleWithdrawn, RuleNothingPublished, RuleNothingVerified:
		return true
	default:
		return false
	}
}

// comesAlong reports whether a reason is about a counterpart of which the query names
// the version that will be there. A pact that was deleted has no row to be judged by.
func (m *matrix) comesAlong(service string, r *Reason) bool {
	other := r.Consumer
	if r.Consumer == service {
		other = r.Provider
	}
	return other != service && m.mentions(other) && (r.Rule != RuleWithdrawn || r.Consumer != service)
}

// tells reports whether the row is of the two versions that a reason is about.
func (r *Row) tells(reason *Reason) bool {
	return r.Consumer == reason.Consumer && r.ConsumerVersion == reason.ConsumerVersion &&
		r.Provider == reason.Provider && r.ProviderVersion == reason.ProviderVersion
}

// stays reports whether the counterpart of a reason is there beside whatever comes
// along: released, or deployed as one of several instances, of which one version
// takes the place of one.
func stays(r *Reason, instances map[string]int) bool {
	return slices.ContainsFunc(r.There, func(d Deployment) bool { return d.Kind == Released || instances[d.Service] > 1 })
}

// instances counts under how many instances each service is deployed, of those that
// reasons are about.
func instances(reasons []Reason) map[string]int {
	seen, out := map[string]bool{}, map[string]int{}
	for i := range reasons {
		for _, d := range reasons[i].There {
			if d.Kind == Deployed && !seen[d.ID] {
				seen[d.ID] = true
				out[d.Service]++
			}
		}
	}
	return out
}

// mentions reports whether one of the selectors is about versions of a service, and
// not about all of them.
func (m *matrix) mentions(service string) bool {
	return slices.ContainsFunc(m.specified, func(s resolved) bool { return s.service.Name == service && !s.all && !s.missing })
}
