package catalog

import (
	"context"
	"fmt"
	"time"
)

// OrphanPolicy says what happens to an entity that no file defines any more.
type OrphanPolicy struct {
	// Keep leaves it in the catalog until somebody deletes it.
	Keep bool
	// After is how long it stays otherwise; 0 deletes it at once.
	After time.Duration
}

// DefaultOrphans keeps orphans long enough for somebody to notice.
func DefaultOrphans() OrphanPolicy { return OrphanPolicy{After: 30 * 24 * time.Hour} }

// deleted reports whether there are no orphans at all.
func (p OrphanPolicy) deleted() bool { return !p.Keep && p.After <= 0 }

// DeletedAt returns when an orphan is deleted, the zero time when it stays.
func (p OrphanPolicy) DeletedAt(orphanedAt time.Time) time.Time {
	if p.Keep || orphanedAt.IsZero() {
		return time.Time{}
	}
	return orphanedAt.Add(p.After)
}

// Orphans returns what the policy for orphans is.
func (c *Catalog) Orphans() OrphanPolicy { return c.orphans }

// orphan reports whether no file defines the entity any more.
func (h Header) orphan() bool { return !h.OrphanedAt.IsZero() }

// orphaned returns entities as orphans, ready to be saved: with the date and the
// annotation that says so.
func (c *Catalog) orphaned(ctx context.Context, headers []Header) ([]Entity, error) {
	if len(headers) == 0 {
		return nil, nil
	}
	uids, speaker := make([]string, len(headers)), make(map[string]string, len(headers))
	for i, h := range headers {
		uids[i], speaker[h.UID] = h.UID, h.Source.LocationID
	}
	entities, err := c.store.EntitiesByUID(ctx, uids)
	if err != nil {
		return nil, fmt.Errorf("read %d entities that nobody defines: %w", len(uids), err)
	}
	for i, e := range entities {
		doc, err := parseJSON(e.Body, c.limits)
		if err != nil {
			return nil, fmt.Errorf("read the body of %s: %w", e.Ref(), err)
		}
		metadata := doc.get("metadata")
		annotations := metadata.get("annotations")
		if annotations == nil {
			annotations = &value{kind: kindObject}
			metadata.set("annotations", annotations)
		}
		annotations.set(AnnotationOrphan, text("true"))
		marked := fromDocument(doc, len(e.Body))
		marked.UID, marked.Raw, marked.Source, marked.CreatedAt = e.UID, e.Raw, e.Source, e.CreatedAt
		marked.Source.LocationID = speaker[e.UID]
		marked.UpdatedAt, marked.OrphanedAt, marked.Event = c.now(), c.now(), &Event{What: Orphaned}
		entities[i] = marked
	}
	return entities, nil
}

// claimable makes the locations due that define the same entities too: one of
// them may have what another one gave up.
func (c *Catalog) claimable(ctx context.Context, given []Header) error {
	if len(given) == 0 {
		return nil
	}
	problems, err := c.store.AllProblems(ctx)
	if err != nil {
		return fmt.Errorf("read who else defines %d entities: %w", len(given), err)
	}
	holder := make(map[string]string, len(given))
	for _, h := range given {
		holder[h.Ref.String()] = h.Source.LocationID
	}
	due := map[string]bool{}
	for _, p := range problems {
		if location, was := holder[p.Ref]; was && location != p.LocationID {
			due[p.LocationID] = true
		}
	}
	if len(due) == 0 {
		return nil
	}
	ids := make([]string, 0, len(due))
	for id := range due {
		ids = append(ids, id)
	}
	if err := c.store.SetDue(ctx, ids, c.now()); err != nil {
		return fmt.Errorf("plan %d locations: %w", len(ids), err)
	}
	c.Nudge()
	return nil
}

// SweepOrphans deletes the orphans that have stayed as long as the policy lets
// them, and returns their names.
func (c *Catalog) SweepOrphans(ctx context.Context) ([]Ref, error) {
	if c.orphans.Keep {
		return nil, nil
	}
	var removed []Ref
	err := c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil {
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		old, err := c.store.OrphansBefore(ctx, c.now().Add(-c.orphans.After))
		if err != nil {
			return fmt.Errorf("read old orphans: %w", err)
		}
		removed = nil
		for _, h := range old {
			removed = append(removed, h.Ref)
		}
		return c.write(ctx, changes{remove: old}, Author{Actor: actorOf(ctx), At: c.now()})
	})
	return removed, err
}
