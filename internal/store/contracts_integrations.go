package store

import (
	"context"
	"database/sql"

	"github.com/goldenpath/platform/contracts"
)

// Integrations implements contracts.PacticipantStore.
func (c *Contracts) Integrations(ctx context.Context, f contracts.IntegrationFilter) ([]contracts.Integration, error) {
	q := c.query(ctx)
	switch {
	case f.ConsumerIDs != nil && f.ProviderIDs != nil:
		asConsumer, arg1 := q.anyOf(`i.consumer_id`, f.ConsumerIDs)
		asProvider, arg2 := q.anyOf(`i.provider_id`, f.ProviderIDs)
		q.and(`(`+asConsumer+` OR `+asProvider+`)`, arg1, arg2)
	default:
		q.in(`i.consumer_id`, f.ConsumerIDs)
		q.in(`i.provider_id`, f.ProviderIDs)
	}
	return rowsOf(q, `SELECT i.consumer_id, i.provider_id, c.name, p.name, i.created_at
		FROM integrations i JOIN pacticipants c ON c.id = i.consumer_id JOIN pacticipants p ON p.id = i.provider_id`+q.where()+`
		ORDER BY c.name, p.name`,
		func(rows *sql.Rows) (i contracts.Integration, err error) {
			err = rows.Scan(&i.ConsumerID, &i.ProviderID, &i.Consumer, &i.Provider, &i.CreatedAt)
			i.CreatedAt = i.CreatedAt.UTC()
			return i, err
		})
}
