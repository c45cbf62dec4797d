package contracts

import (
	"context"
	"iter"
	"slices"
	"strconv"

	"github.com/goldenpath/platform/internal/fault"
)

// Matrix answers as the Pact Broker does, except that the summary is always of
// all rows: a limit there once turned a failed verification into a yes. A service
// in a selector, or an environment to go to, that there is not is fault.NotFound.
func (b *Broker) Matrix(ctx context.Context, q MatrixQuery) (m Matrix, err error) {
	// A yes of two moments could be one that was true at none.
	err = b.store.Moment(ctx, func(ctx context.Context) error {
		m, err = b.matrix(ctx, q)
		return err
	})
	return m, err
}

func (b *Broker) matrix(ctx context.Context, q MatrixQuery) (Matrix, error) {
	m := matrix{b: b, q: q, names: map[string]int64{}, found: map[MatrixSelector]Version{}}
	if err := m.resolve(ctx); err != nil {
		return Matrix{}, err
	}
	rows, places, err := m.read(ctx)
	if err != nil {
		return Matrix{}, err
	}
	rows = latestBy(rows, m.grouping())
	m.markIgnored(rows)
	shown := countRows(rows, q.wants)
	if q.Limit > 0 {
		shown = min(shown, q.Limit)
	}
	if shown < len(rows) || anyRow(rows, func(r *Row) bool { return !r.Success }) {
		rows = byLastAction(rows) // the reasons have this order, and a cut leaves the newest
	}
	rows = wantedFirst(rows, q.wants)
	if rows, shown, err = m.name(ctx, rows, shown); err != nil {
		return Matrix{}, err
	}
	out := m.summarise(rows)
	if err := m.applyPolicy(ctx, rows, &out); err != nil {
		return Matrix{}, err
	}
	out.Rows, out.Environments, out.Places = byVersions(rows[:shown]), m.envs, places
	return out, nil
}

// grouping is by what to keep only the newest row. Where an environment is asked
// about, every version there keeps its row: some clients ask for the newest per
// version of the consumer, which would hide a resident that breaks the pact. So does
// every version that the organisation's policy judges.
func (m *matrix) grouping() string {
	resident := m.q.Environment != "" || slices.ContainsFunc(m.q.Selectors, func(s MatrixSelector) bool { return s.Environment != "" })
	if (resident || m.b.policy.AtBroker) && m.q.LatestBy != "" {
		return "cvpv"
	}
	return m.q.LatestBy
}

// matrix is one query on its way.
type matrix struct {
	b            *Broker
	q            MatrixQuery
	names        map[string]int64 // services that there are
	found        map[MatrixSelector]Version
	envs         []Environment
	specified    []resolved
	inferred     []resolved
	ignore       []resolved
	ruled        []IgnoreRule // stored rules among them
	integrations []requiredIntegration
	rows         []Row                   // with their names, if they were found with the others
	places       map[int64]VersionDetail // of some versions, if they were found with the rows
	byVersion    map[[2]int64]resolved   // by service and version, made when words are needed
}

// resolved is a selector with the version it stands for. A selector of many
// versions becomes many of these.
type resolved struct {
	MatrixSelector
	service  known // a pacticipant
	version  known
	all      bool // every version of the service
	missing  bool // no such version
	specific bool // asked for, not inferred
	ignored  bool
	many     bool // one of several versions of the same selector
}

// known is a service and its name, or a version and its number.
type known struct {
	ID   int64
	Name string
}

// requiredIntegration is a consumer and a provider that the query involves. The
// consumer requires the provider to be there, never the other way around.
type requiredIntegration struct {
	Integration
	required bool
}

func (m *matrix) resolve(ctx context.Context) error {
	stored, err := m.storedIgnores(ctx)
	if err != nil {
		return err
	}
	m.q.Ignore = slices.Concat(m.q.Ignore, stored)
	if err := m.loadNames(ctx); err != nil {
		return err
	}
	if m.ignore, err = m.resolveAll(ctx, m.q.Ignore, false); err != nil {
		return err
	}
	if m.specified, err = m.resolveAll(ctx, m.q.Selectors, true); err != nil {
		return err
	}
	if m.meets() {
		return m.meet(ctx)
	}
	return m.resolveOthers(ctx)
}

// infers reports whether the query says which versions of others to compare with.
func (m *matrix) infers() bool {
	return m.q.Latest || m.q.Tag != "" || m.q.Branch != "" || m.q.MainBranch || m.q.Environment != ""
}

// resolveOthers finds the integrations the specified versions are part of, and
// which versions of the others to compare with.
func (m *matrix) resolveOthers(ctx context.Context) error {
	of, whole := m.promises()
	var newest, promised, consumers []Integration
	asks := []func(ctx context.Context) error{func(ctx context.Context) (err error) {
		promised, consumers, err = m.b.store.Counterparts(ctx, of)
		return err
	}}
	if len(whole) > 0 {
		asks = append(asks, func(ctx context.Context) (err error) {
			newest, err = m.newestPromises(ctx, whole)
			return err
		})
	}
	if err := m.b.store.Together(ctx, asks...); err != nil {
		return err
	}
	m.integrations = m.required(slices.Concat(newest, promised), consumers)
	if !m.infers() {
		return nil
	}
	var err error
	m.inferred, err = m.inferOthers(ctx)
	return err
}

// promises are the specified versions and services; whole are services of which
// all versions are specified.
func (m *matrix) promises() (of Promises, whole []int64) {
	for _, s := range m.specified {
		of.ProviderIDs = append(of.ProviderIDs, s.service.ID)
		switch {
		case s.missing:
		case s.all:
			whole = append(whole, s.service.ID)
		default:
			of.ConsumerVersionIDs = append(of.ConsumerVersionIDs, s.version.ID)
		}
	}
	return of, whole
}

// newestPromises returns whom services have pacts with: of all their versions, the
// newest pact per provider stands for the rest.
func (m *matrix) newestPromises(ctx context.Context, services []int64) ([]Integration, error) {
	pacts, err := m.b.store.Pacts(ctx, PactFilter{ConsumerIDs: services, Latest: true})
	if err != nil {
		return nil, err
	}
	newest := make([]Integration, len(pacts))
	for i, p := range pacts {
		newest[i] = Integration{ConsumerID: p.ConsumerID, Consumer: p.Consumer, ProviderID: p.ProviderID, Provider: p.Provider}
	}
	return newest, nil
}

// required returns each integration once; between several specified services,
// unless others are inferred, only those.
func (m *matrix) required(promised, consumers []Integration) []requiredIntegration {
	between := !m.infers() && len(m.specified) > 1
	out := make([]requiredIntegration, 0, len(promised)+len(consumers))
	seen := make(map[[2]int64]bool, len(promised)+len(consumers))
	for _, p := range promised {
		key := [2]int64{p.ConsumerID, p.ProviderID}
		specified := func(s resolved) bool { return s.service.ID == p.ProviderID }
		if seen[key] || (between && !slices.ContainsFunc(m.specified, specified)) {
			continue
		}
		seen[key] = true
		out = append(out, requiredIntegration{p, true})
	}
	if between {
		return out
	}
	for _, i := range consumers {
		if key := [2]int64{i.ConsumerID, i.ProviderID}; !seen[key] {
			seen[key] = true
			out = append(out, requiredIntegration{i, false})
		}
	}
	return out
}

// resolved are all selectors: those asked for, then those inferred.
func (m *matrix) resolved() iter.Seq[*resolved] {
	return func(yield func(*resolved) bool) {
		for _, list := range [][]resolved{m.specified, m.inferred} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// rowQuery selects the rows of all resolved versions. One selector alone is
// compared with everything.
func (m *matrix) rowQuery() RowQuery {
	q := RowQuery{Versions: map[int64]VersionSet{}, EveryResult: m.q.LatestBy == "", Bare: true}
	all := len(m.specified) + len(m.inferred)
	for s := range m.resolved() {
		set := q.Versions[s.service.ID]
		switch {
		case s.all:
			set.All = true
		case !s.missing:
			set.IDs = append(set.IDs, s.version.ID)
		}
		q.Versions[s.service.ID] = set
		if s.specific {
			q.Involving = append(q.Involving, s.service.ID)
		}
	}
	q.AnyCounterpart = all == 1
	return q
}

func (m *matrix) markIgnored(rows []Row) {
	if len(m.ignore) == 0 {
		return
	}
	for i := range rows {
		r := &rows[i]
		r.Ignored = m.ignores(r.ConsumerID, r.ConsumerVersionID) || m.ignores(r.ProviderID, r.ProviderVersionID)
	}
}

// ParseLimit reads the limit of a query; it must be at least 1.
func ParseLimit(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "The limit must be 1 or greater.")
	}
	return n, nil
}
