// Package contractstest has a contracts.Store that lives in memory, and the suite
// that it and every other store pass.
package contractstest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// Store is a contracts.Store and a contracts.Unit in memory: plain lists, read
// from end to end.
type Store struct {
	mu    sync.Mutex
	state state
}

type state struct {
	seq           int64
	pacticipants  []contracts.Pacticipant
	integrations  []contracts.Integration
	versions      []contracts.Version
	branches      []contracts.Branch
	onBranch      []onBranch
	tags          []tagged
	contents      []contracts.Content
	pacts         []pact
	withdrawn     []contracts.WithdrawnPact
	gone          []contracts.WithdrawnPact // of versions that were deleted
	verifications []contracts.Verification
	environments  []contracts.Environment
	deployments   []contracts.Deployment
	ignoreRules   []contracts.IgnoreRule
	addresses     []contracts.ProviderAddress
}

type onBranch struct {
	branchID, versionID int64
	at                  time.Time
}

type tagged struct {
	versionID, pacticipantID int64
	name                     string
	at                       time.Time
}

type pact struct {
	contracts.Pact
	superseded bool
}

// Together implements contracts.Store.
func (s *Store) Together(ctx context.Context, functions ...func(ctx context.Context) error) error {
	for _, function := range functions {
		if err := function(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Begin implements contracts.Store: nobody else writes.
func (s *Store) Begin(context.Context, bool) error { return nil }

// Moment implements contracts.Store: nobody writes meanwhile in the tests it is for.
func (s *Store) Moment(ctx context.Context, fn func(ctx context.Context) error) error { return fn(ctx) }

var (
	_ contracts.Store = (*Store)(nil)
	_ contracts.Unit  = (*Store)(nil)
)

// NewStore returns a store with the environments every platform starts with.
func NewStore() *Store {
	return &Store{state: state{environments: []contracts.Environment{
		{ID: "0190d3a0-0000-7000-8000-000000000001", Name: "test", DisplayName: "Test"},
		{ID: "0190d3a0-0000-7000-8000-000000000002", Name: "production", DisplayName: "Production", Production: true},
	}}}
}

type inTx struct{}

// InTx runs fn alone, and forgets what it did when it fails.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if ctx.Value(inTx{}) == s {
		return fn(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.state.clone()
	err := fn(context.WithValue(ctx, inTx{}, s))
	if err != nil {
		s.state = before
	}
	return err
}

// hold takes the lock, unless a transaction in ctx has it.
func (s *Store) hold(ctx context.Context) func() {
	if ctx.Value(inTx{}) == s {
		return func() {}
	}
	s.mu.Lock()
	return s.mu.Unlock
}

func (st *state) clone() state {
	c := *st
	c.pacticipants = slices.Clone(st.pacticipants)
	for i := range c.pacticipants {
		c.pacticipants[i].Labels = slices.Clone(c.pacticipants[i].Labels)
	}
	c.integrations = slices.Clone(st.integrations)
	c.versions = slices.Clone(st.versions)
	c.branches = slices.Clone(st.branches)
	c.onBranch = slices.Clone(st.onBranch)
	c.tags = slices.Clone(st.tags)
	c.contents = slices.Clone(st.contents)
	c.pacts = slices.Clone(st.pacts)
	c.withdrawn, c.gone = slices.Clone(st.withdrawn), slices.Clone(st.gone)
	c.verifications = slices.Clone(st.verifications)
	c.environments = slices.Clone(st.environments)
	c.deployments = slices.Clone(st.deployments)
	c.ignoreRules = slices.Clone(st.ignoreRules)
	c.addresses = slices.Clone(st.addresses)
	return c
}

func (st *state) next() int64 {
	st.seq++
	return st.seq
}

// among reports whether a filter keeps id: an absent list keeps all.
func among[T comparable](list []T, v T) bool { return list == nil || slices.Contains(list, v) }

func find[T any](list []T, match func(*T) bool) *T {
	for i := range list {
		if match(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

func (st *state) name(pacticipantID int64) string {
	if p := find(st.pacticipants, func(p *contracts.Pacticipant) bool { return p.ID == pacticipantID }); p != nil {
		return p.Name
	}
	return ""
}

func (st *state) version(id int64) contracts.Version {
	if v := find(st.versions, func(v *contracts.Version) bool { return v.ID == id }); v != nil {
		return *v
	}
	return contracts.Version{}
}

// EnsurePacticipant implements contracts.PacticipantStore.
func (s *Store) EnsurePacticipant(ctx context.Context, name string, now time.Time) (contracts.Pacticipant, bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	if p := find(st.pacticipants, func(p *contracts.Pacticipant) bool { return p.Name == name }); p != nil {
		return *p, false, nil
	}
	p := contracts.Pacticipant{ID: st.next(), Name: name, CreatedAt: now}
	st.pacticipants = append(st.pacticipants, p)
	return p, true, nil
}

// Pacticipants implements contracts.PacticipantStore.
func (s *Store) Pacticipants(ctx context.Context, f contracts.PacticipantFilter) ([]contracts.Pacticipant, error) {
	defer s.hold(ctx)()
	var out []contracts.Pacticipant
	for _, p := range s.state.pacticipants {
		labelled := f.Label == "" || slices.ContainsFunc(p.Labels, func(l contracts.Label) bool { return l.Name == f.Label })
		if among(f.IDs, p.ID) && among(f.Names, p.Name) && labelled {
			p.Labels = slices.Clone(p.Labels)
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b contracts.Pacticipant) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// UpdatePacticipant implements contracts.PacticipantStore.
func (s *Store) UpdatePacticipant(ctx context.Context, id int64, c contracts.PacticipantChange, at time.Time) error {
	defer s.hold(ctx)()
	p := find(s.state.pacticipants, func(o *contracts.Pacticipant) bool { return o.ID == id })
	if p == nil {
		return nil
	}
	for field, value := range map[*string]*string{
		&p.DisplayName: c.DisplayName, &p.MainBranch: c.MainBranch, &p.RepositoryURL: c.RepositoryURL,
		&p.RepositoryName: c.RepositoryName, &p.RepositoryNamespace: c.RepositoryNamespace,
	} {
		if value != nil {
			*field = *value
		}
	}
	if !at.IsZero() {
		p.UpdatedAt = at
	}
	return nil
}

// NameMainBranch implements contracts.PacticipantStore.
func (s *Store) NameMainBranch(ctx context.Context, id int64, branch string, at time.Time) error {
	defer s.hold(ctx)()
	if p := find(s.state.pacticipants, func(o *contracts.Pacticipant) bool { return o.ID == id }); p != nil && p.MainBranch == "" {
		p.MainBranch, p.UpdatedAt = branch, at
	}
	return nil
}

// DeletePacticipant implements contracts.PacticipantStore.
func (s *Store) DeletePacticipant(ctx context.Context, id int64) error {
	defer s.hold(ctx)()
	st := &s.state
	for _, i := range slices.Clone(st.integrations) {
		if i.ConsumerID == id || i.ProviderID == id {
			st.deleteIntegration(i.ConsumerID, i.ProviderID)
		}
	}
	for _, v := range slices.Clone(st.versions) {
		if v.PacticipantID == id {
			st.deleteVersion(v.ID)
		}
	}
	st.branches = slices.DeleteFunc(st.branches, func(b contracts.Branch) bool { return b.PacticipantID == id })
	st.pacticipants = slices.DeleteFunc(st.pacticipants, func(p contracts.Pacticipant) bool { return p.ID == id })
	return nil
}

// AddLabel implements contracts.PacticipantStore.
func (s *Store) AddLabel(ctx context.Context, pacticipantID int64, name string, now time.Time) (bool, error) {
	defer s.hold(ctx)()
	p := find(s.state.pacticipants, func(p *contracts.Pacticipant) bool { return p.ID == pacticipantID })
	if p == nil || slices.ContainsFunc(p.Labels, func(l contracts.Label) bool { return l.Name == name }) {
		return false, nil
	}
	p.Labels = append(p.Labels, contracts.Label{Name: name, CreatedAt: now})
	slices.SortFunc(p.Labels, func(a, b contracts.Label) int { return strings.Compare(a.Name, b.Name) })
	return true, nil
}

// DeleteLabel implements contracts.PacticipantStore.
func (s *Store) DeleteLabel(ctx context.Context, pacticipantID int64, name string) (bool, error) {
	defer s.hold(ctx)()
	p := find(s.state.pacticipants, func(p *contracts.Pacticipant) bool { return p.ID == pacticipantID })
	if p == nil {
		return false, nil
	}
	before := len(p.Labels)
	p.Labels = slices.DeleteFunc(p.Labels, func(l contracts.Label) bool { return l.Name == name })
	return len(p.Labels) < before, nil
}

// EnsureIntegration implements contracts.PacticipantStore.
func (s *Store) EnsureIntegration(ctx context.Context, consumerID, providerID int64, now time.Time) (bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	for _, i := range st.integrations {
		if i.ConsumerID == consumerID && i.ProviderID == providerID {
			return false, nil
		}
	}
	st.integrations = append(st.integrations, contracts.Integration{
		ConsumerID: consumerID, ProviderID: providerID, Consumer: st.name(consumerID), Provider: st.name(providerID), CreatedAt: now,
	})
	return true, nil
}

// Integrations implements contracts.PacticipantStore.
func (s *Store) Integrations(ctx context.Context, f contracts.IntegrationFilter) ([]contracts.Integration, error) {
	defer s.hold(ctx)()
	var out []contracts.Integration
	for _, i := range s.state.integrations {
		all := f.ConsumerIDs == nil && f.ProviderIDs == nil
		if all || slices.Contains(f.ConsumerIDs, i.ConsumerID) || slices.Contains(f.ProviderIDs, i.ProviderID) {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b contracts.Integration) int {
		return cmp.Or(strings.Compare(a.Consumer, b.Consumer), strings.Compare(a.Provider, b.Provider))
	})
	return out, nil
}

// DeleteIntegration implements contracts.PacticipantStore.
func (s *Store) DeleteIntegration(ctx context.Context, consumerID, providerID int64) error {
	defer s.hold(ctx)()
	s.state.deleteIntegration(consumerID, providerID)
	return nil
}

func (st *state) deleteIntegration(consumerID, providerID int64) {
	st.integrations = slices.DeleteFunc(st.integrations, func(i contracts.Integration) bool {
		return i.ConsumerID == consumerID && i.ProviderID == providerID
	})
	st.pacts = slices.DeleteFunc(st.pacts, func(p pact) bool { return p.ConsumerID == consumerID && p.ProviderID == providerID })
	for _, c := range slices.Clone(st.contents) {
		if c.ConsumerID == consumerID && c.ProviderID == providerID {
			st.verifications = slices.DeleteFunc(st.verifications, func(v contracts.Verification) bool { return v.ContentID == c.ID })
		}
	}
	st.contents = slices.DeleteFunc(st.contents, func(c contracts.Content) bool {
		return c.ConsumerID == consumerID && c.ProviderID == providerID
	})
}
