package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pattern"
)

// Register reads a location and takes in what it defines. Entities that are
// wrong are reported and do not hide those that are right. Registering a
// location again reads it again, from the address that is given now. A location that cannot be read at all, or that
// holds nothing, is refused and leaves nothing behind.
func (c *Catalog) Register(ctx context.Context, l Location) (Registration, error) {
	r, err := c.register(ctx, l)
	if errors.Is(err, errOtherAddress) {
		r, err = c.register(ctx, l)
	}
	return r, err
}

func (c *Catalog) register(ctx context.Context, l Location) (Registration, error) {
	l, err := l.normal("")
	if err != nil {
		return Registration{}, err
	}
	if err := readable(l); err != nil {
		return Registration{}, err
	}
	known, exists, err := c.registered(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	if exists && l.Settings != "" && l.Settings != known.Settings {
		known.Settings = l.Settings
		return c.discover(ctx, known)
	}
	if exists && known.Target != l.Target && known.ParentID == "" { // of what an organisation has, its own address counts
		return c.Retarget(ctx, known.ID, l)
	}
	if exists {
		return c.Refresh(ctx, known.ID)
	}
	if l.Type == LocationGitHubOrg {
		return c.registerOrganization(ctx, l)
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
	if found.follows, err = c.forerunners(ctx, l); err != nil {
		return Registration{}, err
	}
	return c.takeIn(ctx, l.key(), tree, found)
}

// Refresh reads a registered location again. When it cannot be read its
// entities stay, and the reason is kept with the location.
func (c *Catalog) Refresh(ctx context.Context, locationID string) (Registration, error) {
	l, exists, err := c.store.LocationByID(ctx, locationID)
	if err != nil {
		return Registration{}, fmt.Errorf("read location %s: %w", locationID, err)
	}
	if !exists {
		return Registration{}, noLocation(locationID)
	}
	if l.Type == LocationPlatform {
		return Registration{Location: l}, nil // the platform wrote it and has nothing to read
	}
	return c.readAgain(ctx, l, true)
}

// Locations returns what is registered, oldest first.
func (c *Catalog) Locations(ctx context.Context) ([]Location, error) {
	locations, err := c.store.Locations(ctx)
	if err != nil {
		return nil, fmt.Errorf("read locations: %w", err)
	}
	return locations, nil
}

// read opens a location and reads all of it. Whoever gets the tree closes it.
func (c *Catalog) read(ctx context.Context, l Location) (reading, *Tree, error) {
	l.Version = ""
	tree, err := c.open(ctx, l)
	if err != nil {
		return reading{}, nil, err
	}
	found, err := read(ctx, l, tree, c.limits, c.parsers, nil)
	if err != nil {
		c.close(ctx, l, tree)
		return reading{}, nil, err
	}
	return found, tree, nil
}

// close closes what a location was read from.
func (c *Catalog) close(ctx context.Context, l Location, tree *Tree) {
	if tree.Close == nil {
		return
	}
	if err := tree.Close(); err != nil {
		c.log.WarnContext(ctx, "location left open", "location", l.String(), "error", err)
	}
}

// ErrNothingThere is the cause when a location could be read and holds no entity.
var ErrNothingThere = errors.New("the location holds no entity")

// nothing reports whether nobody wrote what was read for a catalog: it holds no
// entity, and nothing that is meant as one.
func (r reading) nothing() bool {
	return len(r.entities) == 0 && (len(r.problems) == 0 || !r.hopeful)
}

// meant finds the first lines of an entity in a file that need not be YAML.
var meant = pattern.New(`(?m)^[ \t{]*"?(apiVersion|kind|metadata)"?[ \t]*:`)

// hopeful reports whether somebody wrote a file for the catalog, however broken
// it is.
func hopeful(data []byte) bool { return meant().Match(data) }

func nothingThere(l Location) error {
	return fault.New(fault.Invalid, "%s holds no catalog entity.", l.Target).WithCause(ErrNothingThere).
		WithHint("Write one into catalog-info.yaml (apiVersion, kind, metadata.name, spec), " +
			"then: platform catalog register PATH_OR_URL")
}

// unreadable keeps with the location why it could not be read.
func (c *Catalog) unreadable(ctx context.Context, l Location, reason error) error {
	f := fault.From(reason)
	if f.Code == fault.Internal || ctx.Err() != nil {
		return reason
	}
	claimed := l.RefreshAt
	l.Errors = []Problem{Problem{Message: f.Message, Hint: f.Hint}.cleaned()}
	if l.Type != LocationGitHubOrg && !l.sent() {
		l.Version = "" // its problems are known again only when all of it was read
	}
	c.readBadly(&l, reason)
	err := c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil { // problems are numbered in the order of commits, too
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		now, exists, err := c.store.LocationByID(ctx, l.ID)
		if err != nil || !exists {
			return err // somebody removed it meanwhile
		}
		l.meanwhile(now, claimed)
		return c.store.SaveLocation(ctx, l)
	})
	if err != nil {
		return fmt.Errorf("save location %s: %w", l, err)
	}
	return reason
}

// accept brings the catalog in line with what was found, in one transaction.
func (c *Catalog) accept(ctx context.Context, l Location, tree *Tree, found reading) (Registration, error) {
	defer c.inTurn(ctx, found)()
	return c.acceptNow(ctx, l, tree, found)
}

// inTurn waits until a reading may be stored, and returns what lets the next one.
func (c *Catalog) inTurn(ctx context.Context, found reading) (giveBack func()) {
	if len(found.entities) < manyEntities {
		return func() {}
	}
	turn := c.storing.take(ctx)
	parser := c.parsers.take()
	return func() { parser(); turn() }
}

// acceptNow is accept for whoever has the turn, or is in a transaction already.
func (c *Catalog) acceptNow(ctx context.Context, l Location, tree *Tree, found reading) (Registration, error) {
	var r Registration
	var change changes
	err := c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil {
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		known, exists, err := c.asStored(ctx, l)
		if err != nil {
			return err
		}
		claimed := l.RefreshAt
		switch {
		case exists:
			l = known
		case l.ID != "": // somebody removed it while it was read
			return noLocation(l.ID)
		default:
			l.ID, l.CreatedAt, l.CreatedBy = newID(), c.now(), actorOf(ctx)
			if onSchedule(l.Type) {
				l.RefreshAt = l.CreatedAt
			}
		}
		if err := found.sent.follows(&l, known, tree.Commit); err != nil {
			return err
		}
		if err := c.settleKept(ctx, l, &found); err != nil {
			return err
		}
		r = Registration{Created: !exists}
		if change, err = c.merge(ctx, l, found); err != nil {
			return err
		}
		l.Errors = slices.Concat(found.problems, found.docs.problems, change.conflicts, found.untouched(known.Errors))
		if len(l.Errors) > c.limits.Problems {
			l.Errors = l.Errors[:c.limits.Problems]
		}
		c.readWell(&l)
		if found.elsewhere {
			seldomer(&l)
		}
		if found.until.After(l.LastRefreshed) && !l.RefreshAt.IsZero() {
			l.RefreshAt = found.until
		}
		if exists {
			l.meanwhile(known, claimed)
		}
		l.Commit = tree.Commit
		if err := c.remember(ctx, &l, found, change.conflicts); err != nil {
			return err
		}
		if err := c.store.SaveLocation(ctx, l); err != nil {
			return fmt.Errorf("save location %s: %w", l, err)
		}
		if err := c.keepPushed(ctx, l, found); err != nil {
			return err
		}
		if err := c.write(ctx, change, Author{Actor: actorOf(ctx), Commit: tree.Commit, At: c.now()}); err != nil {
			return err
		}
		return c.leave(ctx, change.from)
	})
	if err != nil {
		return Registration{}, err
	}
	c.namesRepository(l, change.save)
	change.describe(&r) // nobody who waits to write waits for this
	r.Location, r.Problems = l, l.Errors
	return r, nil
}

// write stores the difference. Nothing in it, nothing in the feed.
func (c *Catalog) write(ctx context.Context, diff changes, by Author) error {
	orphans, err := c.orphaned(ctx, diff.orphan)
	if err != nil {
		return err
	}
	diff.save = slices.Concat(diff.save, orphans)
	if err := c.tell(ctx, &diff); err != nil {
		return err
	}
	if err := c.claimable(ctx, slices.Concat(diff.orphan, diff.remove, diff.left())); err != nil {
		return err
	}
	if len(diff.remove) > 0 {
		seq, err := c.store.DeleteEntities(ctx, diff.remove, by)
		if err != nil {
			return fmt.Errorf("delete %d entities: %w", len(diff.remove), err)
		}
		c.model.wrote(seq)
	}
	if len(diff.save) > 0 {
		seq, err := c.store.SaveEntities(ctx, diff.save, by)
		if err != nil {
			return fmt.Errorf("save %d entities: %w", len(diff.save), err)
		}
		c.model.wrote(seq)
	}
	if len(diff.moved) > 0 {
		if err := c.store.MoveEntities(ctx, diff.moved); err != nil {
			return fmt.Errorf("move %d entities: %w", len(diff.moved), err)
		}
		for _, h := range diff.moved {
			c.model.cache.drop(h.UID)
		}
	}
	return nil
}

// newID returns an id that sorts by the time it was made.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
