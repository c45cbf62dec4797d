package store

import (
	"context"
	"strings"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
)

// Settled implements contracts.VerificationStore. The database stops at the first
// success that counts; a content has as many as it has been verified times.
func (c *Contracts) Settled(ctx context.Context, sq contracts.SettledQuery) (map[int64]bool, error) {
	q := c.query(ctx)
	var asks []string
	for _, ask := range []struct {
		ids  []int64
		that string
	}{{sq.ContentIDs, `v.success`}, {sq.WIPContentIDs, `v.success AND NOT v.wip`}} {
		if len(ask.ids) == 0 {
			continue
		}
		q.args = append(q.args, q.list(ask.ids))
		asks = append(asks, `SELECT asked.id FROM `+q.listed()+` asked WHERE EXISTS (SELECT 1 FROM verifications v
			WHERE v.content_id = asked.id AND `+ask.that+q.comesFrom(sq)+`)`)
	}
	if len(asks) == 0 {
		return map[int64]bool{}, nil
	}
	list, err := rowsOf(q, strings.Join(asks, ` UNION ALL `), func(rows database.Rows, id *int64) error { return rows.Scan(id) })
	out := make(map[int64]bool, len(list))
	for _, id := range list {
		out[id] = true
	}
	return out, err
}

// comesFrom keeps verifications v by the versions that a settled query counts.
func (q *contractsQuery) comesFrom(sq contracts.SettledQuery) string {
	var there, anywhere string
	var arg any
	switch {
	case sq.Branch != nil:
		there, arg = `branch_versions w WHERE w.version_id = v.provider_version_id AND w.branch_id = ?`, sq.Branch.ID
		anywhere = `branch_versions w WHERE w.version_id = v.provider_version_id`
	case sq.Tag != "":
		there, arg = `version_tags w WHERE w.version_id = v.provider_version_id AND w.name = ?`, sq.Tag
		anywhere = `version_tags w WHERE w.version_id = v.provider_version_id`
	default:
		return ``
	}
	if sq.Anywhere {
		return ` AND EXISTS (SELECT 1 FROM ` + anywhere + `)`
	}
	q.args = append(q.args, arg, sq.Before.UTC())
	return ` AND (EXISTS (SELECT 1 FROM ` + there + `) OR (v.verified_at < ? AND EXISTS (SELECT 1 FROM ` + anywhere + `)))`
}
