package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/golden/service/internal/items"
)

// itemStore implements items.Store.
type itemStore struct{ db *database }

var _ items.Store = (*itemStore)(nil)

const uniqueViolation = "23505"

// Insert implements items.Store.
func (s *itemStore) Insert(ctx context.Context, item items.Item) error {
	return s.db.write(ctx, "items.insert", func(ctx context.Context, on *pgxpool.Pool) error {
		_, err := on.Exec(ctx, `INSERT INTO items (`+itemColumns+`) VALUES ($1, $2, $3, $4)`,
			item.ID, item.Name, item.Quantity, item.CreatedAt)
		if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == uniqueViolation {
			return items.ErrExists
		}
		return err
	})
}

// Get implements items.Store.
func (s *itemStore) Get(ctx context.Context, id uuid.UUID) (item items.Item, err error) {
	err = s.db.read(ctx, "items.get", func(ctx context.Context, on *pgxpool.Pool) error {
		rows, err := on.Query(ctx, `SELECT `+itemColumns+` FROM items WHERE id = $1`, id)
		if err != nil {
			return err
		}
		item, err = pgx.CollectExactlyOneRow(rows, scanItem)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = items.ErrNotFound
	}
	return item, err
}

// List implements items.Store.
func (s *itemStore) List(ctx context.Context, q items.Query) (page []items.Item, err error) {
	err = s.db.read(ctx, "items.list", func(ctx context.Context, on *pgxpool.Pool) error {
		rows, err := on.Query(ctx, `SELECT `+itemColumns+` FROM items
			WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3`, q.After.CreatedAt, q.After.ID, q.Limit)
		if err != nil {
			return err
		}
		page, err = pgx.CollectRows(rows, scanItem)
		return err
	})
	return page, err
}

// itemColumns are in the order in which Insert gives and scanItem takes them.
const itemColumns = `id, name, quantity, created_at`

func scanItem(row pgx.CollectableRow) (item items.Item, err error) {
	err = row.Scan(&item.ID, &item.Name, &item.Quantity, &item.CreatedAt)
	item.CreatedAt = item.CreatedAt.UTC()
	return item, err
}
