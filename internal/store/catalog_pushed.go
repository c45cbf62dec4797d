package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/store/ent/pushedfile"
)

// KeepPushed stores the files that a pipeline sent.
func (c *Catalog) KeepPushed(ctx context.Context, locationID string, files []catalog.PushedFile, whole bool) error {
	if whole {
		if _, err := c.s.client(ctx).PushedFile.Delete().Where(pushedfile.LocationID(locationID)).Exec(ctx); err != nil {
			return fmt.Errorf("delete what was pushed to location %s: %w", locationID, err)
		}
	}
	// A few at a time: each may be large.
	for part := range slices.Chunk(files, rowsAtOnce) {
		err := c.insertRows(ctx, "INSERT INTO pushed_files (location_id, path, content, entry) VALUES ",
			` ON CONFLICT (location_id, path) DO UPDATE SET content = excluded.content, entry = excluded.entry`, len(part),
			func(i int) []any {
				return []any{locationID, part[i].Path, part[i].Content, part[i].Entry}
			})
		if err != nil {
			return fmt.Errorf("upsert %d files that were pushed to location %s: %w", len(part), locationID, err)
		}
	}
	return nil
}

// ForgetPushed deletes files that a pipeline sent.
func (c *Catalog) ForgetPushed(ctx context.Context, locationID string, paths []string) error {
	for part := range slices.Chunk(paths, catalogBatch) {
		_, err := c.s.client(ctx).PushedFile.Delete().Where(pushedfile.LocationID(locationID), pushedfile.PathIn(part...)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("delete %d files that were pushed to location %s: %w", len(part), locationID, err)
		}
	}
	return nil
}

// PushedFiles returns the files that pipelines sent.
func (c *Catalog) PushedFiles(ctx context.Context, locationID string) ([]catalog.PushedFile, error) {
	found, err := c.query(ctx, "SELECT path, content, entry FROM pushed_files WHERE location_id = ?", locationID)
	if err != nil {
		return nil, err
	}
	return collectRows(nil, found, func(row rowScanner) (f catalog.PushedFile, err error) {
		err = row.Scan(&f.Path, &f.Content, &f.Entry)
		return f, err
	})
}
