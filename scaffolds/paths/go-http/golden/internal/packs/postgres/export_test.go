package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"example.com/golden/service/internal/items"
)

// Session tells what the connection of a store was told: whether statements are
// prepared there, and the timeout. The store has one connection.
func Session(t *testing.T, store items.Store) (prepared bool, timeout string) {
	t.Helper()
	err := store.(*itemStore).db.primary.QueryRow(t.Context(), //nolint:forcetypeassert // a test's own store
		`SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE statement LIKE '%FROM items%'), current_setting('statement_timeout')`,
		pgx.QueryExecModeSimpleProtocol).Scan(&prepared, &timeout)
	if err != nil {
		t.Fatal(err)
	}
	return prepared, timeout
}
