package store

import (
	"context"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
)

// placesBeside begins to read the places of what a hub's consumers have in an
// environment, on another connection, and returns how to wait for them. To read
// where thousands of versions are takes as long as to judge them; nothing is judged
// by it. Whoever finds no places there asks for them: it gives none when somebody
// else does the same, nor when reading fails.
func (c *Contracts) placesBeside(ctx context.Context, mq contracts.MeetingQuery) (wait func() map[int64]contracts.VersionDetail) {
	_, hub := c.hubs.Load(mq.PacticipantID)
	_, writes := c.s.db.Tx(ctx) // which others do not see yet
	if !mq.Places || !hub || writes || !c.besides.TryLock() {
		return func() map[int64]contracts.VersionDetail { return nil }
	}
	read := make(chan map[int64]contracts.VersionDetail, 1)
	go func() {
		var places map[int64]contracts.VersionDetail
		defer func() {
			if recover() != nil { // it will panic again where somebody answers for it
				places = nil
			}
			c.besides.Unlock()
			read <- places
		}()
		places, _ = c.placesThere(c.s.db.Elsewhere(ctx), mq)
	}()
	return func() map[int64]contracts.VersionDetail { return <-read }
}

// placesThere reads the places of what a provider's consumers have in an environment.
func (c *Contracts) placesThere(ctx context.Context, mq contracts.MeetingQuery) (map[int64]contracts.VersionDetail, error) {
	q := c.query(ctx)
	q.args = []any{mq.Environment.ID, mq.PacticipantID}
	there, err := rowsOf(q, `SELECT d.version_id FROM deployments d WHERE d.environment_id = ? AND d.current
			AND +d.pacticipant_id IN (SELECT i.consumer_id FROM integrations i WHERE i.provider_id = ?)`,
		func(rows database.Rows, id *int64) error { return rows.Scan(id) })
	if err != nil {
		return nil, err
	}
	return c.VersionPlaces(ctx, there)
}
