package pipelines

import "sync"

// hub tells watchers in this process that a run has new events. Watchers in
// other processes find out by looking.
type hub struct {
	mu      sync.Mutex
	changed map[string]chan struct{}
	waiters map[string]int
}

func newHub() *hub {
	return &hub{changed: map[string]chan struct{}{}, waiters: map[string]int{}}
}

// join returns what gives the current signal of a run, and what ends it.
func (h *hub) join(id string) (signal func() <-chan struct{}, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiters[id]++
	if h.changed[id] == nil {
		h.changed[id] = make(chan struct{})
	}
	signal = func() <-chan struct{} {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.changed[id]
	}
	leave = func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.waiters[id]--; h.waiters[id] == 0 {
			delete(h.waiters, id)
			delete(h.changed, id)
		}
	}
	return signal, leave
}

// notify wakes everybody who waits for the run.
func (h *hub) notify(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c := h.changed[id]; c != nil {
		close(c)
		h.changed[id] = make(chan struct{})
	}
}
