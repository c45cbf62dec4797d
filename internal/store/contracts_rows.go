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

// publication and result are the two halves of a row.
type publication struct {
	id, content, consumer, version, provider int64
	revision                                 int
	at                                       stamp
}

type result struct {
	id, content, version int64
	success, incomplete  bool
	at                   stamp
}

// contentsOf returns the contents of publications or results, each once.
func contentsOf[T any](list []T, content func(*T) int64) []int64 {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = content(&list[i])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (p *publication) contentID() int64 { return p.content }

func (r *result) contentID() int64 { return r.content }

// joined returns each publication with each result of its content; those without
// one, too, if they are wanted. Results are in the order of contents.
func (c *Contracts) joined(ctx context.Context, rq contracts.RowQuery, publications []publication, results []result, unverified bool) ([]contracts.Row, error) {
	rows := make([]contracts.Row, 0, max(len(publications), len(results)))
	for i := range publications {
		p := &publications[i]
		row := contracts.Row{
			PactID: p.id, ContentID: p.content, ConsumerID: p.consumer, ConsumerVersionID: p.version, ProviderID: p.provider,
			PublishedAt: time.Time(p.at), Revision: p.revision,
		}
		at, _ := slices.BinarySearchFunc(results, p.content, func(r result, content int64) int { return cmp.Compare(r.content, content) })
		verified := false
		for ; at < len(results) && results[at].content == p.content; at++ {
			r := &results[at]
			row.VerificationID, row.ProviderVersionID, row.Success, row.Incomplete, row.VerifiedAt = r.id, r.version, r.success, r.incomplete, time.Time(r.at)
			rows = append(rows, row)
			verified = true
		}
		if !verified && unverified {
			rows = append(rows, row)
		}
	}
	if rq.Bare {
		return rows, nil
	}
	return c.namedRows(ctx, rows)
}

// namedRows names all rows, and leaves out what was deleted since it was read.
func (c *Contracts) namedRows(ctx context.Context, rows []contracts.Row) ([]contracts.Row, error) {
	all := make([]*contracts.Row, len(rows))
	for i := range rows {
		all[i] = &rows[i]
	}
	err := c.NameRows(ctx, all)
	if !slices.ContainsFunc(all, (*contracts.Row).Gone) {
		return rows, err
	}
	return slices.DeleteFunc(rows, func(r contracts.Row) bool { return r.Gone() }), err
}

// NameRows implements contracts.MatrixStore.
func (c *Contracts) NameRows(ctx context.Context, rows []*contracts.Row) error {
	n := len(rows)
	err := c.name(ctx,
		naming{&c.names.services, n, func(i int) int64 { return rows[i].ConsumerID }, func(i int, n name) { rows[i].Consumer = n.text }},
		naming{&c.names.services, n, func(i int) int64 { return rows[i].ProviderID }, func(i int, n name) { rows[i].Provider = n.text }},
		naming{&c.names.versions, n, func(i int) int64 { return rows[i].ConsumerVersionID }, func(i int, n name) { rows[i].ConsumerVersion = n.text }},
		naming{&c.names.versions, n, func(i int) int64 { return rows[i].ProviderVersionID }, func(i int, n name) { rows[i].ProviderVersion = n.text }},
		naming{&c.names.contents, n, func(i int) int64 { return rows[i].ContentID }, func(i int, n name) { rows[i].SHA = n.text }},
	)
	for _, r := range rows {
		if r.ProviderVersionID != 0 && r.ProviderVersion == "" { // with it went what it had verified
			r.VerificationID, r.ProviderVersionID, r.Success, r.Incomplete, r.VerifiedAt = 0, 0, false, false, time.Time{}
		}
	}
	return err
}

// allOf is several queries, of which no two have a row in common, as one; text is
// their SELECT.
func allOf(asks []*contractsQuery, text string) (*contractsQuery, string) {
	all := *asks[0]
	all.args = nil
	texts := make([]string, len(asks))
	for i, q := range asks {
		texts[i] = text + q.where()
		all.args = append(all.args, q.args...)
	}
	return &all, strings.Join(texts, ` UNION ALL `)
}

// publicationsOf reads what any of the queries asks for.
func publicationsOf(asks []*contractsQuery, rq contracts.RowQuery) ([]publication, error) {
	if !rq.EveryResult {
		for _, q := range asks {
			q.and(`NOT x.superseded`)
		}
	}
	all, text := allOf(asks, `SELECT x.id, x.content_id, x.consumer_id, x.consumer_version_id, x.provider_id, x.revision, `+
		asks[0].timeColumn(`x.created_at`)+` FROM pact_publications x`)
	return rowsOf(all, text, func(rows database.Rows, p *publication) error {
		return rows.Scan(&p.id, &p.content, &p.consumer, &p.version, &p.provider, &p.revision, &p.at)
	})
}

// byContent is the order of results: of one content by provider versions, the
// newest first.
func byContent(a, b result) int {
	return cmp.Or(cmp.Compare(a.content, b.content), cmp.Compare(a.version, b.version), cmp.Compare(b.id, a.id))
}

// resultsOf returns results in the order of contents: the newest per content and
// provider version, unless all count. They are told apart here, because few have a
// later one and asking for it costs as much as reading the result.
func resultsOf(asks []*contractsQuery, rq contracts.RowQuery) ([]result, error) {
	all, text := allOf(asks, `SELECT v.id, v.content_id, v.provider_version_id, v.success, v.incomplete, `+
		asks[0].timeColumn(`v.verified_at`)+` FROM verifications v`)
	list, err := rowsOf(all, text, func(rows database.Rows, r *result) error {
		return rows.Scan(&r.id, &r.content, &r.version, &r.success, &r.incomplete, &r.at)
	})
	slices.SortFunc(list, byContent)
	if !rq.EveryResult {
		list = slices.CompactFunc(list, func(a, b result) bool { return a.content == b.content && a.version == b.version })
	}
	return list, err
}
