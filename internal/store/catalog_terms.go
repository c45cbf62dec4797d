package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/packed"
)

// Bodies returns uid, etag and JSON of the entities that exist.
func (c *Catalog) Bodies(ctx context.Context, uids []string) ([]catalog.Body, error) {
	return selectIn(ctx, c, "SELECT id, etag, body FROM entities WHERE id IN ", uids, func(row rowScanner) (catalog.Body, error) {
		var b catalog.Body
		if err := row.Scan(&b.UID, &b.Etag, &b.JSON); err != nil {
			return b, fmt.Errorf("scan entity: %w", err)
		}
		var err error
		if b.JSON, err = packed.OpenBody(b.JSON); err != nil {
			return b, fmt.Errorf("read entity %s: %w", b.UID, err)
		}
		return b, nil
	})
}

// EachTerms calls fn with the terms of one version of every entity that has them.
func (c *Catalog) EachTerms(ctx context.Context, version int, fn func(terms []byte) error) error {
	found, err := c.query(ctx, "SELECT terms FROM entity_terms WHERE version = ?", version)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var terms sql.RawBytes // valid until the next row: no copy that fn may not need
		if err := found.Scan(&terms); err != nil {
			return fmt.Errorf("scan terms: %w", err)
		}
		if err := fn(terms); err != nil {
			return err
		}
	}
	return found.Err()
}

// WithoutTerms returns the entities that have no terms of the version. Usually
// there is none, and then counting, which reads no rows of entities, says so.
func (c *Catalog) WithoutTerms(ctx context.Context, version int) ([]string, error) {
	var entities, terms int
	err := c.s.db.Reader(ctx).QueryRowContext(ctx, c.s.db.Rebind(
		`SELECT (SELECT COUNT(*) FROM entities), (SELECT COUNT(*) FROM entity_terms WHERE version = ?)`), version).Scan(&entities, &terms)
	if err != nil {
		return nil, fmt.Errorf("count terms: %w", err)
	}
	if entities == terms {
		return nil, nil
	}
	found, err := c.query(ctx, `SELECT e.id FROM entities e LEFT JOIN entity_terms t ON t.id = e.id
		WHERE t.version IS NULL OR t.version <> ?`, version)
	if err != nil {
		return nil, err
	}
	return collectRows(nil, found, scanText)
}

// saveTerms stores the terms of entities that are new, and of others.
func (c *Catalog) saveTerms(ctx context.Context, fresh, known []*catalog.Entity) error {
	columns := []string{"id", "version", "terms"}
	row := func(e *catalog.Entity) []any { return []any{e.UID, catalog.TermsVersion, e.Terms()} }
	if err := c.copyRows(ctx, "entity_terms", columns, len(fresh), madeAtOnce(fresh, row)); err != nil {
		return fmt.Errorf("insert the terms of %d entities: %w", len(fresh), err)
	}
	err := c.insertRows(ctx, `INSERT INTO entity_terms (id, version, terms) VALUES `,
		` ON CONFLICT (id) DO UPDATE SET version = excluded.version, terms = excluded.terms`,
		len(known), madeAtOnce(known, row))
	if err != nil {
		return fmt.Errorf("upsert the terms of %d entities: %w", len(known), err)
	}
	return nil
}
