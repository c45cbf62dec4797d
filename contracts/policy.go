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

// applyPolicy lets the gate's rules weigh on a matrix. The worse answer counts:
// where a Pact Broker says unknown, a broken pact is still a no.
func (m *matrix) applyPolicy(ctx context.Context, rows []Row, out *Matrix) error {
	if !m.b.policy.AtBroker {
		return nil
	}
	verdict, texts := verdictOf(out.Deployable), []string(nil)
	if q, ok := m.question(); ok {
		a, err := m.b.CanIDeploy(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range a.Reasons {
			if r.IgnoredBy == nil && r.Rule.stricter() {
				texts = append(texts, r.Text)
			}
		}
		verdict = worse(verdict, a.Verdict)
	} else {
		texts = m.doubts(rows)
		each, err := m.doubtsOfEach(ctx)
		if err != nil {
			return err
		}
		if texts = append(texts, each...); len(texts) > 0 {
			verdict = worse(verdict, Unknown)
		}
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

// stricter reports whether a Pact Broker has no such rule.
func (r Rule) stricter() bool {
	switch r {
	case RuleIncomplete, RuleTooOld, RuleNoPact, RuleNothingPublished, RuleNothingVerified:
		return true
	default:
		return false
	}
}

// doubts are successes between the versions of a query that the gate would not
// take for one.
func (m *matrix) doubts(rows []Row) []string {
	var out []string
	now := m.b.clock()
	for _, r := range rows {
		if r.Ignored || !r.verified() || !r.Success {
			continue
		}
		what := fmt.Sprintf("%s %s verified the pact of %s %s", r.Provider, r.ProviderVersion, r.Consumer, r.ConsumerVersion)
		switch limit := m.b.policy.MaxAge; {
		case r.Incomplete:
			out = append(out, what+" without a result for every interaction.")
		case limit > 0 && now.Sub(r.VerifiedAt) > limit:
			out = append(out, what+" too long ago, on "+r.VerifiedAt.Format(time.DateOnly)+".")
		}
	}
	return out
}

// doubtsOfEach are what has no row, and a Pact Broker does not miss, where several
// versions go to one destination: what the gate would miss for each of them, but for
// what has to do with another one, which comes with it.
func (m *matrix) doubtsOfEach(ctx context.Context) ([]string, error) {
	var out []string
	comes, asked := map[string]bool{}, map[int64]bool{}
	for i := range m.specified {
		comes[m.specified[i].service.Name] = true
	}
	for i := range m.specified {
		s := &m.specified[i]
		q := m.questionOf(s)
		if s.all || s.missing || asked[s.version.ID] || q.check() != nil {
			continue
		}
		asked[s.version.ID] = true
		a, err := m.b.CanIDeploy(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range a.Reasons {
			missed := r.Rule == RuleNothingPublished || r.Rule == RuleNothingVerified || (r.Rule == RuleNoPact && !comes[r.Consumer])
			if missed && r.IgnoredBy == nil {
				out = append(out, r.Text)
			}
		}
	}
	return out, nil
}

// question is the matrix's as the gate takes it: whether one version may join
// what is at one destination. Other queries are none.
func (m *matrix) question() (Question, bool) {
	if len(m.specified) != 1 || m.specified[0].all || m.specified[0].missing {
		return Question{}, false
	}
	q := m.questionOf(&m.specified[0])
	return q, q.check() == nil
}

// questionOf asks whether one of the specified versions may join what is at the
// matrix's destination.
func (m *matrix) questionOf(s *resolved) Question {
	q := Question{Service: s.Pacticipant, Version: s.version.Name, Environment: m.q.Environment, MainBranches: m.q.MainBranch}
	if m.q.Latest {
		q.ToTag = m.q.Tag
	}
	for _, i := range m.ignore {
		if i.service.Name != q.Service && (i.all || !i.missing) {
			q.Ignore = append(q.Ignore, IgnoreRule{Service: i.service.Name, Version: i.version.Name})
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
