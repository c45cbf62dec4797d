package store

import (
	"context"
	"slices"

	"github.com/goldenpath/platform/contracts"
)

// versionSets are the versions of a row query, taken apart for SQL.
type versionSets struct{ versions, whole, all []int64 }

func setsOf(q contracts.RowQuery) versionSets {
	s := versionSets{versions: make([]int64, 0, len(q.Versions)), whole: []int64{}, all: make([]int64, 0, len(q.Versions))}
	for pacticipant, set := range q.Versions {
		s.add(pacticipant, set)
	}
	return s
}

func (s *versionSets) add(service int64, set contracts.VersionSet) {
	s.all = append(s.all, service)
	if set.All {
		s.whole = append(s.whole, service)
	} else {
		s.versions = append(s.versions, set.IDs...)
	}
}

// covers keeps rows whose version is in the sets.
func (q *contractsQuery) covers(s versionSets, versionColumn, pacticipantColumn string) (condition string, args []any) {
	switch {
	case len(s.whole) == 0 && versionColumn[0] != '+':
		condition, arg := q.eachOf(versionColumn, s.versions)
		return condition, []any{arg}
	case len(s.whole) == 0:
		condition, arg := q.anyOf(versionColumn, s.versions)
		return condition, []any{arg}
	case len(s.versions) == 0:
		condition, arg := q.anyOf(pacticipantColumn, s.whole)
		return condition, []any{arg}
	}
	versions, arg := q.eachOf(versionColumn, s.versions)
	whole, wholeArg := q.eachOf(pacticipantColumn, s.whole)
	return `(` + versions + ` OR ` + whole + `)`, []any{arg, wholeArg}
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
	var publications []publication
	mine, others := own(rq)
	asks := []func(ctx context.Context) error{func(ctx context.Context) (err error) {
		publications, err = publicationsOf(c.between(ctx, rq, s, mine, others), rq)
		return err
	}}
	var results []result
	known := c.resultsKnown(rq, mine, others)
	if known != nil {
		asks = append(asks, func(ctx context.Context) (err error) {
			results, err = resultsOf(known(ctx), rq)
			return err
		})
	}
	if err := c.Together(ctx, asks...); err != nil {
		return nil, err
	}
	publications = slices.DeleteFunc(publications, func(p publication) bool { _, ok := rq.Versions[p.provider]; return !ok })
	if len(publications) == 0 {
		return nil, nil
	}
	if known == nil {
		var err error
		if results, err = c.resultsFor(ctx, publications, rq); err != nil {
			return nil, err
		}
	}
	return c.joined(ctx, rq, publications, results, true)
}

// resultsKnown asks, before the publications are known, for what their providers
// said: what the versions asked about said, and what others said of their pacts.
// It is nil where that would be more than what is looked for, of many versions, or no
// index leads there, to pacts that were replaced.
func (c *Contracts) resultsKnown(rq contracts.RowQuery, own, others versionSets) func(ctx context.Context) []*contractsQuery {
	if rq.EveryResult || len(own.whole) > 0 || len(own.versions) == 0 || len(own.versions) > fewVersions || len(others.whole) > 0 {
		return nil
	}
	return func(ctx context.Context) []*contractsQuery {
		said := c.query(ctx)
		said.in(`v.provider_version_id`, own.versions)
		if len(others.versions) == 0 {
			return []*contractsQuery{said}
		}
		heard := c.query(ctx)
		published, arg := heard.anyOf(`x.consumer_version_id`, own.versions)
		heard.and(`v.content_id IN (SELECT x.content_id FROM pact_publications x WHERE NOT x.superseded AND `+published+`)`, arg)
		// A content's results are fewer than the versions each would be looked up for.
		heard.in(`+v.provider_version_id`, others.versions)
		return []*contractsQuery{said, heard}
	}
}

// own takes the versions asked about and those of other services apart.
func own(rq contracts.RowQuery) (own, others versionSets) {
	for service, set := range rq.Versions {
		if slices.Contains(rq.Involving, service) {
			own.add(service, set)
		} else {
			others.add(service, set)
		}
	}
	return own, others
}

// between asks for publications of the versions with their services. Those of the
// services asked about and those of others with them are asked for apart: "either
// of both" would make the database read what every version of theirs published.
func (c *Contracts) between(ctx context.Context, rq contracts.RowQuery, s, mine, others versionSets) []*contractsQuery {
	published := func(by versionSets) *contractsQuery {
		q := c.query(ctx)
		consumer, args := q.covers(by, `x.consumer_version_id`, `x.consumer_id`)
		q.and(consumer, args...)
		return q
	}
	withAny := func(by versionSets) *contractsQuery {
		q := published(by)
		switch {
		case len(s.all) > fewServices && rq.Involving != nil:
		case len(by.versions) == 0:
			q.in(`x.provider_id`, s.all)
		default:
			// The plus keeps the database from looking every version up under every provider.
			q.in(`+x.provider_id`, s.all)
		}
		return q
	}
	if rq.Involving == nil {
		return []*contractsQuery{withAny(s)}
	}
	asks := []*contractsQuery{withAny(mine)}
	if len(others.all) > 0 {
		q := published(others)
		provider := `x.provider_id`
		if len(others.whole) == 0 {
			provider = `+` + provider // as above
		}
		q.in(provider, rq.Involving)
		asks = append(asks, q)
	}
	return asks
}

// resultsFor reads what providers said about publications, those of their
// versions that are asked about, in the order of contents.
func (c *Contracts) resultsFor(ctx context.Context, publications []publication, rq contracts.RowQuery) ([]result, error) {
	if len(publications) == 0 {
		return nil, nil
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
	return resultsOf([]*contractsQuery{results}, rq)
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
	publications, err := publicationsOf([]*contractsQuery{q}, rq)
	if err != nil || len(publications) == 0 {
		return nil, err
	}
	results := c.query(ctx)
	results.in(`v.content_id`, contentsOf(publications, (*publication).contentID))
	list, err := resultsOf([]*contractsQuery{results}, rq)
	if err != nil {
		return nil, err
	}
	return c.joined(ctx, rq, publications, list, true)
}

// rowsOfProvider joins every publication with verifications by the versions,
// without those that rowsOfConsumer has.
func (c *Contracts) rowsOfProvider(ctx context.Context, rq contracts.RowQuery, s versionSets) ([]contracts.Row, error) {
	results := c.query(ctx)
	provider, args := results.covers(s, `v.provider_version_id`, `v.provider_id`)
	results.and(provider, args...)
	list, err := resultsOf([]*contractsQuery{results}, rq)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	q := c.query(ctx)
	q.in(`x.content_id`, contentsOf(list, (*result).contentID))
	consumer, args := q.covers(s, `x.consumer_version_id`, `x.consumer_id`)
	q.and(`NOT (`+consumer+`)`, args...)
	publications, err := publicationsOf([]*contractsQuery{q}, rq)
	if err != nil {
		return nil, err
	}
	return c.joined(ctx, rq, publications, list, false)
}
