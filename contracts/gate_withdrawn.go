package contracts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// A pact that was deleted is not one that nobody needs: the version relies on what it
// relied on, and nobody can say any more whether it is kept. So the gate does not know
// either, until the version has published again or another one takes its place.

// readWithdrawn reads the pacts that were deleted of the version, and of whoever had
// one with the service.
func (g *gate) readWithdrawn(ctx context.Context) (err error) {
	g.withdrawn, err = g.b.store.WithdrawnPacts(ctx, g.version.ID, g.service.Name)
	return err
}

// meetWithdrawn meets consumers that are there and whose pact was deleted, and the
// integration with it: nothing else leads to them.
func (g *gate) meetWithdrawn(ctx context.Context) error {
	var consumers []int64
	for _, w := range g.withdrawn {
		if w.Provider == g.service.Name && w.ConsumerID != g.service.ID {
			consumers = append(consumers, w.ConsumerID)
		}
	}
	if len(consumers) == 0 {
		return nil
	}
	there, err := g.there(ctx, distinct(consumers))
	if err != nil {
		return err
	}
	var list []Meeting
	for _, d := range there {
		met := slices.ContainsFunc(g.meetings, func(m met) bool { return !m.Promised && m.There.VersionID == d.VersionID })
		if _, withdrawn := g.withdrawnBy(d.VersionID, g.service.Name); withdrawn && !met {
			list = append(list, Meeting{There: d})
		}
	}
	g.meetings = append(g.meetings, gathered(list)...)
	return nil
}

// there are the versions of services that the version would join, those of a service
// one after the other.
func (g *gate) there(ctx context.Context, services []int64) ([]Deployment, error) {
	if g.to.env.ID != "" {
		list, err := g.b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: services, EnvironmentID: g.to.env.ID, Current: true})
		slices.SortStableFunc(list, func(a, b Deployment) int { return int(a.PacticipantID - b.PacticipantID) })
		return list, err
	}
	heads, err := g.b.store.Versions(ctx, VersionFilter{PacticipantIDs: services, MainBranch: g.to.main, Tag: g.to.tag, Latest: true})
	list := make([]Deployment, len(heads))
	for i, v := range heads {
		list[i] = Deployment{PacticipantID: v.PacticipantID, Service: v.Pacticipant, VersionID: v.ID, Version: v.Number}
	}
	return list, err
}

// withdrawnBy finds the pact of a version with a provider among those that were
// deleted.
func (g *gate) withdrawnBy(version int64, provider string) (WithdrawnPact, bool) {
	at := slices.IndexFunc(g.withdrawn, func(w WithdrawnPact) bool { return w.ConsumerVersionID == version && w.Provider == provider })
	if at < 0 {
		return WithdrawnPact{}, false
	}
	return g.withdrawn[at], true
}

// judgeWithdrawn tells of the version's own pacts that were deleted, and whether any
// was.
func (g *gate) judgeWithdrawn() (any bool) {
	for _, w := range g.withdrawn {
		if w.ConsumerVersionID != g.version.ID {
			continue
		}
		any = true
		g.unknown(RuleWithdrawn, Reason{
			Text:     w.text(),
			Next:     publishCommand(w.Consumer, w.ConsumerVersion),
			Consumer: w.Consumer, ConsumerVersion: w.ConsumerVersion, Provider: w.Provider,
		}, counterpart{service: w.Provider})
	}
	return any
}

// refuseOther is a fault.Conflict when a pact is published in the place of one of other
// content that was deleted, of a version that is in an environment: what runs there
// relies on what it relied on.
func (b *Broker) refuseOther(ctx context.Context, withdrawn []WithdrawnPact, ready []readyPact) error {
	for _, w := range withdrawn {
		other := slices.ContainsFunc(ready, func(r readyPact) bool {
			return r.pact.ConsumerVersionID == w.ConsumerVersionID && r.pact.Provider == w.Provider && w.SHA != "" && r.pact.SHA != w.SHA
		})
		if !other {
			continue
		}
		there, err := b.store.Deployments(ctx, DeploymentFilter{VersionIDs: []int64{w.ConsumerVersionID}, Current: true})
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return fault.New(fault.Conflict, "%s %s is in %s, and its pact with %s, which was deleted on %s, had other content. What runs there relies on what it did.",
				w.Consumer, w.ConsumerVersion, there[0].Environment, w.Provider, w.DeletedAt.Format(time.DateOnly)).
				WithField("version", "had a pact with %s of other content", w.Provider).
				WithHint("Publish what was deleted, or other content under a new version, best the commit: --version \"$(git rev-parse HEAD)\".")
		}
	}
	return nil
}

func (w WithdrawnPact) text() string {
	return fmt.Sprintf("The pact of %s %s with %s was deleted on %s, so nobody can say whether %s keeps it.",
		w.Consumer, w.ConsumerVersion, w.Provider, w.DeletedAt.Format(time.DateOnly), w.Provider)
}
