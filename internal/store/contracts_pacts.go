package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	entsql "entgo.io/ent/dialect/sql"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent/pactpublication"
)

// descending is the order option for the newest first.
func descending() entsql.OrderTermOption { return entsql.OrderDesc() }

// EnsureContent implements contracts.PactStore.
func (c *Contracts) EnsureContent(ctx context.Context, content contracts.Content) (int64, bool, error) {
	find := func() ([]int64, error) {
		q := c.query(ctx)
		q.and(`consumer_id = ? AND provider_id = ? AND sha = ?`, content.ConsumerID, content.ProviderID, content.SHA)
		return rowsOf(q, `SELECT id FROM pact_contents`+q.where(), func(rows database.Rows, id *int64) error { return rows.Scan(id) })
	}
	ids, err := find()
	if err != nil || len(ids) > 0 {
		return first(ids), false, wrap(err, "select content "+content.SHA)
	}
	id, created, err := c.query(ctx).insert(`INSERT INTO pact_contents (consumer_id, provider_id, sha, interactions, body, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (consumer_id, provider_id, sha)`,
		content.ConsumerID, content.ProviderID, content.SHA, content.Interactions, content.Body, content.CreatedAt)
	if created || err != nil {
		return id, created, wrap(err, "insert content "+content.SHA)
	}
	ids, err = find()
	if err == nil && len(ids) == 0 {
		err = errors.New("it is neither inserted nor there")
	}
	return first(ids), false, wrap(err, "select content "+content.SHA)
}

// Contents implements contracts.PactStore.
func (c *Contracts) Contents(ctx context.Context, f contracts.ContentFilter) ([]contracts.Content, error) {
	q := c.query(ctx)
	q.in(`id`, f.IDs)
	if f.ConsumerID != 0 {
		q.and(`consumer_id = ?`, f.ConsumerID)
	}
	if f.ProviderID != 0 {
		q.and(`provider_id = ?`, f.ProviderID)
	}
	if f.SHA != "" {
		q.and(`sha = ?`, f.SHA)
	}
	return rowsOf(q, `SELECT id, consumer_id, provider_id, sha, interactions, created_at, body FROM pact_contents`+q.where()+` ORDER BY id`,
		func(rows database.Rows, x *contracts.Content) error {
			err := rows.Scan(&x.ID, &x.ConsumerID, &x.ProviderID, &x.SHA, &x.Interactions, &x.CreatedAt, &x.Body)
			x.CreatedAt = x.CreatedAt.UTC()
			return err
		})
}

// InsertPact implements contracts.PactStore.
func (c *Contracts) InsertPact(ctx context.Context, p contracts.Pact) (contracts.Pact, bool, error) {
	// Looking afterwards, and not before, because a pact is seldom published twice.
	// The index is partial, so the conflict has to name its condition.
	id, inserted, err := c.query(ctx).insert(`INSERT INTO pact_publications
		(consumer_id, provider_id, consumer_version_id, content_id, revision, superseded, created_at) VALUES (?, ?, ?, ?, ?, false, ?)
		ON CONFLICT (consumer_version_id, provider_id) WHERE NOT superseded`,
		p.ConsumerID, p.ProviderID, p.ConsumerVersionID, p.ContentID, p.Revision, p.CreatedAt)
	if err != nil {
		return contracts.Pact{}, false, fmt.Errorf("insert pact %s %s with %s: %w", p.Consumer, p.ConsumerVersion, p.Provider, err)
	}
	if inserted {
		p.ID = id
		return p, true, nil
	}
	list, err := c.Pacts(ctx, contracts.PactFilter{ConsumerVersionIDs: []int64{p.ConsumerVersionID}, ProviderIDs: []int64{p.ProviderID}})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("pact %s %s with %s is neither inserted nor there", p.Consumer, p.ConsumerVersion, p.Provider)
	}
	return first(list), false, err
}

// SupersedePact implements contracts.PactStore.
func (c *Contracts) SupersedePact(ctx context.Context, id int64) error {
	err := c.client(ctx).PactPublication.Update().Where(pactpublication.ID(id)).SetSuperseded(true).Exec(ctx)
	return wrap(err, "supersede pact")
}

// Pacts implements contracts.PactStore.
func (c *Contracts) Pacts(ctx context.Context, f contracts.PactFilter) ([]contracts.Pact, error) {
	q, pairs := c.query(ctx), c.query(ctx)
	if f.Latest {
		pairs.in(`i.consumer_id`, f.ConsumerIDs)
		pairs.in(`i.provider_id`, f.ProviderIDs)
		q.and(`x.consumer_id = i.consumer_id AND x.provider_id = i.provider_id`)
	} else {
		q.in(`x.consumer_id`, f.ConsumerIDs)
		q.in(`x.provider_id`, f.ProviderIDs)
	}
	q.and(`NOT x.superseded`)
	q.in(`x.consumer_version_id`, f.ConsumerVersionIDs)
	q.in(`x.content_id`, f.ContentIDs)
	if f.Tag != "" {
		q.and(`EXISTS (SELECT 1 FROM version_tags t WHERE t.version_id = x.consumer_version_id AND t.name = ?)`, f.Tag)
	}
	if f.Untagged {
		q.and(`NOT EXISTS (SELECT 1 FROM version_tags t WHERE t.version_id = x.consumer_version_id)`)
	}
	if f.BeforeVersionID != 0 {
		q.and(`x.consumer_version_id < ?`, f.BeforeVersionID)
	}
	from := `pact_publications x`
	if f.Latest {
		// For each pair, the newest is at the end of an index: no others are read.
		from = `(SELECT i.consumer_id, i.provider_id, (SELECT x.id FROM pact_publications x` + q.where() +
			` ORDER BY x.consumer_version_id DESC LIMIT 1) AS newest FROM integrations i` + pairs.where() + `) latest
			JOIN pact_publications x ON x.id = latest.newest`
		q.conditions, q.args = nil, append(q.args, pairs.args...)
	}
	return c.pactsFrom(q, from, f.Short)
}

// pactsFrom reads publications x, the newest consumer version first.
func (c *Contracts) pactsFrom(q *contractsQuery, from string, short bool) ([]contracts.Pact, error) {
	text := `SELECT x.id, x.consumer_id, x.provider_id, x.consumer_version_id, x.content_id, x.revision, ` + q.timeColumn(`x.created_at`) + ` FROM ` + from
	list, err := rowsOf(q, text+q.where(), func(rows database.Rows, p *contracts.Pact) error {
		return rows.Scan(&p.ID, &p.ConsumerID, &p.ProviderID, &p.ConsumerVersionID, &p.ContentID, &p.Revision, (*stamp)(&p.CreatedAt))
	})
	if err != nil {
		return nil, err
	}
	at := func(i int) *contracts.Pact { return &list[i] }
	names, gone := c.pactNames(len(list), at), unnamed
	if short {
		names, gone = []naming{c.contentNames(len(list), at)}, func(p *contracts.Pact) bool { return p.SHA == "" }
	}
	if err := c.name(q.ctx, names...); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(p contracts.Pact) bool { return gone(&p) })
	slices.SortFunc(list, func(a, b contracts.Pact) int {
		return cmp.Or(cmp.Compare(b.ConsumerVersionID, a.ConsumerVersionID), strings.Compare(a.Provider, b.Provider))
	})
	return list, nil
}

// pactNames adds names to n publications; those of what was deleted since they were
// read stay empty.
func (c *Contracts) pactNames(n int, at func(i int) *contracts.Pact) []naming {
	return []naming{
		{&c.names.services, n, func(i int) int64 { return at(i).ConsumerID }, func(i int, n name) { at(i).Consumer = n.text }},
		{&c.names.services, n, func(i int) int64 { return at(i).ProviderID }, func(i int, n name) { at(i).Provider = n.text }},
		{&c.names.versions, n, func(i int) int64 { return at(i).ConsumerVersionID }, func(i int, n name) { at(i).ConsumerVersion = n.text }},
		c.contentNames(n, at),
	}
}

// contentNames adds what contents are called, and nothing else.
func (c *Contracts) contentNames(n int, at func(i int) *contracts.Pact) naming {
	return naming{
		&c.names.contents, n, func(i int) int64 { return at(i).ContentID },
		func(i int, n name) { at(i).SHA, at(i).Interactions = n.text, int(n.number) },
	}
}

func unnamed(p *contracts.Pact) bool {
	return p.Consumer == "" || p.Provider == "" || p.ConsumerVersion == "" || p.SHA == ""
}
