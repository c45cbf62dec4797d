package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// childSettings are what an organisation's location keeps with each repository
// it found.
type childSettings struct {
	ID     int64     `json:"id"` // of the repository on its host; stays when it is renamed
	Pushed time.Time `json:"pushed"`
	Branch string    `json:"branch,omitempty"` // the default one
	Gone   bool      `json:"gone,omitempty"`   // the organisation has it no longer, or somebody registered it
}

// registerOrganization takes in an organisation: a location of its own for every
// repository it has. Those are read by the schedule; where none runs, now. That
// no repository has a catalog file yet is how it begins.
func (c *Catalog) registerOrganization(ctx context.Context, l Location) (Registration, error) {
	settings := l.Settings
	found, err := c.repositoriesOf(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	if err := found.meantAny(l); err != nil {
		return Registration{}, err
	}
	l = l.key()
	l.ID, l.CreatedAt, l.CreatedBy, l.Settings = newID(), c.now(), actorOf(ctx), settings
	l.RefreshAt = l.CreatedAt
	r, err := c.settle(ctx, l, found, true)
	if err != nil {
		return Registration{}, err
	}
	return c.readChildren(ctx, r)
}

// meantAny refuses an organisation of which nothing is to be read: nobody would
// notice.
func (d Discovery) meantAny(l Location) error {
	switch {
	case d.All == 0:
		return fault.New(fault.Invalid, "The token may see no repository of %s.", l.Target).
			WithHint("Give it the rights Contents and Metadata, read, for the repositories that are meant.")
	case d.Looked == 0:
		return fault.New(fault.Invalid, "None of the %s of %s is meant.", counted(d.All, "repository", "repositories"), l.Target).
			WithHint("Say otherwise which are: --repositories, --expression, --topic, --without-topic, --visibility; --archived and --forks take in those, too. Empty ones are never read.")
	}
	return nil
}

// discover looks again which repositories an organisation has.
func (c *Catalog) discover(ctx context.Context, l Location) (Registration, error) {
	found, err := c.repositoriesOf(ctx, l)
	if found.State != "" {
		l.Version = found.State
	}
	if err != nil {
		return Registration{}, c.unreadable(ctx, l, err)
	}
	r, err := c.settle(ctx, l, found, false)
	if err != nil {
		return Registration{}, err
	}
	return c.readChildren(ctx, r)
}

func (c *Catalog) repositoriesOf(ctx context.Context, l Location) (Discovery, error) {
	settings, err := parseOrganization(l.Settings)
	if err != nil {
		return Discovery{}, err
	}
	if c.organizations == nil {
		return Discovery{}, fault.New(fault.Unauthenticated, "The platform has no token for GitHub, so it cannot see what %s has.", l.Target).
			WithHint("Set one that may read contents and metadata: PLATFORM_GITHUB_TOKEN")
	}
	found, err := c.organizations.Repositories(ctx, l.Target, settings, l.Version)
	if wait, ok := errors.AsType[*WaitError](err); ok {
		err = fault.New(fault.Unavailable, "%s", wait.Reason).WithHint("Nothing is to be done: it goes on by itself.").WithCause(wait)
	}
	return found, err
}

// settle brings the locations of an organisation's repositories in line with
// what was found. A repository is known by its number: one that was renamed
// keeps its location, and its entities their history.
func (c *Catalog) settle(ctx context.Context, l Location, found Discovery, created bool) (Registration, error) {
	settings, err := parseOrganization(l.Settings)
	if err != nil {
		return Registration{}, err
	}
	claimed := l.RefreshAt
	err = c.unit.InTx(ctx, func(ctx context.Context) error {
		now, exists, err := c.store.LocationByID(ctx, l.ID)
		if err != nil || exists == created {
			if err == nil {
				err = noLocation(l.ID) // somebody removed it meanwhile
			}
			return err
		}
		if exists {
			l.RefreshEvery = now.RefreshEvery
		}
		all, err := c.Locations(ctx)
		if err != nil {
			return err
		}
		children, err := childrenIn(all, l.ID)
		if err != nil {
			return err
		}
		owned := registeredByHand(all)
		for _, repository := range found.Repositories {
			child, known := children[repository.ID]
			taken, err := c.readByHand(ctx, owned, repository, settings)
			if err != nil {
				return err
			}
			if taken {
				continue // what was found of it before goes, with the children that are left
			}
			delete(children, repository.ID)
			if err := c.settleOne(ctx, l, child, known, repository, settings); err != nil {
				return err
			}
		}
		for _, child := range children {
			if err := c.vanished(ctx, child); err != nil {
				return err
			}
		}
		c.readWell(&l)
		if exists {
			l.meanwhile(now, claimed)
		}
		l.Version, l.Errors = found.State, nil
		if err := c.store.SaveLocation(ctx, l); err != nil {
			return fmt.Errorf("save location %s: %w", l, err)
		}
		return nil
	})
	c.Nudge()
	return Registration{Location: l, Created: created, Discovery: &found}, err
}

// settleOne makes or changes the location of one repository.
func (c *Catalog) settleOne(ctx context.Context, l, child Location, known bool, r FoundRepository, s OrganizationSettings) error {
	var before childSettings
	_ = json.Unmarshal([]byte(child.Settings), &before) // of a new one there are none
	settings, err := json.Marshal(childSettings{ID: r.ID, Pushed: r.Pushed, Branch: r.Branch})
	if err != nil {
		return fmt.Errorf("encode what is known of %s: %w", r.Address, err)
	}
	reading := !child.RefreshAt.IsZero() || child.paused() && !before.Gone
	if known && child.Target == r.Address && child.Path == s.Path && child.Branch == s.Branch && before.Pushed.Equal(r.Pushed) && reading {
		return nil
	}
	if child.Target != r.Address || child.Path != s.Path || child.Branch != s.Branch {
		place := Location{Type: LocationGit, Target: r.Address, Branch: s.Branch, Path: s.Path}
		if _, taken, err := c.store.LocationByKey(ctx, place); err != nil || taken {
			return err // another organisation has it
		}
	}
	if !known {
		child = Location{ID: newID(), Type: LocationGit, ParentID: l.ID, CreatedAt: c.now(), CreatedBy: l.CreatedBy, InheritedEvery: l.RefreshEvery}
	}
	child.Target, child.Branch, child.Path, child.Settings, child.Version = r.Address, s.Branch, s.Path, string(settings), ""
	// One that somebody paused is read only when it comes or comes back. Where all
	// of the organisation is paused, somebody asked for this.
	if !known || before.Gone || child.RefreshEvery != Never {
		child.RefreshAt = c.now()
	}
	if err := c.store.SaveLocation(ctx, child); err != nil {
		return fmt.Errorf("save location %s: %w", child, err)
	}
	return nil
}

// vanished takes in that a repository is gone, archived or no longer meant: what
// it defined has no file any more. The location goes with the last entity. Where
// somebody registered the repository, theirs takes the entities over.
func (c *Catalog) vanished(ctx context.Context, child Location) error {
	left, err := c.store.HeadersAt(ctx, child.ID)
	if err != nil {
		return fmt.Errorf("read the entities of %s: %w", child, err)
	}
	if len(left) == 0 {
		if err := c.store.DeleteLocation(ctx, child.ID); err != nil {
			return fmt.Errorf("delete location %s: %w", child, err)
		}
		return nil
	}
	var s childSettings
	if err := json.Unmarshal([]byte(child.Settings), &s); err != nil {
		return fmt.Errorf("decode what is known of %s: %w", child, err)
	}
	if s.Gone {
		return nil // known already
	}
	s.Gone = true
	settings, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode what is known of %s: %w", child, err)
	}
	child.RefreshAt, child.Settings = time.Time{}, string(settings)
	if err := c.store.SaveLocation(ctx, child); err != nil {
		return fmt.Errorf("save location %s: %w", child, err)
	}
	_, err = c.accept(ctx, child, &Tree{Commit: child.Commit}, reading{})
	return err
}

// children returns the locations that another one found, by the number of their
// repository.
func (c *Catalog) children(ctx context.Context, parent string) (map[int64]Location, error) {
	all, err := c.Locations(ctx)
	if err != nil {
		return nil, err
	}
	return childrenIn(all, parent)
}

func childrenIn(all []Location, parent string) (map[int64]Location, error) {
	out := map[int64]Location{}
	for _, l := range all {
		if l.ParentID != parent {
			continue
		}
		var s childSettings
		if err := json.Unmarshal([]byte(l.Settings), &s); err != nil {
			return nil, fmt.Errorf("decode what is known of %s: %w", l, err)
		}
		out[s.ID] = l
	}
	return out, nil
}

// dropChildren forgets the locations that l found, and what they define.
func (c *Catalog) dropChildren(ctx context.Context, l Location) error {
	if l.Type != LocationGitHubOrg {
		return nil
	}
	children, err := c.children(ctx, l.ID)
	if err != nil {
		return err
	}
	for _, child := range children {
		if err := c.drop(ctx, Location{ID: child.ID}, func(Header) bool { return true }, true); err != nil {
			return err
		}
	}
	return nil
}

// readChildren reads the repositories that are due when no schedule of this
// process does: a command that ends cannot leave them to later.
func (c *Catalog) readChildren(ctx context.Context, r Registration) (Registration, error) {
	if c.schedule.running.Load() > 0 {
		return r, nil
	}
	children, err := c.children(ctx, r.Location.ID)
	if err != nil {
		return r, err
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	free := make(chan struct{}, scheduleReaders)
	for _, child := range children {
		if child.RefreshAt.IsZero() || child.RefreshAt.After(c.now()) {
			continue
		}
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			one, err := c.readAgain(ctx, child, false)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				f := fault.From(err)
				r.Problems = append(r.Problems, Problem{LocationID: child.ID, File: child.Target, Message: f.Message, Hint: f.Hint})
				return
			}
			r.Entities, r.Problems = append(r.Entities, one.Entities...), append(r.Problems, one.Problems...)
			r.Added, r.Changed, r.Removed = append(r.Added, one.Added...), append(r.Changed, one.Changed...), append(r.Removed, one.Removed...)
			r.Orphaned = append(r.Orphaned, one.Orphaned...)
		})
	}
	group.Wait()
	for _, refs := range [][]Ref{r.Entities, r.Added, r.Changed, r.Removed, r.Orphaned} {
		sortRefs(refs)
	}
	return r, nil
}
