package contracts

import "context"

// met is a version that the version asked about meets, with all that makes it count.
type met struct {
	*Meeting

	places []Deployment
}

// load reads the facts: whom the version meets, and what else both have to do with
// each other.
func (g *gate) load(ctx context.Context) error {
	read := g.loadResidents
	if g.to.env.ID == "" {
		read = g.loadHeads
	}
	if err := read(ctx); err != nil {
		return err
	}
	return g.meetWithdrawn(ctx)
}

// loadResidents reads the facts when the version would join what is in an
// environment.
func (g *gate) loadResidents(ctx context.Context) error {
	store := g.b.store
	var meetings Meetings
	if err := store.Together(ctx,
		func(ctx context.Context) (err error) {
			meetings, err = store.Meetings(ctx, MeetingQuery{PacticipantID: g.service.ID, VersionID: g.version.ID, Environment: g.to.env})
			return err
		},
		func(ctx context.Context) (err error) {
			g.providers, err = store.Integrations(ctx, IntegrationFilter{ConsumerIDs: []int64{g.service.ID}})
			return err
		},
		g.readWithdrawn,
	); err != nil {
		return err
	}
	g.meetings, g.verifies = gathered(meetings.List), meetings.Verified
	if err := g.meetOwn(ctx); err != nil || g.verifies {
		return err
	}
	// Whom it lets down: some of them may be nowhere, and not be met.
	var err error
	g.consumers, err = store.Integrations(ctx, IntegrationFilter{ProviderIDs: []int64{g.service.ID}})
	return err
}

// gathered puts the deployments of one version together. Those of a service follow
// each other.
func gathered(list []Meeting) []met {
	out := make([]met, 0, len(list))
	places := make([]Deployment, len(list)) // most versions are in one place: no memory of its own is needed
	first := 0                              // of the service
	for i := range list {
		m := &list[i]
		if i > 0 && (m.Promised != list[i-1].Promised || m.There.PacticipantID != list[i-1].There.PacticipantID) {
			first = len(out)
		}
		at := first
		for at < len(out) && out[at].There.VersionID != m.There.VersionID {
			at++
		}
		if at == len(out) {
			out = append(out, met{Meeting: m})
		}
		if m.There.ID == "" {
			continue
		}
		if places[i] = m.There; out[at].places == nil {
			out[at].places = places[i : i+1 : i+1]
		} else {
			out[at].places = append(out[at].places, m.There)
		}
	}
	return out
}
