package contractstest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// EnsureContent implements contracts.PactStore.
func (s *Store) EnsureContent(ctx context.Context, c contracts.Content) (int64, bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	for _, o := range st.contents {
		if o.ConsumerID == c.ConsumerID && o.ProviderID == c.ProviderID && o.SHA == c.SHA {
			return o.ID, false, nil
		}
	}
	c.ID = st.next()
	st.contents = append(st.contents, c)
	return c.ID, true, nil
}

// Contents implements contracts.PactStore.
func (s *Store) Contents(ctx context.Context, f contracts.ContentFilter) ([]contracts.Content, error) {
	defer s.hold(ctx)()
	var out []contracts.Content
	for _, c := range s.state.contents {
		if among(f.IDs, c.ID) && (f.ConsumerID == 0 || f.ConsumerID == c.ConsumerID) &&
			(f.ProviderID == 0 || f.ProviderID == c.ProviderID) && (f.SHA == "" || f.SHA == c.SHA) {
			out = append(out, c)
		}
	}
	return out, nil
}

// InsertPact implements contracts.PactStore.
func (s *Store) InsertPact(ctx context.Context, p contracts.Pact) (contracts.Pact, bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	for _, o := range st.pacts {
		if !o.superseded && o.ConsumerVersionID == p.ConsumerVersionID && o.ProviderID == p.ProviderID {
			return st.full(o.Pact), false, nil
		}
	}
	p.ID = st.next()
	st.pacts = append(st.pacts, pact{Pact: p})
	return st.full(p), true, nil
}

// SupersedePact implements contracts.PactStore.
func (s *Store) SupersedePact(ctx context.Context, id int64) error {
	defer s.hold(ctx)()
	if p := find(s.state.pacts, func(p *pact) bool { return p.ID == id }); p != nil {
		p.superseded = true
	}
	return nil
}

// full fills in the names of a publication.
func (st *state) full(p contracts.Pact) contracts.Pact {
	p.Consumer, p.Provider = st.name(p.ConsumerID), st.name(p.ProviderID)
	p.ConsumerVersion = st.version(p.ConsumerVersionID).Number
	c := find(st.contents, func(c *contracts.Content) bool { return c.ID == p.ContentID })
	p.SHA, p.Interactions = c.SHA, c.Interactions
	return p
}

// Pacts implements contracts.PactStore.
func (s *Store) Pacts(ctx context.Context, f contracts.PactFilter) ([]contracts.Pact, error) {
	defer s.hold(ctx)()
	var out []contracts.Pact
	for _, p := range s.state.pacts {
		if !p.superseded && among(f.ConsumerIDs, p.ConsumerID) && among(f.ProviderIDs, p.ProviderID) &&
			among(f.ConsumerVersionIDs, p.ConsumerVersionID) && among(f.ContentIDs, p.ContentID) &&
			s.state.tagMatches(p.ConsumerVersionID, f) && (f.BeforeVersionID == 0 || p.ConsumerVersionID < f.BeforeVersionID) {
			out = append(out, s.state.full(p.Pact))
		}
	}
	slices.SortFunc(out, func(a, b contracts.Pact) int {
		return cmp.Or(cmp.Compare(b.ConsumerVersionID, a.ConsumerVersionID), strings.Compare(a.Provider, b.Provider))
	})
	if f.Latest {
		seen := map[[2]int64]bool{}
		out = slices.DeleteFunc(out, func(p contracts.Pact) bool {
			key := [2]int64{p.ConsumerID, p.ProviderID}
			older := seen[key]
			seen[key] = true
			return older
		})
	}
	return out, nil
}

// HeadPacts implements contracts.PactStore.
func (s *Store) HeadPacts(ctx context.Context, providerID int64, after time.Time) ([]contracts.HeadPact, error) {
	pacts, err := s.Pacts(ctx, contracts.PactFilter{ProviderIDs: []int64{providerID}})
	if err != nil {
		return nil, err
	}
	defer s.hold(ctx)()
	var out []contracts.HeadPact
	for _, p := range slices.Backward(pacts) {
		if !p.CreatedAt.After(after) {
			continue
		}
		d := s.state.detail(p.ConsumerVersionID)
		for _, b := range d.Branches {
			if b.Latest {
				out = append(out, contracts.HeadPact{Pact: p, Branch: b.Name})
			}
		}
		for _, t := range d.Tags {
			if t.Latest {
				out = append(out, contracts.HeadPact{Pact: p, Tag: t.Name})
			}
		}
	}
	return out, nil
}

func (st *state) tagMatches(versionID int64, f contracts.PactFilter) bool {
	tags := st.detail(versionID).Tags
	named := slices.ContainsFunc(tags, func(t contracts.VersionTag) bool { return t.Name == f.Tag })
	return (f.Tag == "" || named) && (!f.Untagged || len(tags) == 0)
}

// Environments implements contracts.EnvironmentStore.
func (s *Store) Environments(ctx context.Context) ([]contracts.Environment, error) {
	defer s.hold(ctx)()
	out := slices.Clone(s.state.environments)
	slices.SortFunc(out, func(a, b contracts.Environment) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// InsertEnvironment implements contracts.EnvironmentStore.
func (s *Store) InsertEnvironment(ctx context.Context, e contracts.Environment) error {
	defer s.hold(ctx)()
	for _, o := range s.state.environments {
		if o.Name == e.Name {
			return fault.New(fault.Conflict, "There is an environment called %q already.", e.Name).WithField("name", "is taken")
		}
	}
	s.state.environments = append(s.state.environments, e)
	return nil
}

// UpdateEnvironment implements contracts.EnvironmentStore.
func (s *Store) UpdateEnvironment(ctx context.Context, e contracts.Environment) error {
	defer s.hold(ctx)()
	if at := find(s.state.environments, func(o *contracts.Environment) bool { return o.ID == e.ID }); at != nil {
		*at = e
	}
	return nil
}

// DeleteEnvironment implements contracts.EnvironmentStore.
func (s *Store) DeleteEnvironment(ctx context.Context, id string) error {
	defer s.hold(ctx)()
	st := &s.state
	st.environments = slices.DeleteFunc(st.environments, func(e contracts.Environment) bool { return e.ID == id })
	st.deployments = slices.DeleteFunc(st.deployments, func(d contracts.Deployment) bool { return d.EnvironmentID == id })
	return nil
}

// InsertDeployment implements contracts.EnvironmentStore.
func (s *Store) InsertDeployment(ctx context.Context, d contracts.Deployment) error {
	defer s.hold(ctx)()
	s.state.deployments = append(s.state.deployments, d)
	return nil
}

// EndDeployments implements contracts.EnvironmentStore.
func (s *Store) EndDeployments(ctx context.Context, f contracts.DeploymentFilter, at time.Time) (int, error) {
	defer s.hold(ctx)()
	f.Current = true
	ended := 0
	for i := range s.state.deployments {
		if d := &s.state.deployments[i]; keeps(f, *d) {
			d.Current, d.EndedAt = false, at
			ended++
		}
	}
	return ended, nil
}

// Deployments implements contracts.EnvironmentStore.
func (s *Store) Deployments(ctx context.Context, f contracts.DeploymentFilter) ([]contracts.Deployment, error) {
	defer s.hold(ctx)()
	var out []contracts.Deployment
	for _, d := range s.state.deployments {
		if keeps(f, d) {
			out = append(out, s.state.named(d))
		}
	}
	return out, nil
}

func keeps(f contracts.DeploymentFilter, d contracts.Deployment) bool {
	return (f.ID == "" || f.ID == d.ID) && (f.Kind == "" || f.Kind == d.Kind) && among(f.PacticipantIDs, d.PacticipantID) &&
		among(f.VersionIDs, d.VersionID) && (f.EnvironmentID == "" || f.EnvironmentID == d.EnvironmentID) &&
		(f.Instance == nil || *f.Instance == d.ApplicationInstance) && (!f.Current || d.Current)
}

// named fills in the names of a deployment, which may have changed since.
func (st *state) named(d contracts.Deployment) contracts.Deployment {
	d.Service, d.Version = st.name(d.PacticipantID), st.version(d.VersionID).Number
	if e := find(st.environments, func(e *contracts.Environment) bool { return e.ID == d.EnvironmentID }); e != nil {
		d.Environment = e.Name
	}
	return d
}
