package store

import (
	"context"
	"errors"
	"fmt"
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
	text := `INSERT INTO withdrawn_pacts (version_id, provider, deleted_at, sha)
		SELECT x.consumer_version_id, p.name, ` + when + `, c.sha FROM pact_publications x
		JOIN pacticipants p ON p.id = x.provider_id JOIN pact_contents c ON c.id = x.content_id
		WHERE NOT x.superseded AND x.consumer_id = ? AND x.provider_id = ?`
	args := []any{at, of.ConsumerID, of.ProviderID}
	pacts := c.client(ctx).PactPublication.Delete().Where(pactpublication.ConsumerID(of.ConsumerID), pactpublication.ProviderID(of.ProviderID))
	if of.ConsumerVersionID != 0 {
		text += ` AND x.consumer_version_id = ?`
		args = append(args, of.ConsumerVersionID)
		pacts = pacts.Where(pactpublication.ConsumerVersionID(of.ConsumerVersionID))
	}
	text += ` ON CONFLICT (version_id, provider) DO UPDATE SET deleted_at = excluded.deleted_at, sha = excluded.sha`
	errRemember := q.db.Ask(ctx, database.Question{Text: text, Args: args})
	_, errDelete := pacts.Exec(ctx)
	return wrap(errors.Join(errRemember, errDelete), "withdraw pacts")
}

// keepWithdrawn moves what was withdrawn of a version that goes to where it is kept by
// name: what the gate reads for each question holds nothing of versions that are gone.
func (c *Contracts) keepWithdrawn(ctx context.Context, versionID int64) error {
	errKeep := c.s.db.Ask(ctx, database.Question{Text: `INSERT INTO gone_pacts (consumer, version, provider, deleted_at, sha)
		SELECT p.name, v.number, w.provider, w.deleted_at, w.sha FROM withdrawn_pacts w
		JOIN pacticipant_versions v ON v.id = w.version_id JOIN pacticipants p ON p.id = v.pacticipant_id WHERE w.version_id = ?
		ON CONFLICT (consumer, version, provider) DO UPDATE SET deleted_at = excluded.deleted_at, sha = excluded.sha`, Args: []any{versionID}})
	_, errDelete := c.client(ctx).WithdrawnPact.Delete().Where(withdrawnpact.VersionID(versionID)).Exec(ctx)
	return errors.Join(errKeep, errDelete)
}

// rememberPacts gives a version that is made what was withdrawn of one of its name that
// is gone. Nearly always there is none.
func (c *Contracts) rememberPacts(ctx context.Context, v contracts.Version) error {
	q := c.query(ctx)
	q.and(`p.id = ?`, v.PacticipantID)
	q.and(`g.version = ?`, v.Number)
	gone, err := rowsOf(q, `SELECT g.id, g.provider, g.sha, `+q.timeColumn(`g.deleted_at`)+` FROM gone_pacts g JOIN pacticipants p ON p.name = g.consumer`+q.where(),
		func(rows database.Rows, p *gonePact) error {
			return rows.Scan(&p.id, &p.provider, &p.sha, (*stamp)(&p.deletedAt))
		})
	if err != nil {
		return err
	}
	client := c.client(ctx)
	for _, p := range gone {
		errRemember := client.WithdrawnPact.Create().SetVersionID(v.ID).SetProvider(p.provider).SetSha(p.sha).SetDeletedAt(p.deletedAt).Exec(ctx)
		errForget := client.GonePact.DeleteOneID(p.id).Exec(ctx)
		if err := errors.Join(errRemember, errForget); err != nil {
			return fmt.Errorf("remember the pacts of version %s: %w", v.Number, err)
		}
	}
	return nil
}

type gonePact struct {
	id        int64
	provider  string
	sha       string
	deletedAt time.Time
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
	return rowsOf(q, `SELECT p.id, v.id, p.name, v.number, w.provider, w.sha, `+q.timeColumn(`w.deleted_at`)+` FROM withdrawn_pacts w
		JOIN pacticipant_versions v ON v.id = w.version_id JOIN pacticipants p ON p.id = v.pacticipant_id`+q.where()+` ORDER BY v.id, w.provider`,
		func(rows database.Rows, p *contracts.WithdrawnPact) error {
			return rows.Scan(&p.ConsumerID, &p.ConsumerVersionID, &p.Consumer, &p.ConsumerVersion, &p.Provider, &p.SHA, (*stamp)(&p.DeletedAt))
		})
}
