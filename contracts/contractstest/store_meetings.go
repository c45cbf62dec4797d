package contractstest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/contracts"
)

// Meetings implements contracts.MatrixStore.
func (s *Store) Meetings(ctx context.Context, q contracts.MeetingQuery) (contracts.Meetings, error) {
	defer s.hold(ctx)()
	st := &s.state
	var out contracts.Meetings
	for _, v := range st.verifications {
		out.Verified = out.Verified || (v.ProviderVersionID == q.VersionID && !v.Incomplete)
	}
	for _, p := range st.pacts {
		if p.superseded || p.ConsumerVersionID != q.VersionID {
			continue
		}
		there := st.in(q.Environment.ID, p.ProviderID)
		switch {
		case p.ProviderID == q.PacticipantID:
			there = []contracts.Deployment{{PacticipantID: q.PacticipantID, Service: st.name(q.PacticipantID), VersionID: q.VersionID, Version: st.version(q.VersionID).Number}}
		case len(there) == 0:
			there = []contracts.Deployment{{PacticipantID: p.ProviderID, Service: st.name(p.ProviderID)}}
		}
		for _, d := range there {
			out.List = append(out.List, st.meeting(true, d, p.Pact, d.VersionID))
		}
	}
	for _, i := range st.integrations {
		if i.ProviderID != q.PacticipantID || i.ConsumerID == q.PacticipantID {
			continue
		}
		for _, d := range st.in(q.Environment.ID, i.ConsumerID) {
			var pact contracts.Pact
			for _, p := range st.pacts {
				if !p.superseded && p.ConsumerVersionID == d.VersionID && p.ProviderID == q.PacticipantID {
					pact = p.Pact
				}
			}
			out.List = append(out.List, st.meeting(false, d, pact, q.VersionID))
		}
	}
	slices.SortStableFunc(out.List, func(a, b contracts.Meeting) int {
		return cmp.Or(strings.Compare(a.There.Service, b.There.Service), strings.Compare(a.There.ID, b.There.ID))
	})
	slices.SortStableFunc(out.List, func(a, b contracts.Meeting) int {
		switch {
		case a.Promised == b.Promised:
			return 0
		case a.Promised:
			return -1
		}
		return 1
	})
	if q.Pacts {
		out.List = eachVersion(out.List)
		return out, nil
	}
	for i := range out.List {
		out.List[i].PactID, out.List[i].Revision = 0, 0
	}
	return out, nil
}

// eachVersion lists versions that are met, and no deployments.
func eachVersion(list []contracts.Meeting) (out []contracts.Meeting) {
	for _, m := range list {
		there := contracts.Deployment{PacticipantID: m.There.PacticipantID, Service: m.There.Service, VersionID: m.There.VersionID, Version: m.There.Version}
		m.There = there
		at, again := slices.BinarySearchFunc(out, m, func(a, b contracts.Meeting) int {
			if a.Promised != b.Promised {
				return map[bool]int{true: -1, false: 1}[a.Promised]
			}
			return cmp.Or(strings.Compare(a.There.Service, b.There.Service), cmp.Compare(a.There.VersionID, b.There.VersionID))
		})
		if !again {
			out = slices.Insert(out, at, m)
		}
	}
	return out
}

// in lists what a service has in an environment.
func (st *state) in(environmentID string, service int64) (out []contracts.Deployment) {
	for _, d := range st.deployments {
		if d.Current && d.EnvironmentID == environmentID && d.PacticipantID == service {
			out = append(out, st.named(d))
		}
	}
	return out
}

// meeting is one with what the provider's version said last of the pact.
func (st *state) meeting(promised bool, there contracts.Deployment, p contracts.Pact, providerVersion int64) contracts.Meeting {
	m := contracts.Meeting{Promised: promised, There: there}
	if p.ID == 0 {
		return m
	}
	p = st.full(p)
	m.ContentID, m.SHA, m.PublishedAt, m.PactID, m.Revision = p.ContentID, p.SHA, p.CreatedAt, p.ID, p.Revision
	for _, v := range st.verifications {
		if v.ContentID == p.ContentID && v.ProviderVersionID == providerVersion && v.ID > m.VerificationID {
			m.VerificationID, m.Success, m.Incomplete, m.VerifiedAt = v.ID, v.Success, v.Incomplete, v.VerifiedAt
		}
	}
	return m
}
