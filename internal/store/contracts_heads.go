package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
)

// Heads implements contracts.VersionStore.
func (c *Contracts) Heads(ctx context.Context, pacticipantIDs []int64, names []string, main bool) ([]contracts.Head, error) {
	q := c.query(ctx)
	q.and(`b.head_version_id > 0`)
	q.in(`b.pacticipant_id`, pacticipantIDs)
	which := c.query(ctx)
	if len(names) > 0 {
		which.inTexts(`b.name`, names)
	}
	if main {
		which.and(`b.name = p.main_branch`)
	}
	if len(which.conditions) == 0 {
		return nil, nil
	}
	q.and(`(`+strings.Join(which.conditions, ` OR `)+`)`, which.args...)
	return rowsOf(q, `SELECT b.pacticipant_id, b.head_version_id, b.name, b.name = p.main_branch
		FROM branches b JOIN pacticipants p ON p.id = b.pacticipant_id`+q.where(),
		func(rows database.Rows, h *contracts.Head) error {
			return rows.Scan(&h.PacticipantID, &h.VersionID, &h.Branch, &h.Main)
		})
}

// HeadPacts implements contracts.PactStore. There are fewer heads than
// publications, and an index knows each.
func (c *Contracts) HeadPacts(ctx context.Context, providerID int64, after time.Time) ([]contracts.HeadPact, error) {
	const consumers = ` IN (SELECT i.consumer_id FROM integrations i WHERE i.provider_id = ?)`
	type headPact struct {
		contracts.HeadPact
		place int64 // of the branch, in the order in which the version was put on them
	}
	q := c.query(ctx)
	q.args = []any{providerID, providerID, providerID, after.UTC()}
	list, err := rowsOf(q, `SELECT x.id, x.consumer_id, x.provider_id, x.consumer_version_id, x.content_id, x.revision, `+q.timeColumn(`x.created_at`)+`,
			heads.branch, heads.tag, COALESCE(bv.id, 0)
		FROM (SELECT b.head_version_id AS id, b.id AS branch_id, b.name AS branch, '' AS tag FROM branches b WHERE b.pacticipant_id`+consumers+`
			UNION ALL SELECT max(t.version_id), CAST(0 AS bigint), '', t.name FROM version_tags t WHERE t.pacticipant_id`+consumers+` GROUP BY t.pacticipant_id, t.name) heads
		JOIN pact_publications x ON x.consumer_version_id = heads.id
		LEFT JOIN branch_versions bv ON bv.branch_id = heads.branch_id AND bv.version_id = heads.id
		WHERE x.provider_id = ? AND NOT x.superseded AND x.created_at > ?`,
		func(rows database.Rows, h *headPact) error {
			p := &h.Pact
			return rows.Scan(&p.ID, &p.ConsumerID, &p.ProviderID, &p.ConsumerVersionID, &p.ContentID, &p.Revision, (*stamp)(&p.CreatedAt), &h.Branch, &h.Tag, &h.place)
		})
	if err != nil {
		return nil, err
	}
	if err := c.name(ctx, c.pactNames(len(list), func(i int) *contracts.Pact { return &list[i].Pact })...); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b headPact) int {
		return cmp.Or(cmp.Compare(a.ConsumerVersionID, b.ConsumerVersionID), strings.Compare(a.Tag, b.Tag), cmp.Compare(a.place, b.place))
	})
	out := make([]contracts.HeadPact, 0, len(list))
	for i := range list {
		if !unnamed(&list[i].Pact) {
			out = append(out, list[i].HeadPact)
		}
	}
	return out, nil
}
