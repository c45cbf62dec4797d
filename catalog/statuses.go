package catalog

import (
	"context"
	"fmt"
	"sync/atomic"
)

// statuses holds what is wrong with entities, as their JSON shows it, by ref.
// Problems are few; they are read again whenever any came or went.
type statuses struct {
	current atomic.Pointer[statusSet]
}

type statusSet struct {
	version string
	byRef   map[string]string
}

// refresh reads the problems again if they are not those of last time.
func (s *statuses) refresh(ctx context.Context, store Store) error {
	version, err := store.ProblemsVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the version of problems: %w", err)
	}
	if known := s.current.Load(); known != nil && known.version == version {
		return nil
	}
	problems, err := store.AllProblems(ctx)
	if err != nil {
		return fmt.Errorf("read the problems of all locations: %w", err)
	}
	items, unread := map[string][]StatusItem{}, map[string][]Problem{}
	for _, p := range problems {
		if p.Ref == "" {
			unread[p.LocationID] = append(unread[p.LocationID], p)
			continue
		}
		items[p.Ref] = append(items[p.Ref], p.statusItem())
	}
	for id, unread := range unread {
		there, err := store.HeadersAt(ctx, id)
		if err != nil {
			return fmt.Errorf("read whom the problems of location %s concern: %w", id, err)
		}
		for _, h := range there {
			for _, p := range unread {
				if p.Concerns(h.Ref, h.Source) {
					items[h.Ref.String()] = append(items[h.Ref.String()], p.statusItem())
				}
			}
		}
	}
	set := &statusSet{version: version, byRef: make(map[string]string, len(items))}
	for ref, list := range items {
		set.byRef[ref] = string(statusOf(list).appendJSON(nil))
	}
	s.current.Store(set)
	return nil
}

// of returns the status of an entity as JSON, "" when there is nothing to say.
func (s *statuses) of(ref string) string {
	if set := s.current.Load(); set != nil {
		return set.byRef[ref]
	}
	return ""
}

// statusItem tells a problem as Backstage does.
func (p Problem) statusItem() StatusItem {
	return StatusItem{Type: statusProcessing, Level: "error", Message: p.String()}
}

// errorName is how Backstage calls an error of who wrote a file. Its own pages
// show only what has an error in the status.
const errorName = "InputError"

// statusOf returns an entity's status as a document.
func statusOf(items []StatusItem) *value {
	list := &value{kind: kindList}
	for _, s := range items {
		list.items = append(list.items, &value{
			kind: kindObject, keys: []string{"type", "level", "message", "error"},
			items: []*value{text(s.Type), text(s.Level), text(s.Message), {
				kind: kindObject, keys: []string{"name", "message"}, items: []*value{text(errorName), text(s.Message)},
			}},
		})
	}
	return &value{kind: kindObject, keys: []string{"items"}, items: []*value{list}}
}
