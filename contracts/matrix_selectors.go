package contracts

import (
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// loadNames finds the services of the query, and the environments if it names
// one. A version that is named by its number is found along with its service.
func (m *matrix) loadNames(ctx context.Context) error {
	selectors := slices.Concat(m.q.Selectors, m.q.Ignore)
	var names []string
	var numbered []MatrixSelector
	for _, s := range selectors {
		switch {
		case s.Version == "" || s != (MatrixSelector{Pacticipant: s.Pacticipant, Version: s.Version}):
			names = append(names, s.Pacticipant)
		case !slices.Contains(numbered, s):
			numbered = append(numbered, s)
		}
	}
	asks := []func(ctx context.Context) error{
		func(ctx context.Context) error { return m.loadServices(ctx, names) },
		func(ctx context.Context) error { return m.loadEnvironments(ctx, selectors) },
	}
	found := make([][]Version, len(numbered))
	for i, s := range numbered {
		asks = append(asks, func(ctx context.Context) (err error) {
			found[i], err = m.b.store.Versions(ctx, VersionFilter{Pacticipants: []string{s.Pacticipant}, Numbers: []string{s.Version}})
			return err
		})
	}
	if err := m.b.store.Together(ctx, asks...); err != nil {
		return err
	}
	names = nil
	for i, s := range numbered {
		if len(found[i]) == 0 {
			names = append(names, s.Pacticipant)
			continue
		}
		m.found[s], m.names[s.Pacticipant] = found[i][0], found[i][0].PacticipantID
	}
	if err := m.loadServices(ctx, names); err != nil {
		return err
	}
	for _, s := range m.q.Selectors {
		if _, ok := m.names[s.Pacticipant]; !ok {
			return fault.New(fault.NotFound, "Pacticipant %s not found", s.Pacticipant)
		}
	}
	if _, ok := m.environment(m.q.Environment); m.q.Environment != "" && !ok {
		return noEnvironment(m.q.Environment, m.envs)
	}
	return nil
}

func (m *matrix) loadServices(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	list, err := m.b.store.Pacticipants(ctx, PacticipantFilter{Names: names})
	for _, p := range list {
		m.names[p.Name] = p.ID
	}
	return err
}

func (m *matrix) loadEnvironments(ctx context.Context, selectors []MatrixSelector) (err error) {
	if m.q.Environment != "" || slices.ContainsFunc(selectors, func(s MatrixSelector) bool { return s.Environment != "" }) {
		m.envs, err = m.b.store.Environments(ctx)
	}
	return err
}

func (m *matrix) environment(name string) (Environment, bool) {
	at := slices.IndexFunc(m.envs, func(e Environment) bool { return e.Name == name })
	if at < 0 {
		return Environment{}, false
	}
	return m.envs[at], true
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
	service, is := m.names[s.Pacticipant]
	base := resolved{MatrixSelector: s, service: known{service, s.Pacticipant}, specific: specific}
	if !is {
		base.service.ID, base.missing = -1, true
		return []resolved{base}, nil
	}
	if s == (MatrixSelector{Pacticipant: s.Pacticipant}) {
		base.all, base.ignored = true, m.ignores(service, 0)
		return []resolved{base}, nil
	}
	if version, ok := m.found[s]; ok {
		return m.expand(base, []Version{version}), nil
	}
	f, possible := m.filter(s, VersionFilter{PacticipantIDs: []int64{service}})
	var versions []Version
	if possible {
		var err error
		if versions, err = m.b.store.Versions(ctx, f); err != nil {
			return nil, err
		}
	}
	return m.expand(base, versions), nil
}

// filter adds a selector to a filter of services; false when it names an
// environment there is not.
func (m *matrix) filter(s MatrixSelector, f VersionFilter) (VersionFilter, bool) {
	f.Branch, f.MainBranch, f.Tag, f.Latest, f.Short = s.Branch, s.MainBranch, s.Tag, s.Latest, true
	if s.Version != "" {
		f.Numbers = []string{s.Version}
	}
	if s.Environment != "" {
		env, ok := m.environment(s.Environment)
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
		out[i].version, out[i].many, out[i].ignored = known{v.ID, v.Number}, len(versions) > 1, m.ignores(base.service.ID, v.ID)
	}
	return out
}

func (m *matrix) ignores(pacticipant, version int64) bool {
	return slices.ContainsFunc(m.ignore, func(s resolved) bool {
		return s.service.ID == pacticipant && (s.all || (!s.missing && s.version.ID == version))
	})
}

// others selects versions of other services, as the query says.
func (m *matrix) others() MatrixSelector {
	return MatrixSelector{Tag: m.q.Tag, Branch: m.q.Branch, MainBranch: m.q.MainBranch, Latest: m.q.Latest, Environment: m.q.Environment}
}

// versionsOf returns those versions of services, by service.
func (m *matrix) versionsOf(ctx context.Context, services []int64) (map[int64][]Version, error) {
	f, possible := m.filter(m.others(), VersionFilter{PacticipantIDs: services})
	if !possible {
		return map[int64][]Version{}, nil
	}
	versions, err := m.b.store.Versions(ctx, f)
	counts := make(map[int64]int, len(versions))
	for i := range versions {
		counts[versions[i].PacticipantID]++
	}
	out, all := make(map[int64][]Version, len(counts)), make([]Version, len(versions)) // thousands of lists in one memory
	for _, v := range versions {
		list, ok := out[v.PacticipantID]
		if !ok {
			n := counts[v.PacticipantID]
			list, all = all[:0:n], all[n:]
		}
		out[v.PacticipantID] = append(list, v)
	}
	return out, err
}

// inferOthers resolves the other services of the integrations to the versions
// that are there, all with one query.
func (m *matrix) inferOthers(ctx context.Context) ([]resolved, error) {
	seen := make(map[int64]bool, len(m.integrations)+len(m.specified))
	for _, s := range m.specified {
		seen[s.service.ID] = true
	}
	var others []known
	for _, i := range m.integrations {
		for _, other := range []known{{i.ConsumerID, i.Consumer}, {i.ProviderID, i.Provider}} {
			if !seen[other.ID] {
				seen[other.ID] = true
				others = append(others, other)
			}
		}
	}
	if len(others) == 0 {
		return nil, nil
	}
	slices.SortFunc(others, func(a, b known) int { return strings.Compare(a.Name, b.Name) })
	ids := make([]int64, len(others))
	for i, other := range others {
		ids[i] = other.ID
	}
	there, err := m.versionsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]resolved, 0, len(others))
	for _, other := range others {
		selector := m.others()
		selector.Pacticipant = other.Name
		out = append(out, m.expand(resolved{MatrixSelector: selector, service: other}, there[other.ID])...)
	}
	return out, nil
}
