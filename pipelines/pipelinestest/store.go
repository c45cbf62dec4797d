// Package pipelinestest has what tests of runs share: a store in memory, a
// queue and a clock that tests move by hand, and the suites that every store
// and every host passes.
package pipelinestest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

// Store keeps runs in memory. It is a Store and the Unit that goes with it.
type Store struct {
	mu    sync.Mutex // held by the transaction
	state state
	limit int
}

type state struct {
	runs   map[string]pipelines.Run
	events map[string][]pipelines.Event
	bytes  map[string]int
	files  map[string][]byte
}

func (s state) clone() state {
	c := state{runs: map[string]pipelines.Run{}, events: map[string][]pipelines.Event{}, bytes: maps.Clone(s.bytes), files: maps.Clone(s.files)}
	for id, run := range s.runs {
		c.runs[id] = copied(run)
	}
	for id, events := range s.events {
		c.events[id] = slices.Clone(events)
	}
	return c
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{limit: pipelines.MaxLogBytes, state: state{
		runs: map[string]pipelines.Run{}, events: map[string][]pipelines.Event{}, bytes: map[string]int{}, files: map[string][]byte{},
	}}
}

var (
	_ pipelines.Store = (*Store)(nil)
	_ pipelines.Unit  = (*Store)(nil)
)

type txKey struct{}

// InTx runs fn alone; nothing of what it did stays when it fails.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if ctx.Value(txKey{}) == s {
		return fn(ctx)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.state.clone()
	if err := fn(context.WithValue(ctx, txKey{}, s)); err != nil {
		s.state = before
		return err
	}
	return nil
}

func (s *Store) within(ctx context.Context, fn func() error) error {
	return s.InTx(ctx, func(context.Context) error { return fn() })
}

func copied(run pipelines.Run) pipelines.Run {
	run.Steps = slices.Clone(run.Steps)
	return run
}

func (s *Store) lockFree(run pipelines.Run) error {
	if run.Lock == "" || run.State.Ended() {
		return nil
	}
	for id, other := range s.state.runs {
		if id != run.ID && other.Lock == run.Lock && !other.State.Ended() {
			return fault.New(fault.Conflict, "Another run holds %q.", run.Lock)
		}
	}
	return nil
}

// Insert adds a run.
func (s *Store) Insert(ctx context.Context, run pipelines.Run) error {
	return s.within(ctx, func() error {
		if err := s.lockFree(run); err != nil {
			return err
		}
		s.state.runs[run.ID] = copied(run)
		return nil
	})
}

// Get returns a run.
func (s *Store) Get(ctx context.Context, id string) (run pipelines.Run, err error) {
	err = s.within(ctx, func() error {
		found, ok := s.state.runs[id]
		if !ok {
			return fault.New(fault.NotFound, "There is no run %q.", id)
		}
		run = copied(found)
		return nil
	})
	return run, err
}

// Lock is Get; the transaction is alone anyway.
func (s *Store) Lock(ctx context.Context, id string) (pipelines.Run, error) { return s.Get(ctx, id) }

// Save writes a run.
func (s *Store) Save(ctx context.Context, run pipelines.Run) error {
	return s.within(ctx, func() error {
		if _, ok := s.state.runs[run.ID]; !ok {
			return fault.New(fault.NotFound, "There is no run %q.", run.ID)
		}
		if err := s.lockFree(run); err != nil {
			return err
		}
		s.state.runs[run.ID] = copied(run)
		return nil
	})
}

// List returns one page.
func (s *Store) List(ctx context.Context, q pipelines.RunQuery) (page pipelines.RunPage, err error) {
	err = s.within(ctx, func() error {
		ids := slices.Sorted(maps.Keys(s.state.runs))
		slices.Reverse(ids)
		for _, id := range ids {
			run := s.state.runs[id]
			if !matches(run, q) {
				continue
			}
			if len(page.Items) == q.Limit {
				page.Next = page.Items[len(page.Items)-1].ID
				return nil
			}
			page.Items = append(page.Items, copied(run))
		}
		return nil
	})
	return page, err
}

func matches(run pipelines.Run, q pipelines.RunQuery) bool {
	return (len(q.Kinds) == 0 || slices.Contains(q.Kinds, run.Kind)) &&
		(q.Subject == "" || q.Subject == run.Subject) &&
		(len(q.States) == 0 || slices.Contains(q.States, run.State)) &&
		(q.Cursor == "" || strings.Compare(run.ID, q.Cursor) < 0)
}

// Holder returns who holds a lock.
func (s *Store) Holder(ctx context.Context, lock string) (holder string, err error) {
	err = s.within(ctx, func() error {
		for id, run := range s.state.runs {
			if run.Lock == lock && lock != "" && !run.State.Ended() {
				holder = id
			}
		}
		return nil
	})
	return holder, err
}

// Due returns runs to take up again.
func (s *Store) Due(ctx context.Context, now, lost time.Time, limit int) (ids []string, err error) {
	err = s.within(ctx, func() error {
		for _, id := range slices.Sorted(maps.Keys(s.state.runs)) {
			run := s.state.runs[id]
			due := run.State == pipelines.Running && !run.Lease.Until.After(now) ||
				run.State == pipelines.Waiting && !run.WakeAt.After(now) ||
				run.State == pipelines.Queued && run.QueuedAt.Before(lost)
			if due && len(ids) < limit {
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}

// Append adds events.
func (s *Store) Append(ctx context.Context, runID string, events []pipelines.Event) error {
	return s.within(ctx, func() error {
		kept, size := pipelines.Bounded(events, s.state.bytes[runID], s.limit)
		s.state.bytes[runID] = size
		for _, e := range kept {
			e.Seq = int64(len(s.state.events[runID])) + 1
			s.state.events[runID] = append(s.state.events[runID], e)
		}
		return nil
	})
}

// Events returns events after a number.
func (s *Store) Events(ctx context.Context, runID string, after int64, limit int) (events []pipelines.Event, err error) {
	err = s.within(ctx, func() error {
		for _, e := range s.state.events[runID] {
			if e.Seq > after && len(events) < limit {
				events = append(events, e)
			}
		}
		return nil
	})
	return events, err
}

// PutFile keeps a file.
func (s *Store) PutFile(ctx context.Context, runID, name string, data []byte) error {
	return s.within(ctx, func() error {
		s.state.files[runID+"/"+name] = slices.Clone(data)
		return nil
	})
}

// File returns a file.
func (s *Store) File(ctx context.Context, runID, name string) (data []byte, err error) {
	err = s.within(ctx, func() error {
		found, ok := s.state.files[runID+"/"+name]
		if !ok {
			return fault.New(fault.NotFound, "Run %s has no file %q.", runID, name)
		}
		data = slices.Clone(found)
		return nil
	})
	return data, err
}

// DropFiles forgets the files of a run.
func (s *Store) DropFiles(ctx context.Context, runID string) error {
	return s.within(ctx, func() error {
		maps.DeleteFunc(s.state.files, func(name string, _ []byte) bool { return strings.HasPrefix(name, runID+"/") })
		return nil
	})
}
