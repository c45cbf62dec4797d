package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
)

// What a row of version details is.
const (
	detailBranch = iota
	detailTag
	detailDeployment
)

// detailRow is a current deployment of a version; or a branch or tag of it, whose
// name then stands in the place of the environment's.
type detailRow struct {
	what   int
	place  int64 // of a branch, in the order in which the version was put on them
	latest bool
	contracts.Deployment
}

// The three questions have the same columns, up to the time.
const (
	detailBranches = `SELECT 0, bv.version_id, bv.id, b.name, b.head_version_id = bv.version_id, '', '', '', '', `
	fromBranches   = ` FROM branch_versions bv JOIN branches b ON b.id = bv.branch_id WHERE `
	detailTags     = ` UNION ALL SELECT 1, t.version_id, CAST(0 AS bigint), t.name, ` + isLatestTag + `, '', '', '', '', `
	isLatestTag    = `NOT EXISTS (SELECT 1 FROM version_tags later
			WHERE later.pacticipant_id = t.pacticipant_id AND later.name = t.name AND later.version_id > t.version_id)`
	fromTags          = ` FROM version_tags t WHERE `
	detailDeployments = ` UNION ALL SELECT 2, d.version_id, d.pacticipant_id, e.name, false, d.id, d.kind, d.application_instance, d.environment_id, `
	fromDeployments   = ` FROM deployments d JOIN environments e ON e.id = d.environment_id WHERE d.current AND `
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
	text := detailBranches + q.timeColumn(`bv.created_at`) + fromBranches + onBranch +
		detailTags + q.timeColumn(`t.created_at`) + fromTags + tagged +
		detailDeployments + q.timeColumn(`d.created_at`) + fromDeployments + deployed
	list, err := rowsOf(q, text, func(rows database.Rows, r *detailRow) error {
		d := &r.Deployment
		return rows.Scan(&r.what, &d.VersionID, &r.place, &d.Environment, &r.latest, &d.ID, &d.Kind, &d.ApplicationInstance, &d.EnvironmentID, (*stamp)(&d.CreatedAt))
	})
	if err != nil {
		return nil, err
	}
	if err := c.nameDeployed(ctx, list); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b detailRow) int {
		if a.what == detailDeployment {
			return cmp.Or(cmp.Compare(a.what, b.what), strings.Compare(a.ID, b.ID))
		}
		return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.place, b.place), strings.Compare(a.Environment, b.Environment))
	})
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

// nameDeployed adds services and versions to deployments.
func (c *Contracts) nameDeployed(ctx context.Context, list []detailRow) error {
	for i := range list {
		if list[i].what == detailDeployment {
			list[i].PacticipantID = list[i].place
		}
	}
	// Without a deployment, the service is 0 and has no name.
	return c.name(ctx,
		naming{&c.names.services, len(list), func(i int) int64 { return list[i].PacticipantID }, func(i int, n name) { list[i].Service = n.text }},
		naming{&c.names.versions, len(list), func(i int) int64 {
			if list[i].what != detailDeployment {
				return 0
			}
			return list[i].VersionID
		}, func(i int, n name) { list[i].Version = n.text }},
	)
}

// VersionPlaces implements contracts.VersionStore.
func (c *Contracts) VersionPlaces(ctx context.Context, ids []int64) (map[int64]contracts.VersionDetail, error) {
	out := make(map[int64]contracts.VersionDetail, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	list, err := c.places(ctx, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b place) int {
		if by := cmp.Or(cmp.Compare(a.version, b.version), cmp.Compare(a.what, b.what), cmp.Compare(a.order, b.order)); by != 0 {
			return by
		}
		return cmp.Or(strings.Compare(a.id, b.id), strings.Compare(a.name, b.name))
	})
	for _, id := range ids { // every version asked for has an entry
		out[id] = contracts.VersionDetail{}
	}
	for _, p := range list {
		d := out[p.version]
		switch p.what {
		case detailBranch:
			d.Branches = append(d.Branches, contracts.VersionBranch{Name: p.name, Latest: p.latest})
		case detailTag:
			d.Tags = append(d.Tags, contracts.VersionTag{Name: p.name, Latest: p.latest})
		default:
			d.Deployments = append(d.Deployments, contracts.Deployment{ID: p.id, VersionID: p.version, EnvironmentID: p.name, Current: true})
		}
		out[p.version] = d
	}
	return out, nil
}

// place is a branch, tag or current deployment of a version, without dates.
type place struct {
	what, version, order int64 // order is of a branch, as in detailRow
	latest               bool
	id, name             string // id is of a deployment, name then of its environment an id, too
}

// places reads the places of versions. An index leads to each.
func (c *Contracts) places(ctx context.Context, ids []int64) ([]place, error) {
	q := c.query(ctx)
	branches, arg := q.lookedUp(`branch_versions bv JOIN branches b ON b.id = bv.branch_id`, `bv.version_id`, ids)
	tags, _ := q.lookedUp(`version_tags t`, `t.version_id`, ids)
	deployments, _ := q.lookedUp(`deployments d`, `d.version_id`, ids)
	q.args = []any{arg, arg, arg}
	return rowsOf(q, `SELECT 0, bv.version_id, bv.id, b.head_version_id = bv.version_id, '', b.name FROM `+branches+`
		UNION ALL SELECT 1, t.version_id, CAST(0 AS bigint), `+isLatestTag+`, '', t.name FROM `+tags+`
		UNION ALL SELECT 2, d.version_id, CAST(0 AS bigint), false, d.id, d.environment_id FROM `+deployments+` AND d.current`,
		func(rows database.Rows, p *place) error {
			return rows.Scan(&p.what, &p.version, &p.order, &p.latest, &p.id, &p.name)
		})
}
