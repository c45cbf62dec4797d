package postgres

import (
	"sync"
	"time"
)

// lagGuard knows how far the replica is behind. It does not ask when the last
// transaction was: where nothing is written, that is long ago and says nothing.
// It remembers where the primary's log was at which moment, and looks which of
// these places the replica has reached: it has everything from before.
type lagGuard struct {
	most time.Duration

	mu      sync.Mutex
	places  []place // of the primary's log; the first is the last one reached
	reached time.Time
}

// place is where the primary's log ended at a moment.
type place struct {
	at       time.Time
	position uint64
}

// The places kept: at one a second, who is behind more is behind for a while.
const maxPlaces = 600

// wroteUpTo says where the primary's log ends; at is from before it was asked.
func (g *lagGuard) wroteUpTo(at time.Time, position uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := len(g.places); n > 0 && position < g.places[n-1].position {
		g.places, g.reached = nil, time.Time{} // another primary, with a log of its own
	}
	g.places = append(g.places, place{at, position})
	if len(g.places) > maxPlaces {
		g.places = g.places[1:]
	}
}

// replayedUpTo says how far the replica has come.
func (g *lagGuard) replayedUpTo(position uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reached = time.Time{}
	for len(g.places) > 0 && g.places[0].position <= position {
		g.reached = g.places[0].at
		if len(g.places) == 1 || g.places[1].position > position {
			break // The next look needs it, when the replica has come no further.
		}
		g.places = g.places[1:]
	}
}

// distrust keeps reads from the replica until the next look.
func (g *lagGuard) distrust() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reached = time.Time{}
}

// fresh reports whether the replica may be read. When nobody looks any more,
// it is not: what is known grows old by itself.
func (g *lagGuard) fresh(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.reached.IsZero() && now.Sub(g.reached) <= g.most
}

// lag is how far the replica is behind, at most.
func (g *lagGuard) lag(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case !g.reached.IsZero():
		return now.Sub(g.reached)
	case len(g.places) > 0:
		return now.Sub(g.places[0].at)
	default:
		return 0
	}
}
