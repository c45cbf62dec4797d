package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent/pactcontent"
	"github.com/goldenpath/platform/internal/store/ent/verification"
	"github.com/goldenpath/platform/internal/store/ent/verificationdetail"
)

// InsertVerification implements contracts.VerificationStore.
func (c *Contracts) InsertVerification(ctx context.Context, v contracts.Verification) (contracts.Verification, error) {
	content, err := c.client(ctx).PactContent.Query().Where(pactcontent.ID(v.ContentID)).
		Select(pactcontent.FieldID, pactcontent.FieldConsumerID, pactcontent.FieldProviderID).Only(ctx)
	if err != nil {
		return v, fmt.Errorf("select content %d: %w", v.ContentID, err)
	}
	row, err := c.client(ctx).Verification.Create().SetContentID(v.ContentID).SetConsumerID(content.ConsumerID).SetProviderID(content.ProviderID).
		SetProviderVersionID(v.ProviderVersionID).SetSuccess(v.Success).SetIncomplete(v.Incomplete).SetPending(v.Pending).SetWip(v.WIP).
		SetConsumerVersion(v.ConsumerVersion).SetBuildURL(v.BuildURL).SetVerifiedAt(v.VerifiedAt).Save(ctx)
	if err != nil {
		return v, fmt.Errorf("insert verification of %s by %s: %w", v.PactSHA, v.ProviderVersion, err)
	}
	v.ID = row.ID
	results, err := json.Marshal(v.Interactions)
	if err != nil {
		return v, fmt.Errorf("encode results: %w", err)
	}
	err = c.client(ctx).VerificationDetail.Create().SetID(v.ID).SetInteractions(string(results)).SetLog(v.Log).
		SetVerifiedBy(string(v.VerifiedBy)).SetTestResults(string(v.TestResults)).Exec(ctx)
	return v, wrap(err, "insert verification details")
}

// Verifications implements contracts.VerificationStore.
func (c *Contracts) Verifications(ctx context.Context, f contracts.VerificationFilter) ([]contracts.Verification, error) {
	q := c.query(ctx)
	if f.ID != 0 {
		q.and(`v.id = ?`, f.ID)
	}
	if f.ConsumerID != 0 {
		q.and(`v.consumer_id = ?`, f.ConsumerID)
	}
	if f.ProviderID != 0 {
		q.and(`v.provider_id = ?`, f.ProviderID)
	}
	q.in(`v.content_id`, f.ContentIDs)
	q.in(`v.provider_version_id`, f.ProviderVersionIDs)
	if f.Complete {
		q.and(`NOT v.incomplete`)
	}
	const joined = `SELECT v.id, v.content_id, v.provider_version_id, k.sha, c.name, p.name, v.consumer_version, pv.number,
			v.success, v.incomplete, v.pending, v.wip, v.build_url, v.verified_at
		FROM verifications v JOIN pact_contents k ON k.id = v.content_id
		JOIN pacticipants c ON c.id = v.consumer_id JOIN pacticipants p ON p.id = v.provider_id
		JOIN pacticipant_versions pv ON pv.id = v.provider_version_id`
	text := joined + q.where()
	if f.Latest {
		text = joined + ` WHERE v.id IN (SELECT max(v.id) FROM verifications v` + q.where() + ` GROUP BY v.content_id)`
	}
	text += ` ORDER BY v.id DESC`
	if f.Limit > 0 {
		text += fmt.Sprintf(` LIMIT %d`, f.Limit)
	}
	return rowsOf(q, text, func(rows database.Rows, v *contracts.Verification) error {
		err := rows.Scan(&v.ID, &v.ContentID, &v.ProviderVersionID, &v.PactSHA, &v.Consumer, &v.Provider, &v.ConsumerVersion, &v.ProviderVersion,
			&v.Success, &v.Incomplete, &v.Pending, &v.WIP, &v.BuildURL, &v.VerifiedAt)
		v.VerifiedAt = v.VerifiedAt.UTC()
		return err
	})
}

// EverVerified implements contracts.VerificationStore.
func (c *Contracts) EverVerified(ctx context.Context, consumerID, providerID int64) (bool, error) {
	q := c.query(ctx)
	q.and(`consumer_id = ? AND provider_id = ? AND NOT incomplete`, consumerID, providerID)
	list, err := rowsOf(q, `SELECT id FROM verifications`+q.where()+` LIMIT 1`, func(rows database.Rows, id *int64) error { return rows.Scan(id) })
	return len(list) > 0, err
}

// VerificationDetails implements contracts.VerificationStore.
func (c *Contracts) VerificationDetails(ctx context.Context, vs []contracts.Verification) error {
	if len(vs) == 0 {
		return nil
	}
	type detail struct {
		id                                         int64
		interactions, log, verifiedBy, testResults string
	}
	ids := make([]int64, len(vs))
	for i, v := range vs {
		ids[i] = v.ID
	}
	q := c.query(ctx)
	q.in(`id`, ids)
	list, err := rowsOf(q, `SELECT id, interactions, log, verified_by, test_results FROM verification_details`+q.where(),
		func(rows database.Rows, d *detail) error {
			return rows.Scan(&d.id, &d.interactions, &d.log, &d.verifiedBy, &d.testResults)
		})
	if err != nil {
		return err
	}
	byID := make(map[int64]detail, len(list))
	for _, d := range list {
		byID[d.id] = d
	}
	for i := range vs {
		d, ok := byID[vs[i].ID]
		if !ok {
			continue
		}
		vs[i].Log, vs[i].VerifiedBy, vs[i].TestResults = d.log, rawJSON(d.verifiedBy), rawJSON(d.testResults)
		if err := json.Unmarshal([]byte(d.interactions), &vs[i].Interactions); err != nil {
			return fmt.Errorf("decode results of verification %d: %w", d.id, err)
		}
	}
	return nil
}

// rawJSON is stored JSON, nil for none.
func rawJSON(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// DeleteVerification implements contracts.VerificationStore.
func (c *Contracts) DeleteVerification(ctx context.Context, id int64) error {
	if _, err := c.client(ctx).VerificationDetail.Delete().Where(verificationdetail.ID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete details of verification %d: %w", id, err)
	}
	_, err := c.client(ctx).Verification.Delete().Where(verification.ID(id)).Exec(ctx)
	return wrap(err, "delete verification")
}
