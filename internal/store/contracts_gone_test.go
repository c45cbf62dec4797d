package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// late lets somebody else go on before a pact or a deployment is stored.
type late struct {
	contracts.Store

	meanwhile func()
}

func (s *late) InsertPact(ctx context.Context, p contracts.Pact) (contracts.Pact, bool, error) {
	s.meanwhile()
	return s.Store.InsertPact(ctx, p)
}

func (s *late) InsertDeployment(ctx context.Context, d contracts.Deployment) error {
	s.meanwhile()
	return s.Store.InsertDeployment(ctx, d)
}

// What is told about things that are deleted in the same moment is kept with all it
// needs, or goes with them, or is refused. SQLite has one writer.
func TestNothingIsToldOfWhatIsGone(t *testing.T) {
	t.Parallel()
	// What has no version, or is a pact without an integration or a content: the gate
	// would not see it.
	const lost = `SELECT
		(SELECT count(*) FROM pact_publications x WHERE NOT EXISTS (SELECT 1 FROM integrations i WHERE i.consumer_id = x.consumer_id AND i.provider_id = x.provider_id)
			OR NOT EXISTS (SELECT 1 FROM pact_contents k WHERE k.id = x.content_id) OR NOT EXISTS (SELECT 1 FROM pacticipant_versions v WHERE v.id = x.consumer_version_id)) +
		(SELECT count(*) FROM deployments d WHERE d.current AND NOT EXISTS (SELECT 1 FROM pacticipant_versions v WHERE v.id = d.version_id))`
	deployed := contracts.Deployment{Service: "web", Version: "1", Environment: "production"}
	again := func(ctx context.Context, b *contracts.Broker) error {
		_, err := b.Publish(ctx, contracts.Publication{Consumer: "web", Version: "1", Contracts: []contracts.Contract{pactWith("api", "y", true)}})
		return err
	}
	for name, c := range map[string]struct {
		tell, remove func(ctx context.Context, b *contracts.Broker) error
	}{
		"a pact of an integration": {again, func(ctx context.Context, b *contracts.Broker) error { return b.DeleteIntegration(ctx, "web", "api") }},
		"a pact of a version":      {again, func(ctx context.Context, b *contracts.Broker) error { return b.DeleteVersion(ctx, "web", "1") }},
		"a pact with a service":    {again, func(ctx context.Context, b *contracts.Broker) error { return b.DeletePacticipant(ctx, "api") }},
		"a deployment of a version": {func(ctx context.Context, b *contracts.Broker) error {
			_, err := b.RecordDeployment(ctx, deployed)
			return err
		}, func(ctx context.Context, b *contracts.Broker) error { return b.DeleteVersion(ctx, "web", "1") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := databasetest.Postgres(t)
			s := store.New(db).Contracts()
			plain := contracts.New(s, db, nil)
			publish(t, plain, "1", pactWith("api", "x", false))
			removed := make(chan error, 1)
			slow := contracts.New(&late{s, func() {
				go func() { removed <- c.remove(t.Context(), plain) }()
				time.Sleep(300 * time.Millisecond) // it is through, or waits
			}}, db, nil)
			told := c.tell(t.Context(), slow)
			gone := <-removed
			var n int
			if err := db.SQL().QueryRowContext(t.Context(), lost).Scan(&n); err != nil || n > 0 {
				t.Errorf("%d are lost (%v); telling ended with %v, removing with %v", n, err, told, gone)
			}
		})
	}
}
