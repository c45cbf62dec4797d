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
	newest, err := b.newestVersions(ctx, list)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		version, ok := newest[p.ID]
		if !ok {
			continue
		}
		a, err := b.CanIDeploy(ctx, Question{Service: p.Name, Version: version, Environment: environment})
		if err != nil {
			return nil, err
		}
		status := GateStatus{Service: p.Name, Version: version, Environment: environment, Verdict: a.Verdict}
		if a.Verdict != Yes {
			status.Reason = a.Reasons[0].Text
		}
		out[p.Name] = status
	}
	return out, nil
}

// newestVersions are the newest versions of services by service, of the main
// branch where there is one: two questions, however many services.
func (b *Broker) newestVersions(ctx context.Context, list []Pacticipant) (map[int64]string, error) {
	ids := map[bool][]int64{} // by whether there is a main branch
	for _, p := range list {
		ids[p.MainBranch != ""] = append(ids[p.MainBranch != ""], p.ID)
	}
	out := make(map[int64]string, len(list))
	for main, services := range ids {
		versions, err := b.store.Versions(ctx, VersionFilter{PacticipantIDs: services, MainBranch: main, Latest: true, Short: true})
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			out[v.PacticipantID] = v.Number
		}
	}
	return out, nil
}
