package contracts

import "context"

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
