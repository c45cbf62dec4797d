package contracts

import (
	"context"
	"slices"
)

// Integrations lists every consumer and provider that have, or had, a pact.
func (b *Broker) Integrations(ctx context.Context) ([]Integration, error) {
	return b.store.Integrations(ctx, IntegrationFilter{})
}

// DeleteIntegration removes the pacts between two services, their verifications,
// and a service that is left without any. While a version that has one of the pacts is
// in an environment it is a fault.Conflict: the gate would ask the provider no longer
// whether it keeps what is relied on there.
func (b *Broker) DeleteIntegration(ctx context.Context, consumer, provider string) error {
	return b.remove(ctx, func(ctx context.Context) error {
		c, err := b.Pacticipant(ctx, consumer)
		if err != nil {
			return err
		}
		p, err := b.Pacticipant(ctx, provider)
		if err != nil {
			return err
		}
		return b.deleteIntegrations(ctx, Integration{ConsumerID: c.ID, Consumer: c.Name, ProviderID: p.ID})
	})
}

// DeleteIntegrations removes every integration with what belongs to it, as if each
// were deleted by itself.
func (b *Broker) DeleteIntegrations(ctx context.Context) error {
	return b.remove(ctx, func(ctx context.Context) error {
		list, err := b.store.Integrations(ctx, IntegrationFilter{})
		if err != nil {
			return err
		}
		return b.deleteIntegrations(ctx, list...)
	})
}

func (b *Broker) deleteIntegrations(ctx context.Context, list ...Integration) error {
	if len(list) == 0 {
		return nil // filters without ids would keep everything
	}
	both, consumers := make([]int64, 0, 2*len(list)), make([]int64, len(list))
	for n, i := range list {
		both, consumers[n] = append(both, i.ConsumerID, i.ProviderID), i.ConsumerID
	}
	if err := b.refuseWhileReliedOn(ctx, list, distinct(consumers)); err != nil {
		return err
	}
	for _, i := range list {
		if err := b.store.WithdrawPacts(ctx, Withdrawal{ConsumerID: i.ConsumerID, ProviderID: i.ProviderID}, b.clock()); err != nil {
			return err
		}
		if err := b.store.DeleteIntegration(ctx, i.ConsumerID, i.ProviderID); err != nil {
			return err
		}
	}
	return b.deleteOrphans(ctx, distinct(both))
}

// refuseWhileReliedOn is a fault.Conflict while a version with a pact of one of the
// integrations is in an environment. One that is there without a pact relies on
// nothing of the provider, if whoever deletes the integration is right.
func (b *Broker) refuseWhileReliedOn(ctx context.Context, list []Integration, consumers []int64) error {
	there, err := b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: consumers, Current: true})
	if err != nil || len(there) == 0 {
		return err
	}
	versions := make([]int64, len(there))
	for i, d := range there {
		versions[i] = d.VersionID
	}
	pacts, err := b.store.Pacts(ctx, PactFilter{ConsumerVersionIDs: distinct(versions)})
	if err != nil {
		return err
	}
	for _, p := range pacts {
		if slices.ContainsFunc(list, func(i Integration) bool { return i.ConsumerID == p.ConsumerID && i.ProviderID == p.ProviderID }) {
			return b.refuseWhileThere(ctx, DeploymentFilter{VersionIDs: []int64{p.ConsumerVersionID}}, "Version "+p.ConsumerVersion+" of "+p.Consumer+", which relies on "+p.Provider+",")
		}
	}
	return nil
}

// deleteOrphans removes the services that are part of no integration any more, and
// are in no environment.
func (b *Broker) deleteOrphans(ctx context.Context, ids []int64) error {
	left, err := b.store.Integrations(ctx, IntegrationFilter{ConsumerIDs: ids, ProviderIDs: ids})
	if err != nil {
		return err
	}
	there, err := b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: ids, Current: true})
	if err != nil {
		return err
	}
	stays := map[int64]bool{}
	for _, i := range left {
		stays[i.ConsumerID], stays[i.ProviderID] = true, true
	}
	for _, d := range there { // it still runs, whoever talks to it
		stays[d.PacticipantID] = true
	}
	for _, id := range ids {
		if stays[id] {
			continue
		}
		if err := b.store.DeletePacticipant(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func distinct(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
