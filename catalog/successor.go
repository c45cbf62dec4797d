package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// One repository may come into the catalog from several sides, one after the
// other: from somebody's work tree before its catalog file is committed, from its
// pipelines, by being found in its organisation, and at last because somebody
// registers it. They say the same of the same entities,
// so whoever knows better takes over, with uid and history.

// draft reports whether files were sent that no commit has yet.
func (l Location) draft() bool { return l.Type == LocationPush && l.Commit == "" }

// succeeds reports whether l says what before said until now. A draft gives way
// to its repository on any branch: it is written on one and merged to another.
// What pipelines send gives way to reading the repository, and what was found in
// an organisation to what somebody registers.
func (l Location) succeeds(before Location) bool {
	if sameRepository(l.Target) != sameRepository(before.Target) {
		return false
	}
	if before.Type != LocationPush {
		return l.includes(before)
	}
	return l.Type == LocationGit || l.Type == LocationPush && before.draft()
}

// predecessors returns the locations that l takes over from, by id: of those that
// hold what was found in it, and of those it is known to follow.
func (c *Catalog) predecessors(ctx context.Context, l Location, found reading, known map[Ref]Header) (map[string]Location, error) {
	ids := map[string]bool{}
	for _, id := range found.follows {
		ids[id] = true
	}
	for _, h := range known {
		if h.Source.LocationID != l.ID && (h.Source.Type == LocationPush || h.Source.Type == LocationGit) && !h.orphan() {
			ids[h.Source.LocationID] = true
		}
	}
	out := map[string]Location{}
	for id := range ids {
		before, exists, err := c.store.LocationByID(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read location %s: %w", id, err)
		}
		if exists && id != l.ID && l.succeeds(before) {
			out[id] = before
		}
	}
	return out, nil
}

// forerunners returns the drafts of a repository that somebody registers, and what
// its organisation found of it, by id.
func (c *Catalog) forerunners(ctx context.Context, repository Location) ([]string, error) {
	if repository.Type != LocationGit {
		return nil, nil
	}
	locations, err := c.ofRepository(ctx, repository.Target)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, l := range locations {
		if (l.draft() || l.ParentID != "") && repository.succeeds(l) {
			ids = append(ids, l.ID)
		}
	}
	return ids, nil
}

// inherited returns what predecessors hold that l did not define when it was
// read, and that is gone therefore. Another branch may go on defining it. The
// file of a draft may still be on its way into the branch that l reads; where it
// has arrived, it counts. An organisation may know files that l does not read.
func (c *Catalog) inherited(ctx context.Context, l Location, found reading, from map[string]Location, defined map[Ref]bool) ([]Header, error) {
	var gone []Header
	for id, before := range from {
		branch := cmp.Or(l.Branch, found.branch, before.Branch)
		if branch != before.Branch && !before.draft() && before.ParentID == "" {
			continue
		}
		held, err := c.store.HeadersAt(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read the entities of %s: %w", before, err)
		}
		for _, h := range held {
			if defined[h.Ref] || h.orphan() || !found.gone(h) || (before.draft() || before.ParentID != "") && !found.seen[h.Source.Path] {
				continue
			}
			h.Source.LocationID = l.ID // who speaks for it now
			gone = append(gone, h)
		}
	}
	slices.SortFunc(gone, func(a, b Header) int { return strings.Compare(a.Ref.String(), b.Ref.String()) })
	return gone, nil
}

// leave forgets locations that have nothing left.
func (c *Catalog) leave(ctx context.Context, from map[string]Location) error {
	for id, l := range from {
		held, err := c.store.HeadersAt(ctx, id)
		if err != nil {
			return fmt.Errorf("read the entities of %s: %w", l, err)
		}
		if len(held) > 0 {
			continue
		}
		if err := c.store.DeleteLocation(ctx, id); err != nil {
			return fmt.Errorf("delete location %s: %w", l, err)
		}
	}
	return nil
}

// covers reports whether l reads the catalog files that are pushed.
func (l Location) covers(p PushRequest) bool {
	if l.Path == "" {
		return true
	}
	return len(p.Entries) > 0 && !slices.ContainsFunc(p.Entries, func(name string) bool { return !l.holds(name) })
}
