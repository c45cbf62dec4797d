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

// applyPolicy lets the gate's rules weigh on a matrix. The worse answer counts: where a
// Pact Broker says unknown, a broken pact is still a no.
func (m *matrix) applyPolicy(ctx context.Context, rows []Row, out *Matrix) error {
	if !m.b.policy.AtBroker {
		return nil
	}
	gate, asked, err := m.askGate(ctx, rows)
	if err != nil {
		return err
	}
	withdrawn, err := m.withdrawn(ctx, asked)
	if err != nil {
		return err
	}
	judged, doubts := m.judgeRows(rows, asked)
	unknowns := slices.Concat(gate.unknowns, m.unasked(), doubts, withdrawn, m.withoutRow(rows), m.leftOut())
	verdict := worse(verdictOf(out.Deployable), worse(gate.verdict, judged))
	if len(unknowns) > 0 {
		verdict = worse(verdict, Unknown)
	}
	out.Unknowns += len(unknowns)
	out.setVerdict(verdict)
	if verdict != Yes {
		out.Reasons = slices.DeleteFunc(out.Reasons, func(r MatrixReason) bool { return r.Type == "success" })
	}
	for _, text := range gate.broken {
		out.Reasons = append(out.Reasons, MatrixReason{"error", text})
	}
	for _, text := range unknowns {
		out.Reasons = append(out.Reasons, MatrixReason{"error", "By this organisation's policy unknown: " + text})
	}
	for _, r := range m.ruled {
		if anyRow(rows, func(row *Row) bool { return row.Ignored && (row.Consumer == r.Service || row.Provider == r.Service) }) {
			out.Reasons = append(out.Reasons, MatrixReason{"warning", fmt.Sprintf("%s ignored %s until %s: %s", r.Owner, r.Subject(), r.Until(), r.Reason)})
		}
	}
	return nil
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
