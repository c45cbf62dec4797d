package store_test

import (
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// TestAVersionThatVerifiedMuchIsDeleted deletes a provider's version with more
// results than a query may have parameters.
func TestAVersionThatVerifiedMuchIsDeleted(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		s := store.New(db).Contracts()
		b := contracts.New(s, db, nil)
		v, _, err := b.SaveVersion(t.Context(), "api", "1", contracts.VersionChange{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.SQL().ExecContext(t.Context(), db.Rebind(`
			INSERT INTO verifications (content_id, consumer_id, provider_id, provider_version_id, success, verified_at)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000)
			SELECT n.i, 0, ?, ?, true, ? FROM n`), v.PacticipantID, v.ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := b.DeleteVersion(t.Context(), "api", "1"); err != nil {
			t.Fatal(err)
		}
		left, err := s.Verifications(t.Context(), contracts.VerificationFilter{ProviderVersionIDs: []int64{v.ID}, Limit: 1})
		if err != nil || len(left) > 0 {
			t.Errorf("results are left: %v %v", left, err)
		}
	})
}
