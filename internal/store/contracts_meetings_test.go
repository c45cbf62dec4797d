package store_test

import (
	"context"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest/company"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// TestWhoConsumesWhatManyConsumeReadsItsOwnPact counts what PostgreSQL reads of
// verifications when one of 500 consumers asks. Service 1 is what they consume; its
// version in production verified every consumer's pact four times. Other services,
// whose versions verified little, make that an exception for who plans the query.
func TestWhoConsumesWhatManyConsumeReadsItsOwnPact(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	const consumer, provider, production = 7, 1, "0190d3a0-0000-7000-8000-000000000002"
	for _, fill := range []string{
		`INSERT INTO pacticipants (id, name, created_at) SELECT n, 'service ' || n, now() FROM generate_series(1, 501) n`,
		`INSERT INTO pacticipant_versions (id, pacticipant_id, number, created_at) SELECT n, (n - 1) % 501 + 1, 'version ' || n, now() FROM generate_series(1, 5010) n`,
		`INSERT INTO integrations (consumer_id, provider_id, created_at) SELECT n, 1, now() FROM generate_series(2, 501) n`,
		`INSERT INTO pact_contents (id, provider_id, consumer_id, sha, created_at, body) SELECT n, 1, n, 'sha ' || n, now(), '' FROM generate_series(2, 501) n`,
		`INSERT INTO pact_publications (consumer_id, provider_id, consumer_version_id, created_at, content_id) SELECT n, 1, n, now(), n FROM generate_series(2, 501) n`,
		`INSERT INTO verifications (content_id, provider_id, consumer_id, provider_version_id, success, verified_at) SELECT n, 1, n, 1, true, now() FROM generate_series(1, 4), generate_series(2, 501) n`,
		`INSERT INTO verifications (content_id, consumer_id, provider_id, provider_version_id, success, verified_at) SELECT 1000 + n, 1, 2, n, true, now() FROM generate_series(1, 4), generate_series(2, 5010) n`,
		`INSERT INTO deployments (id, kind, pacticipant_id, environment_id, version_id, created_at) SELECT n, 'deployed', n, '` + production + `', n, now() FROM generate_series(1, 501) n`,
		`VACUUM ANALYZE`,
	} {
		if _, err := db.SQL().ExecContext(t.Context(), fill); err != nil {
			t.Fatalf("%s: %v", fill, err)
		}
	}
	read := func(ctx context.Context) (rows int64) {
		if err := db.Ask(ctx, database.Question{
			Text: `SELECT CAST(sum(pg_stat_get_xact_tuples_returned(indexrelid)) AS bigint) FROM pg_index WHERE indrelid = CAST('verifications' AS regclass)`,
			Read: func(r database.Rows) error {
				r.Next()
				return r.Scan(&rows)
			},
		}); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	c := store.New(db).Contracts()
	if err := db.InTx(t.Context(), func(ctx context.Context) error {
		before := read(ctx)
		m, err := c.Meetings(ctx, contracts.MeetingQuery{
			PacticipantID: consumer, VersionID: consumer, Environment: contracts.Environment{ID: production, Name: "production"},
		})
		if err != nil {
			return err
		}
		if len(m.List) != 1 || m.List[0].There.VersionID != provider || !m.List[0].Success {
			t.Errorf("it meets %+v", m.List)
		}
		if n := read(ctx) - before; n < 1 || n > 20 {
			t.Errorf("to find what one version said of one pact, %d verifications are read", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestManyReleasesAreNotManyConsumers lets one consumer of api have three releases in
// production: all that is there is not the shorter list to read. Three consumers are
// many here.
func TestManyReleasesAreNotManyConsumers(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		const many = 3
		c := store.New(db).Contracts().ManyFrom(many)
		b := contracts.New(c, db, nil)
		released := func(name, version string) {
			if _, err := b.Publish(t.Context(), contracts.Publication{
				Consumer: name, Version: version, Contracts: []contracts.Contract{{Consumer: name, Provider: "api", Content: company.Pact(name, "api", "1")}},
			}); err != nil {
				t.Fatal(err)
			}
			if _, err := b.RecordRelease(t.Context(), contracts.Deployment{Service: name, Version: version, Environment: "production"}); err != nil {
				t.Fatal(err)
			}
		}
		v, _, err := b.SaveVersion(t.Context(), "api", "1", contracts.VersionChange{})
		if err != nil {
			t.Fatal(err)
		}
		hub := func() bool {
			e, err := b.Environment(t.Context(), "production")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Meetings(t.Context(), contracts.MeetingQuery{PacticipantID: v.PacticipantID, VersionID: v.ID, Environment: e}); err != nil {
				t.Fatal(err)
			}
			return c.Hub(v.PacticipantID)
		}
		for _, version := range []string{"1", "2", "3"} {
			released("app", version)
		}
		if hub() {
			t.Error("three releases of one consumer are many consumers")
		}
		released("web", "1")
		released("tool", "1")
		if !hub() {
			t.Error("three consumers are not many")
		}
	})
}
