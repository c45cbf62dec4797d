package store

import (
	"context"
	"errors"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent/pactpublication"
	"github.com/goldenpath/platform/internal/store/ent/withdrawnpact"
)

// WithdrawPacts implements contracts.PactStore. One question remembers them however
// many there are: a service may have had consumers with thousands of versions.
func (c *Contracts) WithdrawPacts(ctx context.Context, of contracts.Withdrawal, at time.Time) error {
	q := c.query(ctx)
	when := `?`
	if q.db.Dialect() == database.Postgres {
		when = `CAST(? AS timestamptz)`
	}
	text := `INSERT INTO withdrawn_pacts (version_id, provider, deleted_at)
		SELECT x.consumer_version_id, p.name, ` + when + ` FROM pact_publications x JOIN pacticipants p ON p.id = x.provider_id
		WHERE NOT x.superseded AND x.consumer_id = ? AND x.provider_id = ?`
	args := []any{at, of.ConsumerID, of.ProviderID}
	pacts := c.client(ctx).PactPublication.Delete().Where(pactpublication.ConsumerID(of.ConsumerID), pactpublication.ProviderID(of.ProviderID))
	if of.ConsumerVersionID != 0 {
		text += ` AND x.consumer_version_id = ?`
		args = append(args, of.ConsumerVersionID)
		pacts = pacts.Where(pactpublication.ConsumerVersionID(of.ConsumerVersionID))
	}
	text += ` ON CONFLICT (version_id, provider) DO UPDATE SET deleted_at = excluded.deleted_at`
	errRemember := q.db.Ask(ctx, database.Question{Text: text, Args: args})
	_, errDelete := pacts.Exec(ctx)
	return wrap(errors.Join(errRemember, errDelete), "withdraw pacts")
}

// RestorePacts implements contracts.PactStore.
func (c *Contracts) RestorePacts(ctx context.Context, versionID int64, providers []string) error {
	_, err := c.client(ctx).WithdrawnPact.Delete().Where(withdrawnpact.VersionID(versionID), withdrawnpact.ProviderIn(providers...)).Exec(ctx)
	return wrap(err, "forget withdrawn pacts")
}

// WithdrawnPacts implements contracts.PactStore.
func (c *Contracts) WithdrawnPacts(ctx context.Context, versionID int64, provider string) ([]contracts.WithdrawnPact, error) {
	q := c.query(ctx)
	q.and(`(w.version_id = ? OR w.provider = ?)`, versionID, provider)
	return rowsOf(q, `SELECT p.id, v.id, p.name, v.number, w.provider, `+q.timeColumn(`w.deleted_at`)+` FROM withdrawn_pacts w
		JOIN pacticipant_versions v ON v.id = w.version_id JOIN pacticipants p ON p.id = v.pacticipant_id`+q.where()+` ORDER BY v.id, w.provider`,
		func(rows database.Rows, p *contracts.WithdrawnPact) error {
			return rows.Scan(&p.ConsumerID, &p.ConsumerVersionID, &p.Consumer, &p.ConsumerVersion, &p.Provider, (*stamp)(&p.DeletedAt))
		})
}
