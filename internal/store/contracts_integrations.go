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

// Counterparts implements contracts.MatrixStore.
func (c *Contracts) Counterparts(ctx context.Context, consumerVersionIDs, providerIDs []int64) (promised, consumers []contracts.Integration, err error) {
	q := c.query(ctx)
	publishes, arg1 := q.anyOf(`x.consumer_version_id`, consumerVersionIDs)
	provides, arg2 := q.anyOf(`i.provider_id`, providerIDs)
	q.args = []any{arg1, arg2}
	type counterpart struct {
		what int
		contracts.Integration
	}
	list, err := rowsOf(q, `SELECT 0, -x.consumer_version_id, x.consumer_id, x.provider_id, c.name, p.name, x.created_at
		FROM pact_publications x JOIN pacticipants c ON c.id = x.consumer_id JOIN pacticipants p ON p.id = x.provider_id
		WHERE NOT x.superseded AND `+publishes+`
		UNION ALL
		SELECT 1, CAST(0 AS bigint), i.consumer_id, i.provider_id, c.name, p.name, i.created_at
		FROM integrations i JOIN pacticipants c ON c.id = i.consumer_id JOIN pacticipants p ON p.id = i.provider_id
		WHERE `+provides+` ORDER BY 1, 2, 5, 6`,
		func(rows *sql.Rows) (r counterpart, err error) {
			var order int64
			err = rows.Scan(&r.what, &order, &r.ConsumerID, &r.ProviderID, &r.Consumer, &r.Provider, &r.CreatedAt)
			r.CreatedAt = r.CreatedAt.UTC()
			return r, err
		})
	for _, r := range list {
		if r.what == 0 {
			promised = append(promised, r.Integration)
		} else {
			consumers = append(consumers, r.Integration)
		}
	}
	return promised, consumers, err
}
