package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
)

// Integrations implements contracts.PacticipantStore.
func (c *Contracts) Integrations(ctx context.Context, f contracts.IntegrationFilter) ([]contracts.Integration, error) {
	q := c.query(ctx)
	switch {
	case f.ConsumerIDs != nil && f.ProviderIDs != nil:
		asConsumer, arg1 := q.eachOf(`i.consumer_id`, f.ConsumerIDs)
		asProvider, arg2 := q.eachOf(`i.provider_id`, f.ProviderIDs)
		q.and(`(`+asConsumer+` OR `+asProvider+`)`, arg1, arg2)
	default:
		q.in(`i.consumer_id`, f.ConsumerIDs)
		q.in(`i.provider_id`, f.ProviderIDs)
	}
	list, err := rowsOf(q, `SELECT i.consumer_id, i.provider_id, `+q.timeColumn(`i.created_at`)+` FROM integrations i`+q.where(),
		func(rows database.Rows, i *contracts.Integration) error {
			return rows.Scan(&i.ConsumerID, &i.ProviderID, (*stamp)(&i.CreatedAt))
		})
	if err != nil {
		return nil, err
	}
	if err := c.name(ctx,
		naming{&c.names.services, len(list), func(i int) int64 { return list[i].ConsumerID }, func(i int, n name) { list[i].Consumer = n.text }},
		naming{&c.names.services, len(list), func(i int) int64 { return list[i].ProviderID }, func(i int, n name) { list[i].Provider = n.text }},
	); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(i contracts.Integration) bool { return i.Consumer == "" || i.Provider == "" })
	slices.SortFunc(list, func(a, b contracts.Integration) int {
		return cmp.Or(strings.Compare(a.Consumer, b.Consumer), strings.Compare(a.Provider, b.Provider))
	})
	return list, nil
}

// Counterparts implements contracts.MatrixStore.
func (c *Contracts) Counterparts(ctx context.Context, of contracts.Promises) (promised, consumers []contracts.Integration, err error) {
	q := c.query(ctx)
	publishes, arg1 := q.anyOf(`x.consumer_version_id`, of.ConsumerVersionIDs)
	provides, arg2 := q.anyOf(`i.provider_id`, of.ProviderIDs)
	q.args = []any{arg1, arg2}
	type counterpart struct {
		version int64 // 0 for who has, or had, a pact with the provider
		contracts.Integration
	}
	list, err := rowsOf(q, `SELECT x.consumer_version_id, x.consumer_id, x.provider_id FROM pact_publications x WHERE NOT x.superseded AND `+publishes+`
		UNION ALL
		SELECT CAST(0 AS bigint), i.consumer_id, i.provider_id FROM integrations i WHERE `+provides,
		func(rows database.Rows, r *counterpart) error {
			return rows.Scan(&r.version, &r.ConsumerID, &r.ProviderID)
		})
	if err != nil {
		return nil, nil, err
	}
	n := len(list)
	if err := c.name(ctx,
		naming{&c.names.services, n, func(i int) int64 { return list[i].ConsumerID }, func(i int, n name) { list[i].Consumer = n.text }},
		naming{&c.names.services, n, func(i int) int64 { return list[i].ProviderID }, func(i int, n name) { list[i].Provider = n.text }},
	); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(list, func(a, b counterpart) int {
		return cmp.Or(cmp.Compare(b.version, a.version), strings.Compare(a.Consumer, b.Consumer), strings.Compare(a.Provider, b.Provider))
	})
	for _, r := range list {
		switch {
		case r.Consumer == "" || r.Provider == "": // deleted meanwhile
		case r.version != 0:
			promised = append(promised, r.Integration)
		default:
			consumers = append(consumers, r.Integration)
		}
	}
	return promised, consumers, nil
}
