package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/packed"
	"github.com/goldenpath/platform/internal/database"
)

// Catalog keeps entities, their change feed and locations. Entities and feed
// are read and written in plain SQL: the index is built from all of them, and a
// page needs many at once.
type Catalog struct{ s *Store }

var _ catalog.Store = (*Catalog)(nil)

// Catalog returns the store of the catalog.
func (s *Store) Catalog() *Catalog { return &Catalog{s: s} }

// catalogBatch is how many rows one statement holds: well below the number of
// placeholders either database takes.
const catalogBatch = 400

// feedLock is the number of PostgreSQL's advisory lock for writers of the feed.
const feedLock = 7_266_514_001

var errFeedWithoutTx = errors.New("the catalog's feed is written outside of a transaction")

// LockFeed makes this transaction the only writer of the feed. Without it a
// transaction could commit number 8 while number 7 is still open elsewhere, and
// a reader that saw 8 would never look for 7. SQLite has one writer anyway.
func (c *Catalog) LockFeed(ctx context.Context) error {
	if _, ok := c.s.db.Tx(ctx); !ok {
		return errFeedWithoutTx
	}
	if c.s.db.Dialect() == database.SQLite {
		return nil
	}
	if _, err := c.s.db.Writer(ctx).ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(feedLock)); err != nil {
		return fmt.Errorf("take the feed's lock: %w", err)
	}
	return nil
}

// SaveEntities inserts and replaces by UID and appends to the feed.
func (c *Catalog) SaveEntities(ctx context.Context, entities []catalog.Entity, by catalog.Author) (int64, error) {
	headers := make([]catalog.Header, len(entities))
	for i, e := range entities {
		headers[i] = catalog.Header{UID: e.UID, Etag: e.Etag, Ref: e.Ref(), Source: e.Source, Event: e.Event}
	}
	fresh, known, err := c.split(ctx, entities)
	if err != nil {
		return 0, err
	}
	columns := []string{
		"id", "ref", "etag", "raw", "body", "location_id", "path", "line", "commit", "created_at", "updated_at", "orphaned_at",
	}
	row := func(e *catalog.Entity) []any { // packing costs as much as writing
		return []any{
			e.UID, e.Ref().String(), e.Etag, packed.Raw(e.Raw, e.Body), packed.Body(e.Body), e.Source.LocationID,
			e.Source.Path, e.Source.Line, by.Commit, e.CreatedAt.UTC(), e.UpdatedAt.UTC(), moment(e.OrphanedAt),
		}
	}
	if err := c.copyRows(ctx, "entities", columns, len(fresh), madeAtOnce(fresh, row)); err != nil {
		return 0, fmt.Errorf("insert %d entities: %w", len(fresh), err)
	}
	const replace = `INSERT INTO entities (id, ref, etag, raw, body, location_id, path, line, "commit", created_at, updated_at, orphaned_at) VALUES `
	const conflict = ` ON CONFLICT (id) DO UPDATE SET ref = excluded.ref, etag = excluded.etag, raw = excluded.raw,
		body = excluded.body, location_id = excluded.location_id, path = excluded.path, line = excluded.line,
		"commit" = excluded."commit", updated_at = excluded.updated_at, orphaned_at = excluded.orphaned_at`
	if err := c.insertRows(ctx, replace, conflict, len(known), madeAtOnce(known, row)); err != nil {
		return 0, fmt.Errorf("upsert %d entities: %w", len(known), err)
	}
	if err := c.saveTerms(ctx, fresh, known); err != nil {
		return 0, err
	}
	return c.appendChanges(ctx, catalog.OperationPut, headers, by)
}

// split tells entities that are certainly not stored yet from others. Only
// PostgreSQL, which copies the former, is asked: SQLite upserts all alike.
func (c *Catalog) split(ctx context.Context, entities []catalog.Entity) (fresh, known []*catalog.Entity, err error) {
	if c.s.db.Dialect() != database.Postgres {
		for i := range entities {
			known = append(known, &entities[i])
		}
		return nil, known, nil
	}
	uids := make([]string, len(entities))
	for i := range entities {
		uids[i] = entities[i].UID
	}
	stored, err := selectIn(ctx, c, "SELECT id FROM entities WHERE id IN ", uids, scanText)
	if err != nil {
		return nil, nil, err
	}
	there := make(map[string]bool, len(stored))
	for _, uid := range stored {
		there[uid] = true
	}
	for i := range entities {
		if e := &entities[i]; there[e.UID] {
			known = append(known, e)
		} else {
			fresh = append(fresh, e)
		}
	}
	return fresh, known, nil
}

func scanText(row rowScanner) (string, error) {
	var text string
	err := row.Scan(&text)
	return text, err
}

// DeleteEntities removes and appends to the feed.
func (c *Catalog) DeleteEntities(ctx context.Context, headers []catalog.Header, by catalog.Author) (int64, error) {
	for part := range slices.Chunk(headers, catalogBatch) {
		args := make([]any, len(part))
		for i, h := range part {
			args[i] = h.UID
		}
		for _, table := range []string{"entities", "entity_terms"} {
			if err := c.exec(ctx, "DELETE FROM "+table+" WHERE id IN "+marks(len(args)), args...); err != nil {
				return 0, fmt.Errorf("delete %d rows of %s: %w", len(part), table, err)
			}
		}
	}
	return c.appendChanges(ctx, catalog.OperationDelete, headers, by)
}

// MoveEntities stores where entities are written down now.
func (c *Catalog) MoveEntities(ctx context.Context, headers []catalog.Header) error {
	for _, h := range headers {
		err := c.exec(ctx, "UPDATE entities SET path = ?, line = ? WHERE id = ?", h.Source.Path, h.Source.Line, h.UID)
		if err != nil {
			return fmt.Errorf("update the place of %s: %w", h.UID, err)
		}
	}
	return nil
}

// OrphansBefore returns the headers of old orphans.
func (c *Catalog) OrphansBefore(ctx context.Context, at time.Time) ([]catalog.Header, error) {
	found, err := c.query(ctx, "SELECT "+headerColumns+entityTables+" WHERE e.orphaned_at < ?", at.UTC())
	if err != nil {
		return nil, err
	}
	return collectRows(nil, found, scanHeader)
}

// EntitiesByUID returns the entities that exist.
func (c *Catalog) EntitiesByUID(ctx context.Context, uids []string) ([]catalog.Entity, error) {
	return selectIn(ctx, c, "SELECT "+entityColumns+", e.raw"+entityTables+" WHERE e.id IN ", uids, scanWhole)
}

// EntitiesByRef returns the entities that exist.
func (c *Catalog) EntitiesByRef(ctx context.Context, refs []catalog.Ref) ([]catalog.Entity, error) {
	return selectIn(ctx, c, "SELECT "+entityColumns+", e.raw"+entityTables+" WHERE e.ref IN ", refTexts(refs), scanWhole)
}

// HeadersByRef returns the headers of the entities that exist.
func (c *Catalog) HeadersByRef(ctx context.Context, refs []catalog.Ref) ([]catalog.Header, error) {
	return selectIn(ctx, c, "SELECT "+headerColumns+entityTables+" WHERE e.ref IN ", refTexts(refs), scanHeader)
}

// HeadersAt returns the headers of a location's entities.
func (c *Catalog) HeadersAt(ctx context.Context, locationID string) ([]catalog.Header, error) {
	return selectIn(ctx, c, "SELECT "+headerColumns+entityTables+" WHERE e.location_id IN ", []string{locationID}, scanHeader)
}

// The columns of an entity and its location; empty where a join finds none.
const (
	headerColumns = `COALESCE(e.id, ''), COALESCE(e.ref, ''), COALESCE(e.etag, ''), COALESCE(e.location_id, ''),
		COALESCE(e.path, ''), COALESCE(e.line, 0), COALESCE(e."commit", ''),
		COALESCE(l.type, ''), COALESCE(l.target, ''), COALESCE(l.branch, ''), e.orphaned_at`
	entityColumns = headerColumns + `, e.body, e.created_at, e.updated_at`
	entityTables  = ` FROM entities e LEFT JOIN locations l ON l.id = e.location_id`
)

// rowScanner is a row, or the row a cursor is at.
type rowScanner interface{ Scan(dest ...any) error }

// headerFields are where headerColumns go.
func headerFields(h *catalog.Header, ref *string) []any {
	return []any{
		&h.UID, ref, &h.Etag, &h.Source.LocationID, &h.Source.Path, &h.Source.Line, &h.Source.Commit,
		&h.Source.Type, &h.Source.Target, &h.Source.Branch,
		optionalTime{&h.OrphanedAt},
	}
}

// optionalTime scans a time that may be missing into one that is zero then.
type optionalTime struct{ time *time.Time }

// Scan takes a time or nothing.
func (o optionalTime) Scan(from any) error {
	var t sql.NullTime
	if err := t.Scan(from); err != nil {
		return err
	}
	*o.time = time.Time{}
	if t.Valid {
		*o.time = t.Time.UTC()
	}
	return nil
}

func scanHeader(row rowScanner) (catalog.Header, error) {
	var h catalog.Header
	var ref string
	if err := row.Scan(headerFields(&h, &ref)...); err != nil {
		return h, fmt.Errorf("scan entity: %w", err)
	}
	return h, h.Ref.UnmarshalText([]byte(ref))
}

func scanWhole(row rowScanner) (catalog.Entity, error) {
	var r entityRow
	var raw []byte
	if err := row.Scan(append(r.fields(), &raw)...); err != nil {
		return catalog.Entity{}, fmt.Errorf("scan entity: %w", err)
	}
	e, err := r.entity()
	if err != nil {
		return e, err
	}
	if e.Raw, err = packed.OpenRaw(raw, e.Body); err != nil {
		return e, fmt.Errorf("read %s: %w", r.ref, err)
	}
	return e, nil
}

// entityRow is where entityColumns go.
type entityRow struct {
	header           catalog.Header
	ref              string
	body             []byte
	created, updated sql.NullTime
}

func (r *entityRow) fields() []any {
	return append(headerFields(&r.header, &r.ref), &r.body, &r.created, &r.updated)
}

// entity returns the row decoded.
func (r *entityRow) entity() (catalog.Entity, error) {
	body, err := packed.OpenBody(r.body)
	if err != nil {
		return catalog.Entity{}, fmt.Errorf("read %s: %w", r.ref, err)
	}
	e, err := catalog.Entity{
		UID: r.header.UID, Etag: r.header.Etag, Source: r.header.Source, Body: body,
		CreatedAt: r.created.Time.UTC(), UpdatedAt: r.updated.Time.UTC(), OrphanedAt: r.header.OrphanedAt,
	}.Decode()
	if err != nil {
		return e, fmt.Errorf("decode %s: %w", r.ref, err)
	}
	return e, nil
}

// selectIn runs a query that ends in IN for any number of values.
func selectIn[T any](
	ctx context.Context, c *Catalog, query string, values []string, scan func(rowScanner) (T, error),
) ([]T, error) {
	var out []T
	for part := range slices.Chunk(values, catalogBatch) {
		found, err := c.queryIn(ctx, query, part)
		if err != nil {
			return nil, err
		}
		if out, err = collectRows(out, found, scan); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// queryIn runs a query that ends in IN for some values. PostgreSQL takes them as
// one array, which it reads faster than as many parameters, and then prepares
// one statement for any number of them.
func (c *Catalog) queryIn(ctx context.Context, query string, values []string) (*sql.Rows, error) {
	if before, ok := strings.CutSuffix(query, "IN "); ok && c.s.db.Dialect() == database.Postgres {
		return c.query(ctx, before+"= ANY(?)", values)
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return c.query(ctx, query+marks(len(args)), args...)
}

// collectRows appends every row and closes the cursor.
func collectRows[T any](out []T, found *sql.Rows, scan func(rowScanner) (T, error)) ([]T, error) {
	defer found.Close()
	for found.Next() {
		item, err := scan(found)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, found.Err()
}

func (c *Catalog) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	found, err := c.s.db.Reader(ctx).QueryContext(ctx, c.s.db.Rebind(query), args...)
	if err != nil {
		return nil, fmt.Errorf("select from the catalog: %w", err)
	}
	return found, nil
}

func (c *Catalog) exec(ctx context.Context, query string, args ...any) error {
	_, err := c.s.db.Writer(ctx).ExecContext(ctx, c.s.db.Rebind(query), args...)
	return err
}

// marks returns placeholders for n values, markRows those for several rows.
func marks(n int) string { return "(?" + strings.Repeat(", ?", n-1) + ")" }

func markRows(count, n int) string { return marks(n) + strings.Repeat(", "+marks(n), count-1) }

func refTexts(refs []catalog.Ref) []string {
	texts := make([]string, len(refs))
	for i, ref := range refs {
		texts[i] = ref.String()
	}
	return texts
}
