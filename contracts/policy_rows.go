package contracts

import (
	"context"
	"fmt"
	"time"
)

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
