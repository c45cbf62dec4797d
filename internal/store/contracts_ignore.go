package store

import (
	"context"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent/ignorerule"
)

// IgnoreRules implements contracts.IgnoreStore. Ids grow with time.
func (c *Contracts) IgnoreRules(ctx context.Context) ([]contracts.IgnoreRule, error) {
	return rowsOf(c.query(ctx), `SELECT id, service, version, owner, reason, expires_at, created_at, created_by FROM ignore_rules ORDER BY id`,
		func(rows database.Rows, r *contracts.IgnoreRule) error {
			err := rows.Scan(&r.ID, &r.Service, &r.Version, &r.Owner, &r.Reason, &r.ExpiresAt, &r.CreatedAt, &r.CreatedBy)
			r.ExpiresAt, r.CreatedAt = r.ExpiresAt.UTC(), r.CreatedAt.UTC()
			return err
		})
}

// InsertIgnoreRule implements contracts.IgnoreStore.
func (c *Contracts) InsertIgnoreRule(ctx context.Context, r contracts.IgnoreRule) error {
	err := c.client(ctx).IgnoreRule.Create().SetID(r.ID).SetService(r.Service).SetVersion(r.Version).SetOwner(r.Owner).SetReason(r.Reason).
		SetExpiresAt(r.ExpiresAt).SetCreatedAt(r.CreatedAt).SetCreatedBy(r.CreatedBy).Exec(ctx)
	return wrap(err, "insert ignore rule for "+r.Service)
}

// DeleteIgnoreRule implements contracts.IgnoreStore.
func (c *Contracts) DeleteIgnoreRule(ctx context.Context, id string) error {
	_, err := c.client(ctx).IgnoreRule.Delete().Where(ignorerule.ID(id)).Exec(ctx)
	return wrap(err, "delete ignore rule "+id)
}
