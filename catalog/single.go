package catalog

import (
	"context"
	"fmt"

	"github.com/goldenpath/platform/internal/fault"
)

// LocationByID returns one location, false when there is none.
func (c *Catalog) LocationByID(ctx context.Context, id string) (Location, bool, error) {
	l, exists, err := c.store.LocationByID(ctx, id)
	if err != nil {
		return Location{}, false, fmt.Errorf("read location %s: %w", id, err)
	}
	return l, exists, nil
}

// RefreshEntity reads the location of an entity again, so that what its file
// says now is visible.
func (c *Catalog) RefreshEntity(ctx context.Context, ref Ref) (Registration, error) {
	headers, err := c.store.HeadersByRef(ctx, []Ref{NewRef(ref.Kind, ref.Namespace, ref.Name)})
	if err != nil {
		return Registration{}, fmt.Errorf("read %s: %w", ref, err)
	}
	if len(headers) == 0 {
		return Registration{}, c.notFound(ctx, ref)
	}
	return c.Refresh(ctx, headers[0].Source.LocationID)
}

// DeleteEntity takes one entity out by its uid. Where a location still defines
// it, it comes back when that is read again; to take it out for good remove the
// location, or what its file says.
func (c *Catalog) DeleteEntity(ctx context.Context, uid string) error {
	return c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil {
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		found, err := c.store.EntitiesByUID(ctx, []string{uid})
		if err != nil {
			return fmt.Errorf("read the entity %s: %w", uid, err)
		}
		if len(found) == 0 {
			return fault.New(fault.NotFound, "There is no entity with the uid %s.", uid).
				WithHint("See what there is: platform catalog list")
		}
		e := found[0]
		// Its file is read again next time, although neither it nor its source changed.
		if err := c.forgetVersion(ctx, e.Source.LocationID); err != nil {
			return err
		}
		if err := c.store.SaveLocationFiles(ctx, e.Source.LocationID, nil, []string{e.Source.Path}); err != nil {
			return fmt.Errorf("forget the file of %s: %w", e.Ref(), err)
		}
		h := Header{UID: e.UID, Etag: e.Etag, Ref: e.Ref(), Source: e.Source}
		return c.write(ctx, changes{remove: []Header{h}}, Author{Actor: actorOf(ctx), At: c.now()})
	})
}

// forgetVersion makes the next reading of a location open its source. What was
// pushed has no source, and its version says which push is the newer one.
func (c *Catalog) forgetVersion(ctx context.Context, id string) error {
	l, exists, err := c.store.LocationByID(ctx, id)
	if err != nil {
		return fmt.Errorf("read location %s: %w", id, err)
	}
	if !exists || l.Version == "" || l.sent() || l.Type == LocationGitHubOrg {
		return nil
	}
	l.Version = ""
	if err := c.store.SaveSchedule(ctx, l, l.RefreshAt); err != nil {
		return fmt.Errorf("save location %s: %w", l, err)
	}
	return nil
}

// Retarget makes a location point elsewhere under the same id, and reads it. A
// conflict is that another location points there. When the new place cannot be
// read, nothing changes.
func (c *Catalog) Retarget(ctx context.Context, id string, l Location) (Registration, error) {
	l, err := l.normal("")
	if err != nil {
		return Registration{}, err
	}
	if err := readable(l); err != nil {
		return Registration{}, err
	}
	before, exists, err := c.LocationByID(ctx, id)
	switch {
	case err != nil:
		return Registration{}, err
	case !exists:
		return Registration{}, noLocation(id)
	case before.Type == LocationPlatform:
		return Registration{}, fault.New(fault.Invalid, "%s is the platform's own and points nowhere.", before).
			WithHint("Register another location: platform catalog register PATH_OR_URL")
	case before.String() == l.String():
		return c.Refresh(ctx, id)
	}
	other, taken, err := c.known(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	if taken && other.ID != id { // by another address it is the same one
		return Registration{}, fault.New(fault.Conflict, "%s is registered already, as %s.", l, other.ID).
			WithHint("Remove one of them: platform catalog locations")
	}
	found, tree, err := c.read(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	defer c.close(ctx, l, tree)
	if found.nothing() {
		return Registration{}, nothingThere(l)
	}
	if err := c.couldRead(ctx, l); err != nil {
		return Registration{}, err
	}
	moved := before
	moved.Type, moved.Target, moved.Branch, moved.Path, moved.Version = l.Type, l.Target, l.Branch, l.Path, ""
	defer c.inTurn(ctx, found)()
	var r Registration
	err = c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil {
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		if err := c.store.SaveLocation(ctx, moved); err != nil {
			return fmt.Errorf("save location %s: %w", moved, err)
		}
		r, err = c.acceptNow(ctx, moved, tree, found)
		return err
	})
	if err != nil {
		return Registration{}, err
	}
	return c.withDocuments(ctx, r, tree, found)
}

// readable refuses locations that only the platform writes to.
func readable(l Location) error {
	if l.Type == LocationPlatform || l.sent() {
		return fault.New(fault.Invalid, "Locations of type %s cannot be registered.", string(l.Type)).
			WithHint("Register a file, a folder or a repository: platform catalog register PATH_OR_URL")
	}
	return nil
}
