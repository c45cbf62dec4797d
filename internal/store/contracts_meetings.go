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

// Meetings implements contracts.MatrixStore. What the version said of pacts is read
// apart: few rows of one index, where the database would look each pact up.
func (c *Contracts) Meetings(ctx context.Context, mq contracts.MeetingQuery) (contracts.Meetings, error) {
	var promised, asked []contracts.Meeting
	var said []result
	places := c.placesBeside(ctx, mq)
	err := c.Together(ctx,
		func(ctx context.Context) (err error) {
			promised, err = c.providersMet(ctx, mq)
			return err
		},
		func(ctx context.Context) (err error) {
			asked, err = c.consumersMet(ctx, mq)
			return err
		},
		func(ctx context.Context) (err error) {
			q := c.query(ctx)
			q.and(`v.provider_version_id = ?`, mq.VersionID)
			said, err = resultsOf([]*contractsQuery{q}, contracts.RowQuery{EveryResult: true})
			return err
		},
	)
	shown := places() // also after an error: it is not left alone
	if err != nil {
		return contracts.Meetings{}, err
	}
	c.seeHub(mq.PacticipantID, asked)
	verified := slices.ContainsFunc(said, func(r result) bool { return !r.incomplete }) // also before one that was not finished
	said = slices.CompactFunc(said, func(a, b result) bool { return a.content == b.content })
	itself := func(m *contracts.Meeting) bool { return m.Promised && m.There.PacticipantID == mq.PacticipantID }
	list := slices.Concat(promised, asked)
	for i := range list {
		m := &list[i]
		if itself(m) {
			m.There.VersionID = mq.VersionID
		}
		if !m.Promised || itself(m) {
			judged(m, said)
		}
	}
	list, err = c.namedMeetings(ctx, list, mq.Pacts)
	return contracts.Meetings{List: list, Verified: verified, Places: shown}, err
}

// seeHub notes that a service has many consumers, if it has: one that is there many
// times is one.
func (c *Contracts) seeHub(service int64, asked []contracts.Meeting) {
	if _, known := c.hubs.Load(service); known || len(asked) < c.many {
		return
	}
	consumers := make(map[int64]bool, c.many)
	for i := range asked {
		consumers[asked[i].There.PacticipantID] = true
	}
	if len(consumers) >= c.many {
		c.hubs.Store(service, true)
	}
}

// judged gives a meeting what was said of its pact; results are in the order of
// contents, of each the newest.
func judged(m *contracts.Meeting, said []result) {
	if m.ContentID == 0 {
		return
	}
	at, found := slices.BinarySearchFunc(said, m.ContentID, func(r result, content int64) int { return cmp.Compare(r.content, content) })
	if found {
		r := &said[at]
		m.VerificationID, m.Success, m.Incomplete, m.VerifiedAt = r.id, r.success, r.incomplete, time.Time(r.at)
	}
}

// columns of deployments that differ from one to the next in one environment.
func (q *contractsQuery) placeColumns() string {
	return `COALESCE(d.id, ''), COALESCE(d.kind = 'released', FALSE), COALESCE(d.application_instance, ''), COALESCE(d.version_id, 0), ` + q.timeColumn(`d.created_at`)
}

// consumersMet reads the consumers' versions that are there, with their pacts.
func (c *Contracts) consumersMet(ctx context.Context, mq contracts.MeetingQuery) ([]contracts.Meeting, error) {
	q := c.query(ctx)
	service := `d.pacticipant_id`
	if _, hub := c.hubs.Load(mq.PacticipantID); hub {
		service = `+` + service // a list of everything that is there is sooner read than each of many looked up
	}
	q.args = []any{mq.PacticipantID, mq.Environment.ID, mq.PacticipantID, mq.PacticipantID}
	columns := q.placeColumns()
	if mq.Pacts {
		columns = `d.version_id, COALESCE(x.id, 0), COALESCE(x.revision, 0)`
	}
	return rowsOf(q, `SELECT d.pacticipant_id, COALESCE(x.content_id, 0), `+q.timeColumn(`x.created_at`)+`, `+columns+`
		FROM deployments d
		LEFT JOIN pact_publications x ON x.consumer_version_id = d.version_id AND x.provider_id = ? AND NOT x.superseded
		WHERE d.environment_id = ? AND d.current AND d.pacticipant_id <> ?
			AND `+service+` IN (SELECT i.consumer_id FROM integrations i WHERE i.provider_id = ?)`,
		func(rows database.Rows, m *contracts.Meeting) error {
			d := &m.There
			if mq.Pacts {
				return rows.Scan(&d.PacticipantID, &m.ContentID, (*stamp)(&m.PublishedAt), &d.VersionID, &m.PactID, &m.Revision)
			}
			var released bool
			err := rows.Scan(&d.PacticipantID, &m.ContentID, (*stamp)(&m.PublishedAt), &d.ID, &released, &d.ApplicationInstance, &d.VersionID, (*stamp)(&d.CreatedAt))
			placed(d, released, mq)
			return err
		})
}

// providersMet reads the version's pacts, each with the providers' versions that
// are there and what they said of it last. Versions are compared by a range, because
// of equals PostgreSQL expects so few that it reads all that a provider's version
// said, and one that thousands consume has said much.
func (c *Contracts) providersMet(ctx context.Context, mq contracts.MeetingQuery) ([]contracts.Meeting, error) {
	q := c.query(ctx)
	q.args = []any{mq.Environment.ID, mq.PacticipantID, mq.VersionID}
	list, err := rowsOf(q, `SELECT x.provider_id, `+q.placeColumns()+`, x.content_id, `+q.timeColumn(`x.created_at`)+`, x.id, x.revision,
			COALESCE(v.id, 0), COALESCE(v.success, FALSE), COALESCE(v.incomplete, FALSE), `+q.timeColumn(`v.verified_at`)+`
		FROM pact_publications x
		LEFT JOIN deployments d ON d.environment_id = ? AND d.pacticipant_id = x.provider_id AND d.current AND d.pacticipant_id <> ?
		LEFT JOIN verifications v ON v.content_id = x.content_id AND v.provider_version_id BETWEEN d.version_id AND d.version_id
		WHERE x.consumer_version_id = ? AND NOT x.superseded`,
		func(rows database.Rows, m *contracts.Meeting) error {
			var released bool
			d := &m.There
			err := rows.Scan(&d.PacticipantID, &d.ID, &released, &d.ApplicationInstance, &d.VersionID, (*stamp)(&d.CreatedAt), &m.ContentID, (*stamp)(&m.PublishedAt), &m.PactID, &m.Revision,
				&m.VerificationID, &m.Success, &m.Incomplete, (*stamp)(&m.VerifiedAt))
			m.Promised = true
			placed(d, released, mq)
			return err
		})
	slices.SortFunc(list, func(a, b contracts.Meeting) int {
		return cmp.Or(cmp.Compare(a.ContentID, b.ContentID), strings.Compare(a.There.ID, b.There.ID), cmp.Compare(b.VerificationID, a.VerificationID))
	})
	list = slices.CompactFunc(list, func(a, b contracts.Meeting) bool { return a.ContentID == b.ContentID && a.There.ID == b.There.ID })
	for i := range list {
		if m := &list[i]; mq.Pacts {
			m.There = contracts.Deployment{PacticipantID: m.There.PacticipantID, VersionID: m.There.VersionID}
		} else {
			m.PactID, m.Revision = 0, 0
		}
	}
	return list, err
}

// placed completes a deployment that is there, if it is one.
func placed(d *contracts.Deployment, released bool, mq contracts.MeetingQuery) {
	if d.ID == "" {
		return
	}
	d.Kind, d.Environment, d.EnvironmentID, d.Current = contracts.Deployed, mq.Environment.Name, mq.Environment.ID, true
	if released {
		d.Kind = contracts.Released
	}
}

// namedMeetings adds names, orders, and leaves out who was deleted since; and who
// is met again, if each version is to be met once.
func (c *Contracts) namedMeetings(ctx context.Context, list []contracts.Meeting, once bool) ([]contracts.Meeting, error) {
	n := len(list)
	err := c.name(ctx,
		naming{&c.names.services, n, func(i int) int64 { return list[i].There.PacticipantID }, func(i int, n name) { list[i].There.Service = n.text }},
		naming{&c.names.versions, n, func(i int) int64 { return list[i].There.VersionID }, func(i int, n name) { list[i].There.Version = n.text }},
		naming{&c.names.contents, n, func(i int) int64 { return list[i].ContentID }, func(i int, n name) { list[i].SHA = n.text }},
	)
	if err != nil {
		return nil, err
	}
	gone := func(m *contracts.Meeting) bool {
		return m.There.Service == "" || (m.There.VersionID != 0 && m.There.Version == "") || (m.ContentID != 0 && m.SHA == "")
	}
	order := make([]*contracts.Meeting, 0, n) // meetings are large: they are not moved about
	for i := range list {
		if !gone(&list[i]) {
			order = append(order, &list[i])
		}
	}
	slices.SortFunc(order, func(a, b *contracts.Meeting) int {
		if a.Promised != b.Promised {
			if a.Promised {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.There.Service, b.There.Service), strings.Compare(a.There.ID, b.There.ID), cmp.Compare(a.There.VersionID, b.There.VersionID))
	})
	if once {
		order = slices.CompactFunc(order, func(a, b *contracts.Meeting) bool {
			return a.Promised == b.Promised && a.There.PacticipantID == b.There.PacticipantID && a.There.VersionID == b.There.VersionID
		})
	}
	out := make([]contracts.Meeting, len(order))
	for i, m := range order {
		out[i] = *m
	}
	return out, nil
}
