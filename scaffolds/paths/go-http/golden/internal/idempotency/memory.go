package idempotency

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// maxKept is how many keys are remembered at most. Beyond it the oldest are
// forgotten early: memory is not for callers to fill.
const maxKept = 10_000

// Memory is a Store in the process's memory: like the items beside it, it is
// gone when the process stops, and other instances do not know it. Where items
// are kept in a database, keep this there, too.
type Memory struct {
	lasts time.Duration

	mu    sync.Mutex
	byKey map[string]*entry
	// In the order they began, which is the order in which they expire.
	ordered []*entry
}

var _ Store = (*Memory)(nil)

type entry struct {
	key     string
	request Fingerprint
	expires time.Time
	answer  *Answer
}

// NewMemory returns a store that forgets an answer after a while.
func NewMemory(lasts time.Duration) *Memory {
	return &Memory{lasts: lasts, byKey: map[string]*entry{}}
}

// Begin implements Store.
func (m *Memory) Begin(_ context.Context, key string, request Fingerprint) (*Answer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(time.Now())
	known, ok := m.byKey[key]
	switch {
	case !ok:
		e := &entry{key: key, request: request, expires: time.Now().Add(m.lasts)}
		m.byKey[key] = e
		m.ordered = append(m.ordered, e)
		return nil, nil //nolint:nilnil // no answer yet, and nothing wrong
	case known.request != request:
		return nil, ErrReused
	case known.answer == nil:
		return nil, ErrRunning
	}
	return known.answer, nil
}

// forget drops what has expired, and the oldest when there are too many.
func (m *Memory) forget(now time.Time) {
	for len(m.ordered) > 0 && (len(m.ordered) >= maxKept || !now.Before(m.ordered[0].expires)) {
		m.remove(m.ordered[0])
		m.ordered[0] = nil // it is not to live on under the slice
		m.ordered = m.ordered[1:]
	}
}

// remove drops an entry, unless its key was taken again since.
func (m *Memory) remove(e *entry) {
	if m.byKey[e.key] == e {
		delete(m.byKey, e.key)
	}
}

// Finish implements Store.
func (m *Memory) Finish(_ context.Context, key string, answer Answer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byKey[key]
	if !ok {
		return fmt.Errorf("the key of a request was forgotten before its answer: more than %d are in use", maxKept)
	}
	e.answer = &answer
	return nil
}

// Abandon implements Store.
func (m *Memory) Abandon(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byKey, key) // ordered drops it when its time has come
	return nil
}
