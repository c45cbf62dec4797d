package cache

import (
	"errors"
	"sync"
)

// tolerated is by how many failures more than successes a cache is left alone.
const tolerated = 5

// errAway says that the cache was not even asked.
var errAway = errors.New("the cache is left alone until it answers again")

// health decides whether the cache is asked. One that hangs would cost each
// request its timeout, so after a few failures only the watch asks it.
type health struct {
	mu       sync.Mutex
	failures int   // more than successes
	reason   error // why it is left alone; nil while it is asked
}

// away is why the cache is left alone, if it is.
func (h *health) away() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.reason
}

func (h *health) succeeded() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failures = max(0, h.failures-1)
}

// failed reports whether the cache is left alone from now on.
func (h *health) failed(err error) (now bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failures++
	if h.reason != nil || h.failures < tolerated {
		return false
	}
	h.reason = err
	return true
}

// found says that the cache answers, and reports whether it was left alone
// until now.
func (h *health) found() (again bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	again = h.reason != nil
	if again {
		h.failures, h.reason = 0, nil
	}
	return again
}
