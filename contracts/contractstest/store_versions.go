package contractstest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// EnsureVersion implements contracts.VersionStore.
func (s *Store) EnsureVersion(ctx context.Context, pacticipantID int64, number string, now time.Time) (contracts.Version, bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	same := func(v *contracts.Version) bool { return v.PacticipantID == pacticipantID && v.Number == number }
	if v := find(st.versions, same); v != nil {
		return *v, false, nil
	}
	v := contracts.Version{ID: st.next(), PacticipantID: pacticipantID, Pacticipant: st.name(pacticipantID), Number: number, CreatedAt: now}
	st.versions = append(st.versions, v)
	st.gone = slices.DeleteFunc(st.gone, func(w contracts.WithdrawnPact) bool {
		again := w.Consumer == v.Pacticipant && w.ConsumerVersion == v.Number
		if again {
			w.ConsumerID, w.ConsumerVersionID = v.PacticipantID, v.ID
			st.withdrawn = append(st.withdrawn, w)
		}
		return again
	})
	return v, true, nil
}

// Versions implements contracts.VersionStore.
func (s *Store) Versions(ctx context.Context, f contracts.VersionFilter) ([]contracts.Version, error) {
	defer s.hold(ctx)()
	st := &s.state
	var out []contracts.Version
	for _, v := range st.versions {
		if among(f.IDs, v.ID) && among(f.PacticipantIDs, v.PacticipantID) && among(f.Pacticipants, v.Pacticipant) && among(f.Numbers, v.Number) && st.matches(v, f) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b contracts.Version) int { return cmp.Compare(b.ID, a.ID) })
	if f.Latest {
		seen := map[int64]bool{}
		out = slices.DeleteFunc(out, func(v contracts.Version) bool {
			older := seen[v.PacticipantID]
			seen[v.PacticipantID] = true
			return older
		})
	}
	return out, nil
}

func (st *state) matches(v contracts.Version, f contracts.VersionFilter) bool {
	if f.Branch != "" && !st.isOn(v, f.Branch) {
		return false
	}
	if f.MainBranch {
		p := find(st.pacticipants, func(p *contracts.Pacticipant) bool { return p.ID == v.PacticipantID })
		if p.MainBranch == "" || !st.isOn(v, p.MainBranch) {
			return false
		}
	}
	if f.Tag != "" && !slices.ContainsFunc(st.tags, func(t tagged) bool { return t.versionID == v.ID && t.name == f.Tag }) {
		return false
	}
	return f.EnvironmentID == "" || slices.ContainsFunc(st.deployments, func(d contracts.Deployment) bool {
		return d.Current && d.VersionID == v.ID && d.EnvironmentID == f.EnvironmentID
	})
}

func (st *state) isOn(v contracts.Version, branch string) bool {
	b := st.branch(v.PacticipantID, branch)
	return b != nil && slices.ContainsFunc(st.onBranch, func(o onBranch) bool { return o.branchID == b.ID && o.versionID == v.ID })
}

func (st *state) branch(pacticipantID int64, name string) *contracts.Branch {
	return find(st.branches, func(b *contracts.Branch) bool { return b.PacticipantID == pacticipantID && b.Name == name })
}

// head returns the newest version on a branch.
func (st *state) head(branchID int64) int64 {
	var head int64
	for _, o := range st.onBranch {
		if o.branchID == branchID {
			head = max(head, o.versionID)
		}
	}
	return head
}

// VersionDetails implements contracts.VersionStore.
func (s *Store) VersionDetails(ctx context.Context, ids []int64) (map[int64]contracts.VersionDetail, error) {
	defer s.hold(ctx)()
	out := map[int64]contracts.VersionDetail{}
	for _, id := range ids {
		out[id] = s.state.detail(id)
	}
	return out, nil
}

// VersionPlaces implements contracts.VersionStore.
func (s *Store) VersionPlaces(ctx context.Context, ids []int64) (map[int64]contracts.VersionDetail, error) {
	out, err := s.VersionDetails(ctx, ids)
	for id, d := range out {
		out[id] = withoutDates(d)
	}
	return out, err
}

// withoutDates is a version's places, of its details.
func withoutDates(d contracts.VersionDetail) (out contracts.VersionDetail) {
	for _, b := range d.Branches {
		out.Branches = append(out.Branches, contracts.VersionBranch{Name: b.Name, Latest: b.Latest})
	}
	for _, t := range d.Tags {
		out.Tags = append(out.Tags, contracts.VersionTag{Name: t.Name, Latest: t.Latest})
	}
	for _, dep := range d.Deployments {
		out.Deployments = append(out.Deployments, contracts.Deployment{ID: dep.ID, VersionID: dep.VersionID, EnvironmentID: dep.EnvironmentID, Current: true})
	}
	return out
}

func (st *state) detail(id int64) contracts.VersionDetail {
	var d contracts.VersionDetail
	for _, o := range st.onBranch {
		if o.versionID == id {
			b := find(st.branches, func(b *contracts.Branch) bool { return b.ID == o.branchID })
			d.Branches = append(d.Branches, contracts.VersionBranch{Name: b.Name, Latest: st.head(b.ID) == id, CreatedAt: o.at})
		}
	}
	for _, t := range st.tags {
		if t.versionID == id {
			later := slices.ContainsFunc(st.tags, func(o tagged) bool {
				return o.pacticipantID == t.pacticipantID && o.name == t.name && o.versionID > id
			})
			d.Tags = append(d.Tags, contracts.VersionTag{Name: t.name, Latest: !later, CreatedAt: t.at})
		}
	}
	slices.SortFunc(d.Tags, func(a, b contracts.VersionTag) int { return strings.Compare(a.Name, b.Name) })
	for _, dep := range st.deployments {
		if dep.VersionID == id && dep.Current {
			d.Deployments = append(d.Deployments, st.named(dep))
		}
	}
	return d
}

// UpdateVersion implements contracts.VersionStore.
func (s *Store) UpdateVersion(ctx context.Context, v contracts.Version) error {
	defer s.hold(ctx)()
	if at := find(s.state.versions, func(o *contracts.Version) bool { return o.ID == v.ID }); at != nil {
		at.BuildURL, at.UpdatedAt = v.BuildURL, v.UpdatedAt
	}
	return nil
}

// DeleteVersion implements contracts.VersionStore.
func (s *Store) DeleteVersion(ctx context.Context, id int64) error {
	defer s.hold(ctx)()
	s.state.deleteVersion(id)
	return nil
}

func (st *state) deleteVersion(id int64) {
	st.versions = slices.DeleteFunc(st.versions, func(v contracts.Version) bool { return v.ID == id })
	st.onBranch = slices.DeleteFunc(st.onBranch, func(o onBranch) bool { return o.versionID == id })
	st.tags = slices.DeleteFunc(st.tags, func(t tagged) bool { return t.versionID == id })
	st.pacts = slices.DeleteFunc(st.pacts, func(p pact) bool { return p.ConsumerVersionID == id })
	st.withdrawn = slices.DeleteFunc(st.withdrawn, func(w contracts.WithdrawnPact) bool {
		if w.ConsumerVersionID == id {
			st.gone = append(st.gone, w)
		}
		return w.ConsumerVersionID == id
	})
	st.verifications = slices.DeleteFunc(st.verifications, func(v contracts.Verification) bool { return v.ProviderVersionID == id })
	st.deployments = slices.DeleteFunc(st.deployments, func(d contracts.Deployment) bool { return d.VersionID == id })
}

// EnsureBranchVersion implements contracts.VersionStore.
func (s *Store) EnsureBranchVersion(ctx context.Context, v contracts.Version, branch string, now time.Time) (bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	b := st.branch(v.PacticipantID, branch)
	if b == nil {
		st.branches = append(st.branches, contracts.Branch{ID: st.next(), PacticipantID: v.PacticipantID, Name: branch, CreatedAt: now})
		b = st.branch(v.PacticipantID, branch)
	}
	if st.isOn(v, branch) {
		return false, nil
	}
	st.onBranch = append(st.onBranch, onBranch{b.ID, v.ID, now})
	return true, nil
}

// DeleteBranchVersion implements contracts.VersionStore.
func (s *Store) DeleteBranchVersion(ctx context.Context, versionID int64, branch string) (bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	b := st.branch(st.version(versionID).PacticipantID, branch)
	if b == nil {
		return false, nil
	}
	before := len(st.onBranch)
	st.onBranch = slices.DeleteFunc(st.onBranch, func(o onBranch) bool { return o.branchID == b.ID && o.versionID == versionID })
	return len(st.onBranch) < before, nil
}

// Branches implements contracts.VersionStore.
func (s *Store) Branches(ctx context.Context, pacticipantIDs []int64, name string) ([]contracts.Branch, error) {
	defer s.hold(ctx)()
	var out []contracts.Branch
	for _, b := range s.state.branches {
		if among(pacticipantIDs, b.PacticipantID) && (name == "" || b.Name == name) {
			b.HeadID = s.state.head(b.ID)
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b contracts.Branch) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Heads implements contracts.VersionStore.
func (s *Store) Heads(ctx context.Context, pacticipantIDs []int64, names []string, main bool) ([]contracts.Head, error) {
	defer s.hold(ctx)()
	var out []contracts.Head
	for _, b := range s.state.branches {
		h := contracts.Head{PacticipantID: b.PacticipantID, VersionID: s.state.head(b.ID), Branch: b.Name}
		h.Main = slices.ContainsFunc(s.state.pacticipants, func(p contracts.Pacticipant) bool { return p.ID == b.PacticipantID && p.MainBranch == b.Name })
		if among(pacticipantIDs, b.PacticipantID) && h.VersionID != 0 && ((main && h.Main) || slices.Contains(names, b.Name)) {
			out = append(out, h)
		}
	}
	return out, nil
}

// DeleteBranch implements contracts.VersionStore.
func (s *Store) DeleteBranch(ctx context.Context, id int64) error {
	defer s.hold(ctx)()
	st := &s.state
	st.onBranch = slices.DeleteFunc(st.onBranch, func(o onBranch) bool { return o.branchID == id })
	st.branches = slices.DeleteFunc(st.branches, func(b contracts.Branch) bool { return b.ID == id })
	return nil
}

// EnsureTag implements contracts.VersionStore.
func (s *Store) EnsureTag(ctx context.Context, v contracts.Version, name string, now time.Time) (contracts.VersionTag, bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	if t := find(st.tags, func(t *tagged) bool { return t.versionID == v.ID && t.name == name }); t != nil {
		return contracts.VersionTag{Name: name, CreatedAt: t.at}, false, nil
	}
	st.tags = append(st.tags, tagged{v.ID, v.PacticipantID, name, now})
	return contracts.VersionTag{Name: name, CreatedAt: now}, true, nil
}

// DeleteTag implements contracts.VersionStore.
func (s *Store) DeleteTag(ctx context.Context, versionID int64, name string) (bool, error) {
	defer s.hold(ctx)()
	st := &s.state
	before := len(st.tags)
	st.tags = slices.DeleteFunc(st.tags, func(t tagged) bool { return t.versionID == versionID && t.name == name })
	return len(st.tags) < before, nil
}

// FirstTagged implements contracts.VersionStore.
func (s *Store) FirstTagged(ctx context.Context, pacticipantID int64, name string) (time.Time, bool, error) {
	defer s.hold(ctx)()
	var first time.Time
	found := false
	for _, t := range s.state.tags {
		if t.pacticipantID == pacticipantID && t.name == name && (!found || t.at.Before(first)) {
			first, found = t.at, true
		}
	}
	return first, found, nil
}
