package contracts

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Policy is what an organisation decided for every question. It comes from the
// server's settings, not from the database: it is the same on every replica and
// costs no read, and no token can loosen it.
type Policy struct {
	// MaxAge makes verdicts older than it unknown; 0 is no limit. Questions may
	// ask for less, not for more.
	MaxAge time.Duration
	// AtBroker makes the Pact Broker's API answer by the gate's rules, too: with
	// what is unknown to the gate alone, and with stored ignore rules. Without it
	// the API answers as a Pact Broker does.
	AtBroker bool
}

// WithPolicy returns a Broker that follows p.
func (b *Broker) WithPolicy(p Policy) *Broker {
	c := *b
	c.policy = p
	return &c
}

// Policy returns what the Broker follows.
func (b *Broker) Policy() Policy { return b.policy }

// storedIgnores are stored rules as selectors of a matrix, when the policy wants
// them there.
func (m *matrix) storedIgnores(ctx context.Context) ([]MatrixSelector, error) {
	if !m.b.policy.AtBroker {
		return nil, nil
	}
	rules, err := m.b.store.IgnoreRules(ctx)
	if err != nil {
		return nil, err
	}
	now := m.b.clock()
	var out []MatrixSelector
	for _, r := range rules {
		asked := slices.ContainsFunc(m.q.Selectors, func(s MatrixSelector) bool { return s.Pacticipant == r.Service })
		if r.Expired(now) || asked {
			continue
		}
		out = append(out, MatrixSelector{Pacticipant: r.Service, Version: r.Version})
		m.ruled = append(m.ruled, r)
	}
	return out, nil
}

// applyPolicy lets the gate's rules weigh on a matrix: what the gate would say of each
// version that goes to the destination, but for what has to do with another one, which
// comes along and is judged by its row. The worse answer counts: where a Pact Broker
// says unknown, a broken pact is still a no.
func (m *matrix) applyPolicy(ctx context.Context, rows []Row, out *Matrix) error {
	if !m.b.policy.AtBroker {
		return nil
	}
	verdict, texts := verdictOf(out.Deployable), []string(nil)
	asked := map[int64]bool{}
	for i := range m.specified {
		s := &m.specified[i]
		q := m.questionOf(s)
		if s.all || s.missing || asked[s.version.ID] || q.check() != nil {
			continue
		}
		asked[s.version.ID] = true
		a, err := m.b.CanIDeploy(ctx, q)
		if err != nil {
			return err
		}
		several := instances(a.Reasons)
		for i := range a.Reasons {
			r := &a.Reasons[i]
			comes := m.comesAlong(q.Service, r)
			if r.IgnoredBy != nil || (comes && !stays(r, several)) {
				continue
			}
			verdict = worse(verdict, r.Verdict)
			switch {
			case r.Rule.stricter() || (r.Verdict == Unknown && (comes || r.Consumer == r.Provider)):
				texts = append(texts, r.Text)
			case r.Verdict == No && !anyRow(rows, func(row *Row) bool { return !row.Success && row.tells(r) }):
				out.Reasons = append(out.Reasons, MatrixReason{"error", r.Text})
			}
		}
	}
	texts = append(texts, m.unasked()...)
	judged, doubts := m.judgeRows(rows, asked)
	withdrawn, err := m.withdrawn(ctx, asked)
	if err != nil {
		return err
	}
	texts = slices.Concat(texts, doubts, withdrawn, m.withoutRow(rows))
	if verdict = worse(verdict, judged); len(texts) > 0 {
		verdict = worse(verdict, Unknown)
	}
	out.Unknowns += len(texts)
	out.setVerdict(verdict)
	if verdict != Yes {
		out.Reasons = slices.DeleteFunc(out.Reasons, func(r MatrixReason) bool { return r.Type == "success" })
	}
	for _, text := range texts {
		out.Reasons = append(out.Reasons, MatrixReason{"error", "By this organisation's policy unknown: " + text})
	}
	for _, r := range m.ruled {
		if anyRow(rows, func(row *Row) bool { return row.Ignored && (row.Consumer == r.Service || row.Provider == r.Service) }) {
			out.Reasons = append(out.Reasons, MatrixReason{"warning", fmt.Sprintf("%s ignored %s until %s: %s", r.Owner, r.Subject(), r.Until(), r.Reason)})
		}
	}
	return nil
}

// unasked tells of what a query leaves open, without which the gate cannot be asked, nor
// anybody know what a version will meet: which one of a service, and, unless versions are
// compared with each other, where it is to go.
func (m *matrix) unasked() (texts []string) {
	open, compared := map[string]bool{}, map[string]bool{}
	for i := range m.specified {
		s := &m.specified[i]
		if s.all && !s.ignored && !open[s.Pacticipant] {
			open[s.Pacticipant] = true
			texts = append(texts, fmt.Sprintf("which version of %s? Name one, or a branch or tag of which to take the latest.", s.Pacticipant))
		}
		compared[s.Pacticipant] = true
	}
	for i := range m.specified {
		s := &m.specified[i]
		if q := m.questionOf(s); !s.all && !s.missing && len(compared) == 1 && given(q.Environment != "", q.ToTag != "", q.MainBranches) != 1 {
			return append(texts, fmt.Sprintf("where would %s go? Name an environment, or the latest versions with a tag or on main branches.", s.Pacticipant))
		}
	}
	return texts
}

// stricter reports whether a Pact Broker has no such rule.
func (r Rule) stricter() bool {
	switch r {
	case RuleIncomplete, RuleTooOld, RuleNoPact, RuleWithdrawn, RuleNothingPublished, RuleNothingVerified:
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

// judgeRows judges rows that the gate was not asked about as it would. Doubts are
// about successes that it would not take for one.
func (m *matrix) judgeRows(rows []Row, asked map[int64]bool) (verdict Verdict, doubts []string) {
	verdict = Yes
	now := m.b.clock()
	for i := range rows {
		r := &rows[i]
		byGate := (asked[r.ConsumerVersionID] && (r.Consumer == r.Provider || !m.mentions(r.Provider))) || (asked[r.ProviderVersionID] && !m.mentions(r.Consumer))
		if byGate || r.Ignored || !r.verified() {
			continue
		}
		what := fmt.Sprintf("%s %s verified the pact of %s %s", r.Provider, r.ProviderVersion, r.Consumer, r.ConsumerVersion)
		switch limit := m.b.policy.MaxAge; {
		case r.Incomplete && r.Success:
			doubts = append(doubts, what+" without a result for every interaction.")
		case r.Incomplete:
			verdict = worse(verdict, Unknown)
		case !r.Success:
			verdict = No
		case limit > 0 && now.Sub(r.VerifiedAt) > limit:
			doubts = append(doubts, what+" too long ago, on "+r.VerifiedAt.Format(time.DateOnly)+".")
		}
	}
	return verdict, doubts
}

// withdrawn tells of pacts that were deleted of versions which the gate was not asked
// about, because the query has no destination that it knows.
func (m *matrix) withdrawn(ctx context.Context, asked map[int64]bool) ([]string, error) {
	var out []string
	for i := range m.specified {
		s := &m.specified[i]
		if s.all || s.missing || asked[s.version.ID] {
			continue
		}
		list, err := m.b.store.WithdrawnPacts(ctx, s.version.ID, "")
		if err != nil {
			return nil, err
		}
		for _, w := range list {
			out = append(out, w.text())
		}
	}
	return out, nil
}

// withoutRow finds versions of a provider that have not verified a pact which another
// one of the query has: a Pact Broker shows rows of the other one alone.
func (m *matrix) withoutRow(rows []Row) []string {
	named := map[int64]bool{}
	for i := range m.specified {
		if s := &m.specified[i]; !s.all && !s.missing {
			named[s.version.ID] = true
		}
	}
	there := make(map[contractKey]bool, len(rows))
	for i := range rows {
		there[contractKey{rows[i].ConsumerVersionID, rows[i].ProviderID, rows[i].ProviderVersionID}] = true
	}
	var out []string
	for i := range rows {
		r := &rows[i]
		if !named[r.ConsumerVersionID] || !r.verified() || r.Ignored {
			continue
		}
		for j := range m.specified {
			p := &m.specified[j]
			key := contractKey{r.ConsumerVersionID, r.ProviderID, p.version.ID}
			if p.service.ID == r.ProviderID && named[p.version.ID] && !there[key] {
				there[key] = true
				out = append(out, fmt.Sprintf("%s %s has not verified the pact of %s %s.", r.Provider, p.version.Name, r.Consumer, r.ConsumerVersion))
			}
		}
	}
	return out
}

// questionOf asks whether one of the specified versions may join what is at the
// matrix's destination.
func (m *matrix) questionOf(s *resolved) Question {
	q := Question{Service: s.Pacticipant, Version: s.version.Name, Environment: m.q.Environment, MainBranches: m.q.MainBranch}
	if m.q.Latest {
		q.ToTag = m.q.Tag
	}
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

func verdictOf(deployable *bool) Verdict {
	switch {
	case deployable == nil:
		return Unknown
	case *deployable:
		return Yes
	}
	return No
}

func (m *Matrix) setVerdict(v Verdict) {
	m.Deployable = nil
	if v != Unknown {
		is := v == Yes
		m.Deployable = &is
	}
}
