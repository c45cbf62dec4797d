package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/location"
	"github.com/goldenpath/platform/internal/store/ent/locationfile"
)

// ClaimDue returns locations that are due and plans them for later, in one
// statement: what one process took, no other sees as due. On PostgreSQL it
// passes over rows that another process is taking at this moment.
func (c *Catalog) ClaimDue(ctx context.Context, now, until time.Time, limit int) ([]catalog.Location, error) {
	skip := ""
	if c.s.db.Dialect() == database.Postgres {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	query := `UPDATE locations SET refresh_at = ? WHERE id IN (
		SELECT id FROM locations WHERE refresh_at <= ? ORDER BY refresh_at, id LIMIT ?` + skip + `) RETURNING id`
	found, err := c.s.db.Writer(ctx).QueryContext(ctx, c.s.db.Rebind(query), until.UTC(), now.UTC(), limit)
	if err != nil {
		return nil, fmt.Errorf("claim locations that are due: %w", err)
	}
	ids, err := collectRows(nil, found, func(row rowScanner) (id string, err error) {
		err = row.Scan(&id)
		return id, err
	})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return c.locations(database.ReadPrimary(ctx), location.IDIn(ids...))
}

// SaveSchedule stores when a location was and will be read. A time that somebody
// set since it was claimed stays if it is earlier, and so does none at all.
func (c *Catalog) SaveSchedule(ctx context.Context, l catalog.Location, claimed time.Time) error {
	at, args := "refresh_at", []any(nil)
	if !claimed.IsZero() {
		at, args = "CASE WHEN refresh_at >= ? THEN ? ELSE refresh_at END", []any{claimed.UTC(), moment(l.RefreshAt)}
	}
	err := c.exec(ctx, `UPDATE locations SET last_refreshed = ?, last_succeeded = ?, failures = ?,
		version = ?, "commit" = ?, refresh_at = `+at+` WHERE id = ?`,
		slices.Concat([]any{moment(l.LastRefreshed), moment(l.LastSucceeded), l.Failures, l.Version, l.Commit}, args, []any{l.ID})...)
	if err != nil {
		return fmt.Errorf("update when location %s is read: %w", l.ID, err)
	}
	return nil
}

// SetEvery stores how often a location is read, and when next.
func (c *Catalog) SetEvery(ctx context.Context, l catalog.Location) error {
	err := c.exec(ctx, "UPDATE locations SET refresh_every = ?, inherited_every = ?, refresh_at = ? WHERE id = ?",
		seconds(l.RefreshEvery), seconds(l.InheritedEvery), moment(l.RefreshAt), l.ID)
	if err != nil {
		return fmt.Errorf("update the schedule of location %s: %w", l.ID, err)
	}
	return nil
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// SetDue makes locations due at a time, those that were pushed, too.
func (c *Catalog) SetDue(ctx context.Context, ids []string, at time.Time) error {
	for part := range slices.Chunk(ids, catalogBatch) {
		args := []any{at.UTC()}
		for _, id := range part {
			args = append(args, id)
		}
		if err := c.exec(ctx, "UPDATE locations SET refresh_at = ? WHERE (refresh_at IS NOT NULL OR type = 'push') AND id IN "+marks(len(part)), args...); err != nil {
			return fmt.Errorf("make %d locations due: %w", len(part), err)
		}
	}
	return nil
}

// moment is a time as a column takes it; the zero time is none.
func moment(t time.Time) sql.NullTime { return sql.NullTime{Time: t.UTC(), Valid: !t.IsZero()} }

// LocationFiles returns the files of a location as they were read last.
func (c *Catalog) LocationFiles(ctx context.Context, locationID string) ([]catalog.FileRecord, error) {
	found, err := c.query(ctx, "SELECT path, signature, included, names_files FROM location_files WHERE location_id = ?", locationID)
	if err != nil {
		return nil, err
	}
	return collectRows(nil, found, func(row rowScanner) (catalog.FileRecord, error) {
		var f catalog.FileRecord
		var notes []byte
		if err := row.Scan(&f.Path, &f.Signature, &notes, &f.NamesFiles); err != nil {
			return f, fmt.Errorf("scan a file of location %s: %w", locationID, err)
		}
		if err := json.Unmarshal(notes, &f.Notes); err != nil {
			return f, fmt.Errorf("decode what is known of %s: %w", f.Path, err)
		}
		return f, nil
	})
}

// NotesOf returns what reading a file told.
func (c *Catalog) NotesOf(ctx context.Context, locationID, path string) (catalog.FileNotes, bool, error) {
	row, err := c.s.client(ctx).LocationFile.Query().Where(locationfile.LocationID(locationID), locationfile.Path(path)).Only(ctx)
	if ent.IsNotFound(err) {
		return catalog.FileNotes{}, false, nil
	}
	if err != nil {
		return catalog.FileNotes{}, false, fmt.Errorf("select file %s of location %s: %w", path, locationID, err)
	}
	var notes catalog.FileNotes
	if err := json.Unmarshal([]byte(row.Included), &notes); err != nil {
		return catalog.FileNotes{}, false, fmt.Errorf("decode what is known of %s: %w", path, err)
	}
	return notes, true, nil
}

// SaveLocationFiles inserts and replaces files of a location by path, and
// forgets others.
func (c *Catalog) SaveLocationFiles(ctx context.Context, locationID string, save []catalog.FileRecord, forget []string) error {
	client := c.s.client(ctx)
	for part := range slices.Chunk(forget, catalogBatch) {
		_, err := client.LocationFile.Delete().Where(locationfile.LocationID(locationID), locationfile.PathIn(part...)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("delete %d files of location %s: %w", len(part), locationID, err)
		}
	}
	notes := make([]string, len(save))
	for i, f := range save {
		encoded, err := json.Marshal(f.Notes)
		if err != nil {
			return fmt.Errorf("encode what is known of %s: %w", f.Path, err)
		}
		notes[i] = string(encoded)
	}
	err := c.insertRows(ctx, "INSERT INTO location_files (location_id, path, signature, included, names_files) VALUES ",
		` ON CONFLICT (location_id, path) DO UPDATE SET signature = excluded.signature, included = excluded.included,
		names_files = excluded.names_files`, len(save),
		func(i int) []any {
			return []any{locationID, save[i].Path, save[i].Signature, notes[i], save[i].NamesFiles}
		})
	if err != nil {
		return fmt.Errorf("upsert %d files of location %s: %w", len(save), locationID, err)
	}
	return nil
}
