package database_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
)

// BenchmarkStart opens and migrates a database: what a start waits for.
func BenchmarkStart(b *testing.B) {
	start := func(b *testing.B, address string) {
		b.Helper()
		db, err := database.Open(b.Context(), address, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Migrate(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("SQLite, first time", func(b *testing.B) {
		for b.Loop() {
			start(b, "sqlite:"+filepath.Join(b.TempDir(), "platform.db"))
		}
	})
	b.Run("SQLite, again", func(b *testing.B) {
		address := "sqlite:" + databasetest.SQLite(b).Path()
		for b.Loop() {
			start(b, address)
		}
	})
	b.Run("PostgreSQL, again", func(b *testing.B) {
		address := databasetest.Postgres(b).Pool().Config().ConnString()
		for b.Loop() {
			start(b, address)
		}
	})
}

// BenchmarkInTx is a transaction that writes one row.
func BenchmarkInTx(b *testing.B) {
	for _, db := range []*database.DB{databasetest.SQLite(b), databasetest.Postgres(b)} {
		b.Run(string(db.Dialect()), func(b *testing.B) {
			for b.Loop() {
				err := db.InTx(b.Context(), func(ctx context.Context) error {
					_, err := db.Writer(ctx).ExecContext(ctx, "UPDATE environments SET display_name = 'Test' WHERE name = 'test'")
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
