package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"entgo.io/ent/dialect/sql"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/document"
	"github.com/goldenpath/platform/internal/store/ent/entitydocument"
	"github.com/goldenpath/platform/internal/store/ent/repositorycheck"
)

var errNoContent = errors.New("a document is stored without its content")

// SaveDocuments makes docs the documents of an entity.
func (c *Catalog) SaveDocuments(ctx context.Context, uid string, docs []catalog.Doc, contents map[string][]byte) error {
	client := c.s.client(ctx)
	for _, digest := range slices.Sorted(maps.Keys(contents)) {
		err := client.Document.Create().SetID(digest).SetSize(len(contents[digest])).SetContent(contents[digest]).
			OnConflict(sql.ConflictColumns(document.FieldID), sql.ResolveWithIgnore()).Exec(ctx)
		if err != nil {
			return fmt.Errorf("insert document %s: %w", digest, err)
		}
	}
	if _, err := client.EntityDocument.Delete().Where(entitydocument.EntityID(uid)).Exec(ctx); err != nil {
		return fmt.Errorf("delete the documents of %s: %w", uid, err)
	}
	for part := range slices.Chunk(docs, catalogBatch) {
		rows := make([]*ent.EntityDocumentCreate, len(part))
		for i, d := range part {
			rows[i] = client.EntityDocument.Create().SetEntityID(uid).SetKind(string(d.Kind)).SetPath(d.Path).
				SetTitle(d.Title).SetDigest(d.Digest).SetPosition(i)
		}
		if err := client.EntityDocument.CreateBulk(rows...).Exec(ctx); err != nil {
			return fmt.Errorf("insert %d documents of %s: %w", len(part), uid, err)
		}
	}
	found, err := c.DocumentsOf(ctx, uid)
	if err == nil && len(found) != len(docs) {
		err = fmt.Errorf("%s: %w", uid, errNoContent)
	}
	return err
}

// DocumentsOf returns the documents of an entity in order.
func (c *Catalog) DocumentsOf(ctx context.Context, uid string) ([]catalog.Doc, error) {
	found, err := c.query(ctx, `SELECT n.kind, n.path, n.title, n.digest, d.size FROM entity_documents n
		JOIN documents d ON d.id = n.digest WHERE n.entity_id = ? ORDER BY n.id`, uid)
	if err != nil {
		return nil, err
	}
	return collectRows(nil, found, func(row rowScanner) (d catalog.Doc, err error) {
		err = row.Scan(&d.Kind, &d.Path, &d.Title, &d.Digest, &d.Size)
		return d, err
	})
}

// DocumentContent returns a document by digest.
func (c *Catalog) DocumentContent(ctx context.Context, digest string) ([]byte, bool, error) {
	row, err := c.s.client(ctx).Document.Get(ctx, digest)
	if ent.IsNotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("select document %s: %w", digest, err)
	}
	return row.Content, true, nil
}

// ExpireDocuments forgets the documents of entities that are gone, and every
// content that nobody has.
func (c *Catalog) ExpireDocuments(ctx context.Context) (int, error) {
	err := c.exec(ctx, "DELETE FROM entity_documents WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE e.id = entity_documents.entity_id)")
	if err != nil {
		return 0, fmt.Errorf("delete the documents of entities that are gone: %w", err)
	}
	gone, err := c.s.db.Writer(ctx).ExecContext(ctx,
		"DELETE FROM documents WHERE NOT EXISTS (SELECT 1 FROM entity_documents n WHERE n.digest = documents.id)")
	if err != nil {
		return 0, fmt.Errorf("delete documents that nobody has: %w", err)
	}
	n, err := gone.RowsAffected()
	return int(n), err
}

// SaveRepositoryCheck inserts or replaces by address.
func (c *Catalog) SaveRepositoryCheck(ctx context.Context, check catalog.RepositoryCheck) error {
	err := c.s.client(ctx).RepositoryCheck.Create().SetID(check.Address).SetReachable(check.Reachable).
		SetSource(check.Source).SetMessage(check.Message).SetCheckedAt(check.CheckedAt.UTC()).
		OnConflict(sql.ConflictColumns(repositorycheck.FieldID), sql.ResolveWithNewValues()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("upsert the check of %s: %w", check.Address, err)
	}
	return nil
}

// RepositoryChecks returns what is known of all repositories.
func (c *Catalog) RepositoryChecks(ctx context.Context) ([]catalog.RepositoryCheck, error) {
	found, err := c.s.client(ctx).RepositoryCheck.Query().Order(repositorycheck.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select the checks of repositories: %w", err)
	}
	out := make([]catalog.RepositoryCheck, len(found))
	for i, row := range found {
		out[i] = catalog.RepositoryCheck{
			Address: row.ID, Reachable: row.Reachable, Source: row.Source, Message: row.Message, CheckedAt: row.CheckedAt.UTC(),
		}
	}
	return out, nil
}
