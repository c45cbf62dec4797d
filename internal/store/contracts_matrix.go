package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
)

// contractsQuery collects the conditions of one SELECT.
type contractsQuery struct {
	ctx        context.Context //nolint:containedctx // lives for one query
	db         *database.DB
	conditions []string
	args       []any
}

func (c *Contracts) query(ctx context.Context) *contractsQuery {
	return &contractsQuery{ctx: ctx, db: c.s.db}
}

func (q *contractsQuery) and(condition string, args ...any) {
	q.conditions = append(q.conditions, condition)
	q.args = append(q.args, args...)
}

// in keeps rows whose column is one of ids; nil keeps all.
func (q *contractsQuery) in(column string, ids []int64) {
	if ids == nil {
		return
	}
	condition, arg := q.anyOf(column, ids)
	q.and(condition, arg)
}

// anyOf is one placeholder however long the list, so that neither database meets
// its limit of parameters nor plans each length anew.
func (q *contractsQuery) anyOf(column string, ids []int64) (condition string, arg any) {
	if len(ids) == 1 {
		return column + ` = ?`, ids[0]
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	list := strings.Join(texts, ",")
	if q.db.Dialect() == database.Postgres {
		return column + ` = ANY (CAST(? AS bigint[]))`, "{" + list + "}"
	}
	return column + ` IN (SELECT value FROM json_each(?))`, "[" + list + "]"
}

// inTexts keeps rows whose column is one of texts; nil keeps all.
func (q *contractsQuery) inTexts(column string, texts []string) {
	switch {
	case texts == nil:
		return
	case len(texts) == 1:
		q.and(column+` = ?`, texts[0])
		return
	}
	list, err := json.Marshal(texts)
	if err != nil {
		list = []byte("[]")
	}
	if q.db.Dialect() == database.Postgres {
		q.and(column+` IN (SELECT jsonb_array_elements_text(CAST(? AS jsonb)))`, string(list))
		return
	}
	q.and(column+` IN (SELECT value FROM json_each(?))`, string(list))
}

func (q *contractsQuery) where() string {
	if len(q.conditions) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(q.conditions, ` AND `)
}

// rowsOf runs the query and reads every row.
func rowsOf[T any](q *contractsQuery, text string, scan func(*sql.Rows) (T, error)) ([]T, error) {
	rows, err := q.db.Reader(q.ctx).QueryContext(q.ctx, q.db.Rebind(text), q.args...)
	if err != nil {
		return nil, fmt.Errorf("query contracts: %w", err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		row, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read contracts: %w", err)
		}
		out = append(out, row)
	}
	return out, wrap(rows.Err(), "read contracts")
}

// versionSets are the versions of a row query, taken apart for SQL.
type versionSets struct{ versions, whole, all []int64 }

func setsOf(q contracts.RowQuery) versionSets {
	s := versionSets{versions: []int64{}, whole: []int64{}, all: []int64{}}
	for pacticipant, set := range q.Versions {
		s.all = append(s.all, pacticipant)
		if set.All {
			s.whole = append(s.whole, pacticipant)
		} else {
			s.versions = append(s.versions, set.IDs...)
		}
	}
	return s
}

// covers keeps rows whose version is in the sets.
func (q *contractsQuery) covers(s versionSets, versionColumn, pacticipantColumn string) (condition string, args []any) {
	whole, wholeArg := q.anyOf(pacticipantColumn, s.whole)
	if len(s.versions) == 0 && len(s.whole) > 0 {
		return whole, []any{wholeArg}
	}
	condition, arg := q.anyOf(versionColumn, s.versions)
	if len(s.whole) == 0 {
		return condition, []any{arg}
	}
	return `(` + condition + ` OR ` + whole + `)`, []any{arg, wholeArg}
}

// MatrixRows implements contracts.MatrixStore. Publications and results are read
// apart and joined here: a content that ten versions share has its results read
// once, and not ten times.
func (c *Contracts) MatrixRows(ctx context.Context, rq contracts.RowQuery) ([]contracts.Row, error) {
	sets := setsOf(rq)
	if !rq.AnyCounterpart {
		return c.rowsBetween(ctx, rq, sets)
	}
	asConsumer, err := c.rowsOfConsumer(ctx, rq, sets)
	if err != nil {
		return nil, err
	}
	asProvider, err := c.rowsOfProvider(ctx, rq, sets)
	return append(asConsumer, asProvider...), err
}

// fewServices is how many services are better named to the database; of more,
// rows are left out here. Without an index it compares each row with each.
const fewServices = 8

// rowsBetween joins publications of the versions with verifications by the
// versions.
func (c *Contracts) rowsBetween(ctx context.Context, rq contracts.RowQuery, s versionSets) ([]contracts.Row, error) {
	q := c.query(ctx)
	consumer, args := q.covers(s, `x.consumer_version_id`, `x.consumer_id`)
	q.and(consumer, args...)
	if len(s.all) <= fewServices || rq.Involving == nil {
		// The plus keeps the database from looking every version up under every provider.
		q.in(`+x.provider_id`, s.all)
	}
	if rq.Involving != nil {
		asConsumer, arg1 := q.anyOf(`x.consumer_id`, rq.Involving)
		asProvider, arg2 := q.anyOf(`x.provider_id`, rq.Involving)
		q.and(`(`+asConsumer+` OR `+asProvider+`)`, arg1, arg2)
	}
	publications, err := publicationsOf(q, rq)
	publications = slices.DeleteFunc(publications, func(p publication) bool { _, ok := rq.Versions[p.provider]; return !ok })
	if err != nil || len(publications) == 0 {
		return nil, err
	}
	results := c.query(ctx)
	results.in(`v.content_id`, contentsOf(publications, (*publication).contentID))
	by := setsOf(contracts.RowQuery{Versions: providersOf(publications, rq)})
	column := `v.provider_version_id`
	if len(by.versions) > fewVersions {
		column = `+` + column // a content's results are fewer than the versions each would be looked up for
	}
	provider, args := results.covers(by, column, `v.provider_id`)
	results.and(provider, args...)
	list, err := resultsOf(results, rq)
	if err != nil {
		return nil, err
	}
	return c.joined(ctx, publications, list, true)
}

// fewVersions is how many versions are better looked up one by one among the
// results of a content than filtered from all of them.
const fewVersions = 8

// providersOf are the versions of those services that a publication is for.
func providersOf(list []publication, rq contracts.RowQuery) map[int64]contracts.VersionSet {
	out := map[int64]contracts.VersionSet{}
	for i := range list {
		out[list[i].provider] = rq.Versions[list[i].provider]
	}
	return out
}

// rowsOfConsumer joins publications of the versions with every verification.
func (c *Contracts) rowsOfConsumer(ctx context.Context, rq contracts.RowQuery, s versionSets) ([]contracts.Row, error) {
	q := c.query(ctx)
	consumer, args := q.covers(s, `x.consumer_version_id`, `x.consumer_id`)
	q.and(consumer, args...)
	publications, err := publicationsOf(q, rq)
	if err != nil || len(publications) == 0 {
		return nil, err
	}
	results := c.query(ctx)
	results.in(`v.content_id`, contentsOf(publications, (*publication).contentID))
	list, err := resultsOf(results, rq)
	if err != nil {
		return nil, err
	}
	return c.joined(ctx, publications, list, true)
}

// rowsOfProvider joins every publication with verifications by the versions,
// without those that rowsOfConsumer has.
func (c *Contracts) rowsOfProvider(ctx context.Context, rq contracts.RowQuery, s versionSets) ([]contracts.Row, error) {
	results := c.query(ctx)
	provider, args := results.covers(s, `v.provider_version_id`, `v.provider_id`)
	results.and(provider, args...)
	list, err := resultsOf(results, rq)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	q := c.query(ctx)
	q.in(`x.content_id`, contentsOf(list, (*result).contentID))
	consumer, args := q.covers(s, `x.consumer_version_id`, `x.consumer_id`)
	q.and(`NOT (`+consumer+`)`, args...)
	publications, err := publicationsOf(q, rq)
	if err != nil {
		return nil, err
	}
	return c.joined(ctx, publications, list, false)
}
