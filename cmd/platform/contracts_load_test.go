package main

import (
	"context"
	"database/sql"
	"iter"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/goldenpath/platform/contracts/contractstest/company"
	"github.com/goldenpath/platform/internal/database"
)

// load fills tables as fast as the database takes rows.
func load(b *testing.B, db *database.DB, tables []company.Table) {
	b.Helper()
	for _, t := range tables {
		fill := loadSQLite
		if db.Dialect() == database.Postgres {
			fill = loadPostgres
		}
		if err := fill(b.Context(), db, t); err != nil {
			b.Fatalf("load %s: %v", t.Name, err)
		}
	}
	if db.Dialect() == database.Postgres {
		// A server does this by itself after a while.
		if _, err := db.SQL().ExecContext(b.Context(), "VACUUM ANALYZE"); err != nil {
			b.Fatal(err)
		}
	}
}

func loadPostgres(ctx context.Context, db *database.DB, t company.Table) error {
	next, stop := iter.Pull2(t.Rows)
	defer stop()
	_, err := db.Pool().CopyFrom(ctx, pgx.Identifier{t.Name}, t.Columns, pgx.CopyFromFunc(func() ([]any, error) {
		row, err, _ := next()
		return row, err
	}))
	if err != nil {
		return err
	}
	// Later rows get ids after these. Tables whose ids are texts have no sequence.
	var sequence sql.NullString
	err = db.SQL().QueryRowContext(ctx, "SELECT pg_get_serial_sequence($1, 'id')", t.Name).Scan(&sequence)
	if err != nil || !sequence.Valid {
		return err
	}
	_, err = db.SQL().ExecContext(ctx, "SELECT setval($1, (SELECT max(id) FROM "+t.Name+"))", sequence.String)
	return err
}

// rowsPerInsert keeps a statement below SQLite's limit of parameters.
const rowsPerInsert = 200

func loadSQLite(ctx context.Context, db *database.DB, t company.Table) error {
	return db.InTx(ctx, func(ctx context.Context) error {
		line := "(?" + strings.Repeat(", ?", len(t.Columns)-1) + ")"
		text := func(rows int) string {
			return "INSERT INTO " + t.Name + " (" + strings.Join(t.Columns, ", ") + ") VALUES " + line + strings.Repeat(", "+line, rows-1)
		}
		full := text(rowsPerInsert)
		args := make([]any, 0, rowsPerInsert*len(t.Columns))
		for row, err := range t.Rows {
			if err != nil {
				return err
			}
			args = append(args, row...)
			if len(args) < cap(args) {
				continue
			}
			if _, err := db.Writer(ctx).ExecContext(ctx, full, args...); err != nil {
				return err
			}
			args = args[:0]
		}
		if len(args) == 0 {
			return nil
		}
		_, err := db.Writer(ctx).ExecContext(ctx, text(len(args)/len(t.Columns)), args...)
		return err
	})
}
