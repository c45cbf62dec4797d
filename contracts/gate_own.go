package contracts

import (
	"context"
	"slices"
)

// meetOwn meets, for a service that talks to itself, those of its versions that stay
// beside the one that is to come: what is released, and what is deployed when it is
// so under several instances, of which the new version takes one. Where one instance
// runs, the new version takes its place, and it is met by nobody.
func (g *gate) meetOwn(ctx context.Context) error {
	own := func(i Integration) bool { return i.ProviderID == g.service.ID }
	if !slices.ContainsFunc(g.providers, own) {
		return nil
	}
	there, err := g.b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: []int64{g.service.ID}, EnvironmentID: g.to.env.ID, Current: true})
	if err != nil {
		return err
	}
	instances := 0
	for _, d := range there {
		if d.Kind == Deployed {
			instances++
		}
	}
	versions := VersionSet{IDs: []int64{g.version.ID}}
	var list []Meeting
	for _, d := range there {
		if d.VersionID != g.version.ID && (d.Kind == Released || instances > 1) {
			list, versions.IDs = append(list, Meeting{There: d}), append(versions.IDs, d.VersionID)
		}
	}
	if len(list) == 0 {
		return nil
	}
	versions.IDs = distinct(versions.IDs)
	rows, err := g.b.store.MatrixRows(ctx, RowQuery{Versions: map[int64]VersionSet{g.service.ID: versions}, Involving: []int64{g.service.ID}})
	if err != nil {
		return err
	}
	for i := range list {
		m := &list[i]
		for j := range rows {
			r := &rows[j]
			if r.ConsumerVersionID != m.There.VersionID || r.ProviderID != g.service.ID {
				continue
			}
			m.ContentID, m.SHA, m.PublishedAt = r.ContentID, r.SHA, r.PublishedAt
			if r.VerificationID != 0 && r.ProviderVersionID == g.version.ID {
				m.VerificationID, m.Success, m.Incomplete, m.VerifiedAt = r.VerificationID, r.Success, r.Incomplete, r.VerifiedAt
			}
		}
	}
	g.meetings = append(g.meetings, gathered(list)...)
	return nil
}
