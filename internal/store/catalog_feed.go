package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/goldenpath/platform/catalog"
)

// appendChanges writes to the feed in the order given and returns its end.
func (c *Catalog) appendChanges(
	ctx context.Context, operation catalog.Operation, headers []catalog.Header, by catalog.Author,
) (int64, error) {
	if _, ok := c.s.db.Tx(ctx); !ok {
		return 0, errFeedWithoutTx
	}
	details := make([]string, len(headers))
	for i, h := range headers {
		var err error
		if details[i], err = writeDetails(h.Event); err != nil {
			return 0, fmt.Errorf("write what happened to %s: %w", h.Ref, err)
		}
	}
	columns := []string{"operation", "uid", "ref", "etag", "location_id", "actor", "commit", "at", "previous_ref", "what", "details"}
	err := c.copyRows(ctx, "entity_changes", columns, len(headers), func(i int) []any {
		h := &headers[i]
		var previous, what string
		if h.Event != nil {
			previous, what = refText(h.Event.PreviousRef), string(h.Event.What)
		}
		return []any{
			string(operation), h.UID, h.Ref.String(), h.Etag, h.Source.LocationID, by.Actor, by.Commit, by.At.UTC(),
			previous, what, details[i],
		}
	})
	if err != nil {
		return 0, fmt.Errorf("append %d changes: %w", len(headers), err)
	}
	return c.LastChange(ctx)
}

// LastChange returns the highest number in the feed.
func (c *Catalog) LastChange(ctx context.Context) (int64, error) {
	var seq int64
	err := c.s.db.Reader(ctx).QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM entity_changes").Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("select the end of the feed: %w", err)
	}
	return seq, nil
}

// ChangesAfter returns changes with the terms of their entities as they are
// now, in one statement: both are seen at the same moment.
func (c *Catalog) ChangesAfter(ctx context.Context, seq int64, limit int) ([]catalog.Change, error) {
	found, err := c.query(ctx, `SELECT `+changeColumns+`, e.id IS NOT NULL, COALESCE(t.version, 0), t.terms FROM entity_changes c
		LEFT JOIN entities e ON e.id = c.uid LEFT JOIN entity_terms t ON t.id = e.id
		WHERE c.id > ? ORDER BY c.id LIMIT ?`, seq, limit)
	if err != nil {
		return nil, err
	}
	return collectRows(nil, found, func(row rowScanner) (catalog.Change, error) {
		var exists bool
		var version int
		var terms []byte
		change, err := scanChange(row, &exists, &version, &terms)
		change.Exists = exists
		if version == catalog.TermsVersion {
			change.Terms = terms
		}
		return change, err
	})
}

const changeColumns = `c.id, c.operation, c.uid, c.ref, c.etag, c.location_id, c.actor, c."commit", c.at, c.previous_ref`

// History returns the last changes of the entities that ever had a name.
func (c *Catalog) History(ctx context.Context, ref catalog.Ref, limit int) ([]catalog.Change, error) {
	found, err := c.query(ctx, "SELECT "+changeColumns+", c.what, c.details FROM entity_changes c WHERE c.uid IN "+
		"(SELECT uid FROM entity_changes WHERE ref = ?) ORDER BY c.id DESC LIMIT ?", ref.String(), limit)
	if err != nil {
		return nil, err
	}
	return collectRows(nil, found, func(row rowScanner) (catalog.Change, error) {
		var what, details string
		change, err := scanChange(row, &what, &details)
		if err != nil {
			return change, err
		}
		change.What = catalog.What(what)
		return change, readDetails(details, &change.Event)
	})
}

// eventDetails is what the feed keeps of an event as JSON: nobody looks for it.
type eventDetails struct {
	From    string                `json:"from,omitempty"`
	Fields  []catalog.FieldChange `json:"fields,omitempty"`
	Commits []catalog.Commit      `json:"commits,omitempty"`
}

// writeDetails returns "" when there is nothing to tell, as of all that is new.
func writeDetails(e *catalog.Event) (string, error) {
	if e == nil || e.From == "" && len(e.Fields) == 0 && len(e.Commits) == 0 {
		return "", nil
	}
	text, err := json.Marshal(eventDetails{From: e.From, Fields: e.Fields, Commits: e.Commits})
	return string(text), err
}

func readDetails(text string, e *catalog.Event) error {
	if text == "" {
		return nil
	}
	var details eventDetails
	if err := json.Unmarshal([]byte(text), &details); err != nil {
		return fmt.Errorf("read what a change did: %w", err)
	}
	e.From, e.Fields, e.Commits = details.From, details.Fields, details.Commits
	return nil
}

func scanChange(row rowScanner, more ...any) (catalog.Change, error) {
	var change catalog.Change
	var ref, previous string
	err := row.Scan(append([]any{
		&change.Seq, &change.Operation, &change.UID, &ref, &change.Etag, &change.LocationID,
		&change.Author.Actor, &change.Author.Commit, &change.Author.At, &previous,
	}, more...)...)
	if err != nil {
		return change, fmt.Errorf("scan change: %w", err)
	}
	change.Author.At = change.Author.At.UTC()
	if previous != "" {
		if err := change.PreviousRef.UnmarshalText([]byte(previous)); err != nil {
			return change, fmt.Errorf("scan change: %w", err)
		}
	}
	return change, change.Ref.UnmarshalText([]byte(ref))
}

// refText writes a ref, "" when there is none.
func refText(ref catalog.Ref) string {
	if ref == (catalog.Ref{}) {
		return ""
	}
	return ref.String()
}
