package store

import (
	"context"
	"database/sql"

	"github.com/goldenpath/platform/contracts"
)

// What a row of version details is.
const (
	detailBranch = iota
	detailTag
)

// detailRow is a current deployment of a version; or a branch or tag of it, whose
// name then stands in the place of the environment's.
type detailRow struct {
	what   int
	place  int64 // of a branch, in the order in which the version was put on them
	latest bool
	contracts.Deployment
}

// The three questions have the same columns.
const (
	detailBranches = `SELECT 0, bv.version_id, bv.id, b.name, b.head_version_id = bv.version_id, bv.created_at, '', '', '', '', '', CAST(0 AS bigint), ''
		FROM branch_versions bv JOIN branches b ON b.id = bv.branch_id WHERE `
	detailTags = ` UNION ALL SELECT 1, t.version_id, CAST(0 AS bigint), t.name, NOT EXISTS (
			SELECT 1 FROM version_tags later
			WHERE later.pacticipant_id = t.pacticipant_id AND later.name = t.name AND later.version_id > t.version_id),
			t.created_at, '', '', '', '', '', CAST(0 AS bigint), ''
		FROM version_tags t WHERE `
	detailDeployments = ` UNION ALL SELECT 2, d.version_id, CAST(0 AS bigint), e.name, false, d.created_at,
			d.id, d.kind, p.name, v.number, d.application_instance, d.pacticipant_id, d.environment_id
		FROM deployments d JOIN pacticipants p ON p.id = d.pacticipant_id JOIN pacticipant_versions v ON v.id = d.version_id
		JOIN environments e ON e.id = d.environment_id WHERE d.current AND `
)

// VersionDetails implements contracts.VersionStore. Everything comes in one
// answer: the gate asks for each of its calls.
func (c *Contracts) VersionDetails(ctx context.Context, ids []int64) (map[int64]contracts.VersionDetail, error) {
	out := make(map[int64]contracts.VersionDetail, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	q := c.query(ctx)
	onBranch, arg := q.anyOf(`bv.version_id`, ids)
	tagged, _ := q.anyOf(`t.version_id`, ids)
	deployed, _ := q.anyOf(`d.version_id`, ids)
	q.args = []any{arg, arg, arg}
	list, err := rowsOf(q, detailBranches+onBranch+detailTags+tagged+detailDeployments+deployed+` ORDER BY 1, 3, 7, 4`, func(rows *sql.Rows) (r detailRow, err error) {
		d := &r.Deployment
		err = rows.Scan(&r.what, &d.VersionID, &r.place, &d.Environment, &r.latest, &d.CreatedAt,
			&d.ID, &d.Kind, &d.Service, &d.Version, &d.ApplicationInstance, &d.PacticipantID, &d.EnvironmentID)
		d.CreatedAt = d.CreatedAt.UTC()
		return r, err
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids { // every version asked for has an entry
		out[id] = contracts.VersionDetail{}
	}
	for _, r := range list {
		d := out[r.VersionID]
		switch r.what {
		case detailBranch:
			d.Branches = append(d.Branches, contracts.VersionBranch{Name: r.Environment, Latest: r.latest, CreatedAt: r.CreatedAt})
		case detailTag:
			d.Tags = append(d.Tags, contracts.VersionTag{Name: r.Environment, Latest: r.latest, CreatedAt: r.CreatedAt})
		default:
			r.Current = true
			d.Deployments = append(d.Deployments, r.Deployment)
		}
		out[r.VersionID] = d
	}
	return out, nil
}
