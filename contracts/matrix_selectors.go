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
	for _, s := range selectors {
		if _, known := m.found[s]; known {
			continue
		}
		if s.Version != "" && s == (MatrixSelector{Pacticipant: s.Pacticipant, Version: s.Version}) {
			versions, err := m.b.store.Versions(ctx, VersionFilter{Pacticipants: []string{s.Pacticipant}, Numbers: []string{s.Version}})
			if err != nil {
				return err
			}
			if len(versions) > 0 {
				m.found[s], m.names[s.Pacticipant] = versions[0], versions[0].PacticipantID
				continue
			}
		}
		names = append(names, s.Pacticipant)
	}
	if len(names) > 0 {
		list, err := m.b.store.Pacticipants(ctx, PacticipantFilter{Names: names})
		if err != nil {
			return err
		}
		for _, p := range list {
			m.names[p.Name] = p.ID
		}
	}
	for _, s := range m.q.Selectors {
		if _, ok := m.names[s.Pacticipant]; !ok {
			return fault.New(fault.NotFound, "Pacticipant %s not found", s.Pacticipant)
		}
	}
	if m.q.Environment == "" && !slices.ContainsFunc(selectors, func(s MatrixSelector) bool { return s.Environment != "" }) {
		return nil
	}
	var err error
	if m.envs, err = m.b.store.Environments(ctx); err != nil {
		return err
	}
	if _, ok := m.environment(m.q.Environment); m.q.Environment != "" && !ok {
		return noEnvironment(m.q.Environment, m.envs)
	}
	return nil
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
	f, possible := m.filter(s, []int64{service})
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
	f := VersionFilter{PacticipantIDs: ids, Branch: s.Branch, MainBranch: s.MainBranch, Tag: s.Tag, Latest: s.Latest, Short: true}
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

// inferOthers resolves the other services of the integrations, all with one
// query.
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
	common := MatrixSelector{Tag: m.q.Tag, Branch: m.q.Branch, MainBranch: m.q.MainBranch, Latest: m.q.Latest, Environment: m.q.Environment}
	byService := make(map[int64][]Version, len(others))
	if f, possible := m.filter(common, ids); possible {
		versions, err := m.b.store.Versions(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			byService[v.PacticipantID] = append(byService[v.PacticipantID], v)
		}
	}
	out := make([]resolved, 0, len(others))
	for _, other := range others {
		selector := common
		selector.Pacticipant = other.Name
		out = append(out, m.expand(resolved{MatrixSelector: selector, service: other}, byService[other.ID])...)
	}
	return out, nil
}
