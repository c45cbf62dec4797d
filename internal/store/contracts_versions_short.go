package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
)

// versionsThere lists what is in an environment from the deployments alone: of
// thousands of versions none has to be looked up.
func (c *Contracts) versionsThere(ctx context.Context, f contracts.VersionFilter) ([]contracts.Version, error) {
	q := c.query(ctx)
	q.and(`d.current AND d.environment_id = ?`, f.EnvironmentID)
	q.in(`d.pacticipant_id`, f.PacticipantIDs)
	list, err := rowsOf(q, `SELECT d.version_id, d.pacticipant_id FROM deployments d`+q.where(), func(rows database.Rows, v *contracts.Version) error {
		return rows.Scan(&v.ID, &v.PacticipantID)
	})
	if err != nil {
		return nil, err
	}
	return c.namedVersions(ctx, list)
}

// headVersions lists the newest versions on branches from the branches alone.
func (c *Contracts) headVersions(ctx context.Context, f contracts.VersionFilter) ([]contracts.Version, error) {
	q := c.query(ctx)
	from := `branches b`
	if f.MainBranch {
		from += ` JOIN pacticipants p ON p.id = b.pacticipant_id AND p.main_branch = b.name`
	}
	q.and(`b.head_version_id > 0`)
	if f.Branch != "" {
		q.and(`b.name = ?`, f.Branch)
	}
	q.in(`b.pacticipant_id`, f.PacticipantIDs)
	list, err := rowsOf(q, `SELECT b.head_version_id, b.pacticipant_id FROM `+from+q.where(), func(rows database.Rows, v *contracts.Version) error {
		return rows.Scan(&v.ID, &v.PacticipantID)
	})
	if err != nil {
		return nil, err
	}
	return c.namedVersions(ctx, list)
}

// namedVersions orders versions, each once, and adds what they are called.
func (c *Contracts) namedVersions(ctx context.Context, list []contracts.Version) ([]contracts.Version, error) {
	slices.SortFunc(list, func(a, b contracts.Version) int { return cmp.Compare(b.ID, a.ID) })
	list = slices.CompactFunc(list, func(a, b contracts.Version) bool { return a.ID == b.ID }) // several instances
	err := c.name(ctx,
		naming{&c.names.services, len(list), func(i int) int64 { return list[i].PacticipantID }, func(i int, n name) { list[i].Pacticipant = n.text }},
		naming{&c.names.versions, len(list), func(i int) int64 { return list[i].ID }, func(i int, n name) { list[i].Number = n.text }},
	)
	return slices.DeleteFunc(list, func(v contracts.Version) bool { return v.Pacticipant == "" || v.Number == "" }), err
}
