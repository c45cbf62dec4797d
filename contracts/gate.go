package contracts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Question asks whether a version of a service may go to an environment.
type Question struct {
	Service     string
	Version     string
	Environment string
	// MaxAge makes a verdict older than it unknown; 0 is no limit.
	MaxAge time.Duration
}

// Answer is the gate's verdict and everything it rests on: noes first, then
// unknowns, then yeses.
type Answer struct {
	Service     string
	Version     string
	Environment string
	Verdict     Verdict
	Summary     string // one sentence
	Reasons     []Reason
}

// Reason is one fact behind an answer, and the command that changes it.
type Reason struct {
	Verdict         Verdict
	Text            string
	Next            string
	Consumer        string
	ConsumerVersion string
	Provider        string
	ProviderVersion string
	Interactions    []string // that failed or have no result, by description
	VerifiedAt      time.Time
}

// CanIDeploy answers whether a version may join what is in an environment. Every
// version that is there counts. Whatever nobody checked is unknown: a version
// nobody published or verified, a provider that is not there or has not verified
// the pact, a consumer that is there without a pact.
func (b *Broker) CanIDeploy(ctx context.Context, q Question) (Answer, error) {
	if q.MaxAge < 0 {
		return Answer{}, fault.New(fault.Invalid, "A verdict cannot be at most %s old.", q.MaxAge).
			WithHint("Give a duration such as 72h, or none for any age.")
	}
	env, err := b.Environment(ctx, q.Environment)
	if err != nil {
		return Answer{}, err
	}
	g := gate{b: b, q: q, now: b.clock()}
	known, err := g.find(ctx)
	if err != nil {
		return Answer{}, err
	}
	if known {
		if err := g.load(ctx, env); err != nil {
			return Answer{}, err
		}
		g.judge()
		if err := g.nameInteractions(ctx); err != nil {
			return Answer{}, err
		}
	}
	return g.answer(), nil
}

// gate is one question with the facts to answer it.
type gate struct {
	b       *Broker
	q       Question
	now     time.Time
	service Pacticipant
	version Version

	promises  []Pact                 // of the version, as consumer
	consumers []Integration          // of the service, as provider
	providers []Integration          // of the service, as consumer
	running   map[int64][]Deployment // in the environment, by pacticipant
	rows      []Row
	verifies  bool // the version has verified something

	reasons []Reason
	checked []int64 // verification behind each reason, 0 for none
}

// find looks the version up. When it is not known the answer is unknown, and
// says so.
func (g *gate) find(ctx context.Context) (bool, error) {
	p, found, err := g.b.findPacticipant(ctx, g.q.Service)
	if err != nil {
		return false, err
	}
	if !found {
		near, err := g.b.similarNames(ctx, g.q.Service)
		if err != nil {
			return false, err
		}
		text := fmt.Sprintf("No service called %s has published or verified a contract.", g.q.Service)
		if len(near) > 0 {
			text += " Similar names: " + join(near) + "."
		}
		g.unknown(Reason{Text: text, Next: g.publish(g.q.Service, g.q.Version)})
		return false, nil
	}
	g.service = p
	versions, err := g.b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{p.ID}, Numbers: []string{g.q.Version}})
	if err != nil {
		return false, err
	}
	if len(versions) == 0 {
		text := fmt.Sprintf("Version %s of %s is not known: nothing was published for it, and nothing verified.", g.q.Version, p.Name)
		next, err := g.nextForUnknownVersion(ctx)
		if err != nil {
			return false, err
		}
		g.unknown(Reason{Text: text, Next: next})
		return false, nil
	}
	g.version = versions[0]
	return true, nil
}

// nextForUnknownVersion is to publish, or to verify for what is only a provider.
func (g *gate) nextForUnknownVersion(ctx context.Context) (string, error) {
	list, err := g.b.store.Integrations(ctx, IntegrationFilter{ConsumerIDs: []int64{g.service.ID}, ProviderIDs: []int64{g.service.ID}})
	if err != nil {
		return "", err
	}
	provides := slices.ContainsFunc(list, func(i Integration) bool { return i.ProviderID == g.service.ID })
	consumes := slices.ContainsFunc(list, func(i Integration) bool { return i.ConsumerID == g.service.ID })
	if provides && !consumes {
		return g.verify(g.service.Name, g.q.Version), nil
	}
	return g.publish(g.service.Name, g.q.Version), nil
}

// GateStatuses answers the gate for each of services: for the newest version of
// its main branch, or its newest. Services without versions are left out.
func (b *Broker) GateStatuses(ctx context.Context, environment string, services []string) (map[string]GateStatus, error) {
	out := make(map[string]GateStatus, len(services))
	if len(services) == 0 {
		return out, nil
	}
	list, err := b.store.Pacticipants(ctx, PacticipantFilter{Names: services})
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		versions, err := b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{p.ID}, MainBranch: p.MainBranch != "", Latest: true})
		if err != nil {
			return nil, err
		}
		if len(versions) == 0 {
			continue
		}
		a, err := b.CanIDeploy(ctx, Question{Service: p.Name, Version: versions[0].Number, Environment: environment})
		if err != nil {
			return nil, err
		}
		status := GateStatus{Service: p.Name, Version: versions[0].Number, Environment: environment, Verdict: a.Verdict}
		if a.Verdict != Yes {
			status.Reason = a.Reasons[0].Text
		}
		out[p.Name] = status
	}
	return out, nil
}
