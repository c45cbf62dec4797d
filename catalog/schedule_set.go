package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// SetSchedule says how often a location is read again: 0 is as its organisation
// or type says, Never only when somebody asks. What is said of an organisation
// holds for the repositories found in it, too, unless they have their own.
func (c *Catalog) SetSchedule(ctx context.Context, locationID string, every time.Duration) (Location, error) {
	if every != 0 {
		if err := soundEvery(every); err != nil {
			return Location{}, err
		}
	}
	var l Location
	err := c.unit.InTx(ctx, func(ctx context.Context) error {
		var exists bool
		var err error
		l, exists, err = c.store.LocationByID(ctx, locationID)
		if err != nil {
			return fmt.Errorf("read location %s: %w", locationID, err)
		}
		if !exists {
			return noLocation(locationID)
		}
		if !onSchedule(l.Type) {
			return fault.New(fault.Invalid, "Locations of type %s are not read by themselves.", string(l.Type)).
				WithHint("See which are: platform catalog locations")
		}
		before := l
		l.RefreshEvery = every.Round(time.Second)
		if err := c.reschedule(ctx, before, &l); err != nil || l.Type != LocationGitHubOrg {
			return err
		}
		children, err := c.children(ctx, l.ID)
		if err != nil {
			return err
		}
		for _, child := range children {
			before := child
			child.InheritedEvery = l.RefreshEvery
			if err := c.reschedule(ctx, before, &child); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Location{}, err
	}
	c.Nudge()
	return l, nil
}

// reschedule stores how often a location is read, and works out when it is next.
// One that its organisation no longer has stays unread.
func (c *Catalog) reschedule(ctx context.Context, before Location, l *Location) error {
	last, lastSource := before.Every()
	every, source := l.Every()
	switch {
	case l.RefreshAt.IsZero() && !before.paused():
	case every == last && source == lastSource: // another says it, and it is the same
	default:
		if l.RefreshAt = l.next(); l.LastRefreshed.IsZero() && every > 0 {
			l.RefreshAt = c.now()
		}
	}
	if err := c.store.SetEvery(ctx, *l); err != nil {
		return fmt.Errorf("save location %s: %w", l, err)
	}
	return nil
}
