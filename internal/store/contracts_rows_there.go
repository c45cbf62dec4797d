package store

import (
	"context"

	"github.com/goldenpath/platform/contracts"
)

// rowsThere joins publications and verifications of the versions with those of
// their counterparts' versions that are in an environment. Nothing has to be known
// of these: what is asked may go to the database along with who they are.
func (c *Contracts) rowsThere(ctx context.Context, rq contracts.RowQuery, own versionSets) ([]contracts.Row, error) {
	var publications []publication
	var results []result
	asks := []func(ctx context.Context) error{
		func(ctx context.Context) (err error) {
			publications, err = publicationsOf([]*contractsQuery{c.publishedBy(ctx, own), c.publishedThere(ctx, rq, own)}, rq)
			return err
		},
		func(ctx context.Context) (err error) {
			results, err = resultsOf([]*contractsQuery{c.saidBy(ctx, own), c.saidThere(ctx, rq, own)}, rq)
			return err
		},
	}
	if err := c.SideBySide(ctx, contracts.Promises{ProviderIDs: own.all}, asks...); err != nil || len(publications) == 0 {
		return nil, err
	}
	return c.joined(ctx, publications, results, true)
}

func (c *Contracts) publishedBy(ctx context.Context, own versionSets) *contractsQuery {
	q := c.query(ctx)
	q.in(`x.consumer_version_id`, own.versions)
	return q
}

// publishedThere asks for what consumers there published for the services.
func (c *Contracts) publishedThere(ctx context.Context, rq contracts.RowQuery, own versionSets) *contractsQuery {
	q := c.query(ctx)
	q.in(`x.provider_id`, own.all)
	provides, arg := q.anyOf(`i.provider_id`, own.all)
	there, args := c.there(q, rq, own, `SELECT i.consumer_id FROM integrations i WHERE `+provides, arg)
	q.and(`x.consumer_version_id IN (`+there+`)`, args...)
	return q
}

func (c *Contracts) saidBy(ctx context.Context, own versionSets) *contractsQuery {
	q := c.query(ctx)
	q.in(`v.provider_version_id`, own.versions)
	return q
}

// saidThere asks for what providers there said of what the versions published.
func (c *Contracts) saidThere(ctx context.Context, rq contracts.RowQuery, own versionSets) *contractsQuery {
	q := c.query(ctx)
	published, arg := q.anyOf(`x.consumer_version_id`, own.versions)
	const current = ` FROM pact_publications x WHERE NOT x.superseded AND `
	q.and(`v.content_id IN (SELECT x.content_id`+current+published+`)`, arg)
	there, args := c.there(q, rq, own, `SELECT x.provider_id`+current+published, arg)
	// A content's results are fewer than the versions each would be looked up for.
	q.and(`+v.provider_version_id IN (`+there+`)`, args...)
	return q
}

// there selects the versions of services, other than the own ones, that are in the
// environment of a query.
func (c *Contracts) there(q *contractsQuery, rq contracts.RowQuery, own versionSets, services string, arg any) (text string, args []any) {
	mine, ids := q.anyOf(`d.pacticipant_id`, own.all)
	column := `d.pacticipant_id`
	if c.manyCounterparts(&contracts.Promises{ProviderIDs: own.all}) {
		column = `+` + column // see Versions
	}
	return `SELECT d.version_id FROM deployments d WHERE d.current AND d.environment_id = ? AND ` + column + ` IN (` + services + `) AND NOT (` + mine + `)`,
		[]any{rq.There, arg, ids}
}
