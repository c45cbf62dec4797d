package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest/company"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// TestMoreAskThanThereAreConnections asks about a service with many consumers from
// more places at once than the database has connections: a question that holds one
// while it waits for another would wait for ever.
func TestMoreAskThanThereAreConnections(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		b := contracts.New(store.New(db).Contracts(), db, nil)
		const consumers, callers = 520, 100
		if _, _, err := b.SaveVersion(t.Context(), "api", "1", contracts.VersionChange{}); err != nil {
			t.Fatal(err)
		}
		for i := range consumers {
			name := fmt.Sprint("web", i)
			if _, err := b.Publish(t.Context(), contracts.Publication{
				Consumer: name, Version: "1", Contracts: []contracts.Contract{{Consumer: name, Provider: "api", Content: company.Pact(name, "api", "1")}},
			}); err != nil {
				t.Fatal(err)
			}
			if _, err := b.RecordDeployment(t.Context(), contracts.Deployment{Service: name, Version: "1", Environment: "production"}); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				m, err := b.Matrix(ctx, contracts.MatrixQuery{
					Selectors: []contracts.MatrixSelector{{Pacticipant: "api", Version: "1"}}, Environment: "production", LatestBy: "cvpv",
				})
				if err != nil || m.Unknowns != consumers {
					t.Errorf("%d unknowns, %v", m.Unknowns, err)
				}
			})
		}
		all.Wait()
	})
}
