package contracts

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Pacticipants lists services by name; label narrows when not empty.
func (b *Broker) Pacticipants(ctx context.Context, label string) ([]Pacticipant, error) {
	return b.store.Pacticipants(ctx, PacticipantFilter{Label: label})
}

// Pacticipant returns one service, or fault.NotFound with similar names.
func (b *Broker) Pacticipant(ctx context.Context, name string) (Pacticipant, error) {
	p, found, err := b.findPacticipant(ctx, name)
	if err != nil {
		return Pacticipant{}, err
	}
	if !found {
		return Pacticipant{}, b.noPacticipant(ctx, name)
	}
	return p, nil
}

func (b *Broker) findPacticipant(ctx context.Context, name string) (Pacticipant, bool, error) {
	list, err := b.store.Pacticipants(ctx, PacticipantFilter{Names: []string{name}})
	if err != nil || len(list) == 0 {
		return Pacticipant{}, false, err
	}
	return list[0], true, nil
}

func (b *Broker) pacticipantByID(ctx context.Context, id int64) (Pacticipant, error) {
	list, err := b.store.Pacticipants(ctx, PacticipantFilter{IDs: []int64{id}})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("pacticipant %d is gone", id)
	}
	if err != nil {
		return Pacticipant{}, err
	}
	return list[0], nil
}

// noPacticipant explains that nothing is known about name.
func (b *Broker) noPacticipant(ctx context.Context, name string) error {
	missing := fault.New(fault.NotFound, "No service called %s has published or verified a contract.", name)
	near, err := b.similarNames(ctx, name)
	if err != nil {
		return err
	}
	if len(near) > 0 {
		return missing.WithHint("Did you mean %s?", strings.Join(near, ", "))
	}
	return missing.WithHint("Publish its pacts: platform contracts publish pacts --service %s --version VERSION", quote(name))
}

func (b *Broker) similarNames(ctx context.Context, name string) ([]string, error) {
	all, err := b.store.Pacticipants(ctx, PacticipantFilter{})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
	}
	return similar(names, name), nil
}

// PacticipantChange sets fields of a service; nil leaves one alone.
type PacticipantChange struct {
	DisplayName, MainBranch, RepositoryURL, RepositoryName, RepositoryNamespace *string
}

// SavePacticipant makes a service or changes it, and reports whether it was new.
func (b *Broker) SavePacticipant(ctx context.Context, name string, c PacticipantChange) (p Pacticipant, created bool, err error) {
	if strings.TrimSpace(name) == "" {
		return Pacticipant{}, false, fault.New(fault.Invalid, "A service needs a name.").WithField("name", "is missing")
	}
	if err := c.check(); err != nil {
		return Pacticipant{}, false, err
	}
	err = b.add(ctx, func(ctx context.Context) error {
		if p, created, err = b.ensurePacticipant(ctx, name); err != nil {
			return err
		}
		var at time.Time
		if !created {
			at = b.clock()
		}
		if err := b.store.UpdatePacticipant(ctx, p.ID, c, at); err != nil {
			return err
		}
		p, err = b.Pacticipant(ctx, name)
		return err
	})
	return p, created, err
}

// DeletePacticipant removes a service with everything known about it. One that is in
// an environment is a fault.Conflict.
func (b *Broker) DeletePacticipant(ctx context.Context, name string) error {
	return b.remove(ctx, func(ctx context.Context) error {
		p, err := b.Pacticipant(ctx, name)
		if err != nil {
			return err
		}
		if err := b.refuseWhileThere(ctx, DeploymentFilter{PacticipantIDs: []int64{p.ID}}, p.Name); err != nil {
			return err
		}
		list, err := b.store.Integrations(ctx, IntegrationFilter{ConsumerIDs: []int64{p.ID}, ProviderIDs: []int64{p.ID}})
		if err != nil {
			return err
		}
		if err := b.refuseWhileConsumed(ctx, p, list); err != nil {
			return err
		}
		for _, i := range list { // its consumers stay and still need it; itself, it may be made again
			if err := b.store.WithdrawPacts(ctx, Withdrawal{ConsumerID: i.ConsumerID, ProviderID: i.ProviderID}, b.clock()); err != nil {
				return err
			}
		}
		return b.store.DeletePacticipant(ctx, p.ID)
	})
}

// refuseWhileConsumed is a fault.Conflict while a version is in an environment that has
// no pact with a provider, and whose service had some: with the provider goes that
// anybody knows so. Of a version that has a pact, the pact is remembered.
func (b *Broker) refuseWhileConsumed(ctx context.Context, provider Pacticipant, list []Integration) error {
	var consumers []int64
	for _, i := range list {
		if i.ProviderID == provider.ID {
			consumers = append(consumers, i.ConsumerID)
		}
	}
	if len(consumers) == 0 {
		return nil
	}
	there, err := b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: consumers, Current: true})
	if err != nil || len(there) == 0 {
		return err
	}
	versions := make([]int64, len(there))
	for i, d := range there {
		versions[i] = d.VersionID
	}
	pacts, err := b.store.Pacts(ctx, PactFilter{ConsumerVersionIDs: distinct(versions), ProviderIDs: []int64{provider.ID}})
	if err != nil {
		return err
	}
	withdrawn, err := b.store.WithdrawnPacts(ctx, 0, provider.Name)
	if err != nil {
		return err
	}
	for _, d := range there {
		if !slices.ContainsFunc(pacts, func(p Pact) bool { return p.ConsumerVersionID == d.VersionID }) &&
			!slices.ContainsFunc(withdrawn, func(w WithdrawnPact) bool { return w.ConsumerVersionID == d.VersionID }) {
			return fault.New(fault.Conflict, "%s %s is in %s and has published no pact with %s, which %s consumes. With %s deleted nobody would know that, and the gate could say yes by mistake.",
				d.Service, d.Version, d.Environment, provider.Name, d.Service, provider.Name).
				WithHint(`Publish its pact: %s. If it does not need %s any more, say so: curl -X DELETE -H "Authorization: Bearer $PLATFORM_TOKEN" $PLATFORM_URL/broker/integrations/provider/%s/consumer/%s`,
					publishCommand(d.Service, d.Version), provider.Name, url.PathEscape(provider.Name), url.PathEscape(d.Service))
		}
	}
	return nil
}

// AddLabel labels a service and reports whether the label is new on it.
func (b *Broker) AddLabel(ctx context.Context, service, label string) (created bool, err error) {
	if err := checkName("label", label); err != nil {
		return false, err
	}
	err = b.add(ctx, func(ctx context.Context) error {
		p, _, err := b.ensurePacticipant(ctx, service)
		if err != nil {
			return err
		}
		created, err = b.store.AddLabel(ctx, p.ID, label, b.clock())
		return err
	})
	return created, err
}

// RemoveLabel takes a label off a service.
func (b *Broker) RemoveLabel(ctx context.Context, service, label string) error {
	return b.unit.InTx(ctx, func(ctx context.Context) error {
		p, err := b.Pacticipant(ctx, service)
		if err != nil {
			return err
		}
		deleted, err := b.store.DeleteLabel(ctx, p.ID, label)
		if err == nil && !deleted {
			err = fault.New(fault.NotFound, "%s has no label %s.", service, label)
		}
		return err
	})
}
