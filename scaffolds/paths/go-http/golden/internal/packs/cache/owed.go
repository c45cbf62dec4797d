package cache

import (
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// mostOwed is how many items are remembered one by one.
const mostOwed = 10_000

// owed is what was written while the cache could not be told: it may still have
// old copies. This instance does not use them, and the others are told as soon
// as the cache is back. Copies end by themselves, so nothing is owed for longer.
type owed struct {
	lasts time.Duration
	gauge prometheus.Gauge

	mu    sync.Mutex
	until map[uuid.UUID]time.Time
	all   time.Time // there were too many: until then, any item may be among them
}

func newOwed(lasts time.Duration, gauge prometheus.Gauge) *owed {
	return &owed{lasts: lasts, gauge: gauge, until: map[uuid.UUID]time.Time{}}
}

func (o *owed) add(id uuid.UUID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	until := time.Now().Add(o.lasts)
	if len(o.until) < mostOwed {
		o.until[id] = until
	} else {
		o.all = until
	}
	o.gauge.Set(float64(len(o.until)))
}

// has reports whether the cache may have an old copy of an item.
func (o *owed) has(id uuid.UUID) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.until) == 0 && o.all.IsZero() {
		return false
	}
	now := time.Now()
	return now.Before(o.until[id]) || now.Before(o.all)
}

// pay tells the cache of each item, until that fails.
func (o *owed) pay(tell func(uuid.UUID) error) {
	o.mu.Lock()
	due := maps.Clone(o.until)
	o.mu.Unlock()
	for id, until := range due {
		if time.Now().Before(until) && tell(id) != nil {
			return
		}
		o.mu.Lock()
		if o.until[id].Equal(until) { // else it was written once more
			delete(o.until, id)
		}
		o.gauge.Set(float64(len(o.until)))
		o.mu.Unlock()
	}
}
