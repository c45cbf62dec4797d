package contracts

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/goldenpath/platform/internal/fault"
)

// Matrix answers as the Pact Broker does, except that the summary is always of
// all rows: a limit there once turned a failed verification into a yes.
func (b *Broker) Matrix(ctx context.Context, q MatrixQuery) (Matrix, error) {
	m := matrix{b: b, q: q, names: map[string]Pacticipant{}, envs: map[string]Environment{}}
	if err := m.resolve(ctx); err != nil {
		return Matrix{}, err
	}
	rows, err := b.store.MatrixRows(ctx, m.rowQuery())
	if err != nil {
		return Matrix{}, err
	}
	sortRows(rows)
	rows = latestBy(rows, m.grouping())
	rows = withSuccess(rows, q.Success)
	m.markIgnored(rows)
	out := m.summarise(rows)
	if q.Limit > 0 && len(rows) > q.Limit {
		rows = rows[:q.Limit] // the newest
	}
	byVersions(rows)
	out.Rows = rows
	return out, nil
}

// grouping is by what to keep only the newest row. Where an environment is asked
// about, every version there keeps its row: some clients ask for the newest per
// version of the consumer, which would hide a resident that breaks the pact.
func (m *matrix) grouping() string {
	resident := m.q.Environment != "" || slices.ContainsFunc(m.q.Selectors, func(s MatrixSelector) bool { return s.Environment != "" })
	if resident && m.q.LatestBy != "" {
		return "cvpv"
	}
	return m.q.LatestBy
}

// matrix is one query on its way.
type matrix struct {
	b            *Broker
	q            MatrixQuery
	names        map[string]Pacticipant
	envs         map[string]Environment
	specified    []resolved
	inferred     []resolved
	ignore       []resolved
	integrations []requiredIntegration
}

// resolved is a selector with the version it stands for. A selector of many
// versions becomes many of these.
type resolved struct {
	MatrixSelector
	service  Pacticipant
	version  Version
	all      bool // every version of the service
	missing  bool // no such version
	specific bool // asked for, not inferred
	ignored  bool
	many     bool // one of several versions of the same selector
}

// requiredIntegration is a consumer and a provider that the query involves. The
// consumer requires the provider to be there, never the other way around.
type requiredIntegration struct {
	Integration
	required bool
}

func (m *matrix) resolve(ctx context.Context) error {
	if err := m.loadNames(ctx); err != nil {
		return err
	}
	var err error
	if m.ignore, err = m.resolveAll(ctx, m.q.Ignore, false); err != nil {
		return err
	}
	if m.specified, err = m.resolveAll(ctx, m.q.Selectors, true); err != nil {
		return err
	}
	if m.integrations, err = m.findIntegrations(ctx); err != nil {
		return err
	}
	if m.infers() {
		m.inferred, err = m.inferOthers(ctx)
	}
	return err
}

// infers reports whether the query says which versions of others to compare with.
func (m *matrix) infers() bool {
	return m.q.Latest || m.q.Tag != "" || m.q.Branch != "" || m.q.MainBranch || m.q.Environment != ""
}

func (m *matrix) loadNames(ctx context.Context) error {
	var names []string
	for _, s := range slices.Concat(m.q.Selectors, m.q.Ignore) {
		names = append(names, s.Pacticipant)
	}
	if len(names) > 0 {
		list, err := m.b.store.Pacticipants(ctx, PacticipantFilter{Names: names})
		if err != nil {
			return err
		}
		for _, p := range list {
			m.names[p.Name] = p
		}
	}
	for _, s := range m.q.Selectors {
		if _, ok := m.names[s.Pacticipant]; !ok {
			return fault.New(fault.NotFound, "Pacticipant %s not found", s.Pacticipant)
		}
	}
	if m.q.Environment == "" && !slices.ContainsFunc(m.q.Selectors, func(s MatrixSelector) bool { return s.Environment != "" }) {
		return nil
	}
	envs, err := m.b.store.Environments(ctx)
	for _, e := range envs {
		m.envs[e.Name] = e
	}
	return err
}

func (m *matrix) resolveAll(ctx context.Context, selectors []MatrixSelector, specific bool) ([]resolved, error) {
	var out []resolved
	for _, s := range selectors {
		list, err := m.resolveOne(ctx, s, specific)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (m *matrix) resolveOne(ctx context.Context, s MatrixSelector, specific bool) ([]resolved, error) {
	p, known := m.names[s.Pacticipant]
	base := resolved{MatrixSelector: s, service: p, specific: specific}
	if !known {
		base.service.ID, base.missing = -1, true
		return []resolved{base}, nil
	}
	if s == (MatrixSelector{Pacticipant: s.Pacticipant}) {
		base.all, base.ignored = true, m.ignores(p.ID, 0)
		return []resolved{base}, nil
	}
	f, possible := m.filter(s, []int64{p.ID})
	var versions []Version
	if possible {
		var err error
		if versions, err = m.b.store.Versions(ctx, f); err != nil {
			return nil, err
		}
	}
	return m.expand(base, versions), nil
}

// filter turns a selector into a version filter; false when it names an
// environment there is not.
func (m *matrix) filter(s MatrixSelector, ids []int64) (VersionFilter, bool) {
	f := VersionFilter{PacticipantIDs: ids, Branch: s.Branch, MainBranch: s.MainBranch, Tag: s.Tag, Latest: s.Latest}
	if s.Version != "" {
		f.Numbers = []string{s.Version}
	}
	if s.Environment != "" {
		env, ok := m.envs[s.Environment]
		if !ok {
			return f, false
		}
		f.EnvironmentID = env.ID
	}
	return f, true
}

// expand makes one resolved selector per version, or one that misses.
func (m *matrix) expand(base resolved, versions []Version) []resolved {
	if len(versions) == 0 {
		base.missing, base.ignored = true, m.ignores(base.service.ID, 0)
		return []resolved{base}
	}
	out := make([]resolved, len(versions))
	for i, v := range versions {
		out[i] = base
		out[i].version, out[i].many, out[i].ignored = v, len(versions) > 1, m.ignores(base.service.ID, v.ID)
	}
	return out
}

func (m *matrix) ignores(pacticipant, version int64) bool {
	return slices.ContainsFunc(m.ignore, func(s resolved) bool {
		return s.service.ID == pacticipant && (s.all || (!s.missing && s.version.ID == version))
	})
}

// findIntegrations returns those the specified versions are part of; between
// several specified services, unless others are inferred, only those.
func (m *matrix) findIntegrations(ctx context.Context) ([]requiredIntegration, error) {
	ids := []int64{}
	for _, s := range m.specified {
		ids = append(ids, s.service.ID)
	}
	asConsumer, err := m.promised(ctx)
	if err != nil {
		return nil, err
	}
	between := !m.infers() && len(m.specified) > 1
	var out []requiredIntegration
	seen := map[[2]int64]bool{}
	for _, p := range asConsumer {
		key := [2]int64{p.ConsumerID, p.ProviderID}
		if seen[key] || (between && !slices.Contains(ids, p.ProviderID)) {
			continue
		}
		seen[key] = true
		out = append(out, requiredIntegration{p, true})
	}
	if between {
		return out, nil
	}
	asProvider, err := m.b.store.Integrations(ctx, IntegrationFilter{ProviderIDs: ids})
	if err != nil {
		return nil, err
	}
	for _, i := range asProvider {
		if key := [2]int64{i.ConsumerID, i.ProviderID}; !seen[key] {
			seen[key] = true
			out = append(out, requiredIntegration{i, false})
		}
	}
	return out, nil
}

// promised returns the pairs the specified versions have published pacts for.
func (m *matrix) promised(ctx context.Context) ([]Integration, error) {
	var whole, versions []int64
	for _, s := range m.specified {
		switch {
		case s.missing:
		case s.all:
			whole = append(whole, s.service.ID)
		default:
			versions = append(versions, s.version.ID)
		}
	}
	var pacts []Pact
	if len(whole) > 0 {
		// Of all versions of a service, the newest pact per provider stands for the rest.
		list, err := m.b.store.Pacts(ctx, PactFilter{ConsumerIDs: whole, Latest: true})
		if err != nil {
			return nil, err
		}
		pacts = append(pacts, list...)
	}
	if len(versions) > 0 {
		list, err := m.b.store.Pacts(ctx, PactFilter{ConsumerVersionIDs: versions})
		if err != nil {
			return nil, err
		}
		pacts = append(pacts, list...)
	}
	out := make([]Integration, len(pacts))
	for i, p := range pacts {
		out[i] = Integration{ConsumerID: p.ConsumerID, Consumer: p.Consumer, ProviderID: p.ProviderID, Provider: p.Provider}
	}
	return out, nil
}

// inferOthers resolves the other services of the integrations, all with one
// query.
func (m *matrix) inferOthers(ctx context.Context) ([]resolved, error) {
	others := map[int64]Pacticipant{}
	for _, i := range m.integrations {
		others[i.ConsumerID] = Pacticipant{ID: i.ConsumerID, Name: i.Consumer}
		others[i.ProviderID] = Pacticipant{ID: i.ProviderID, Name: i.Provider}
	}
	for _, s := range m.specified {
		delete(others, s.service.ID)
	}
	if len(others) == 0 {
		return nil, nil
	}
	ids := make([]int64, 0, len(others))
	for id := range others {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Compare(others[a].Name, others[b].Name) })
	common := MatrixSelector{Tag: m.q.Tag, Branch: m.q.Branch, MainBranch: m.q.MainBranch, Latest: m.q.Latest, Environment: m.q.Environment}
	byService := map[int64][]Version{}
	if f, possible := m.filter(common, ids); possible {
		versions, err := m.b.store.Versions(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			byService[v.PacticipantID] = append(byService[v.PacticipantID], v)
		}
	}
	var out []resolved
	for _, id := range ids {
		selector := common
		selector.Pacticipant = others[id].Name
		out = append(out, m.expand(resolved{MatrixSelector: selector, service: others[id]}, byService[id])...)
	}
	return out, nil
}

// rowQuery selects the rows of all resolved versions. One selector alone is
// compared with everything.
func (m *matrix) rowQuery() RowQuery {
	q := RowQuery{Versions: map[int64]VersionSet{}, EveryResult: m.q.LatestBy == ""}
	all := slices.Concat(m.specified, m.inferred)
	for _, s := range all {
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
	q.AnyCounterpart = len(all) == 1
	return q
}

func (m *matrix) markIgnored(rows []Row) {
	for i, r := range rows {
		rows[i].Ignored = m.ignores(r.ConsumerID, r.ConsumerVersionID) || m.ignores(r.ProviderID, r.ProviderVersionID)
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
