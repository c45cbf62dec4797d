package contracts

import (
	"cmp"
	"context"
	"slices"
)

// lookup is what selectors of branches and environments pick from.
type lookup struct {
	heads        []Head // the newest version first
	environments map[string]Environment
	deployments  []Deployment
	pacts        map[int64][]Pact // by version, which has one with a provider
}

// lookUp reads it for all selectors at once.
func (s *selection) lookUp(ctx context.Context, selectors []Selector, found *lookup) error {
	consumers := s.consumers("")
	if len(consumers) == 0 {
		return nil
	}
	if err := s.b.store.Together(ctx,
		func(ctx context.Context) error { return s.lookUpHeads(ctx, selectors, consumers, found) },
		func(ctx context.Context) error { return s.lookUpDeployments(ctx, selectors, consumers, found) },
	); err != nil {
		return err
	}
	var versions []int64
	for _, h := range found.heads {
		versions = append(versions, h.VersionID)
	}
	for _, d := range found.deployments {
		versions = append(versions, d.VersionID)
	}
	if len(versions) == 0 {
		return nil
	}
	slices.Sort(versions)
	pacts, err := s.b.store.Pacts(ctx, PactFilter{ConsumerVersionIDs: slices.Compact(versions), ProviderIDs: []int64{s.provider.ID}})
	found.pacts = make(map[int64][]Pact, len(pacts))
	for _, p := range pacts {
		found.pacts[p.ConsumerVersionID] = append(found.pacts[p.ConsumerVersionID], p)
	}
	return err
}

func (s *selection) lookUpHeads(ctx context.Context, selectors []Selector, consumers []int64, found *lookup) (err error) {
	var names []string
	main := false
	for _, sel := range selectors {
		if sel.somewhere() {
			continue
		}
		main = main || sel.MainBranch
		branch := sel.Branch
		if sel.MatchingBranch {
			branch = s.q.ProviderBranch
		}
		for _, name := range []string{branch, sel.FallbackBranch} {
			if name != "" {
				names = append(names, name)
			}
		}
	}
	if !main && names == nil {
		return nil
	}
	slices.Sort(names)
	found.heads, err = s.b.store.Heads(ctx, consumers, slices.Compact(names), main)
	slices.SortFunc(found.heads, func(a, b Head) int { return cmp.Compare(b.VersionID, a.VersionID) })
	return err
}

func (s *selection) lookUpDeployments(ctx context.Context, selectors []Selector, consumers []int64, found *lookup) error {
	if !slices.ContainsFunc(selectors, Selector.somewhere) {
		return nil
	}
	envs := s.environments
	found.environments = make(map[string]Environment, len(envs))
	for _, e := range envs {
		found.environments[e.ID] = e
	}
	f := DeploymentFilter{PacticipantIDs: consumers, Current: true}
	anywhere := false
	var there []string
	for _, sel := range selectors {
		switch {
		case !sel.somewhere() || len(s.consumers(sel.Consumer)) == 0:
		case sel.Environment == "":
			anywhere = true
		default:
			at := slices.IndexFunc(envs, func(e Environment) bool { return e.Name == sel.Environment })
			if at < 0 {
				return noEnvironment(sel.Environment, envs)
			}
			there = append(there, envs[at].ID)
		}
	}
	slices.Sort(there)
	if there = slices.Compact(there); !anywhere && len(there) == 1 {
		f.EnvironmentID = there[0]
	}
	var err error
	found.deployments, err = s.b.store.Deployments(ctx, f)
	return err
}
