package catalog

import (
	"context"
	"runtime"
	"time"
)

// turn is a queue that nobody has to stand in: who waited long enough goes on
// without.
type turn chan struct{}

const (
	// turnPatience is how long a turn is waited for: whoever has it may be held up
	// by a transaction that waits for the one in the queue.
	turnPatience = time.Minute
	// manyEntities is from how many entities on a location is stored in turn. Of
	// many such locations one at a time asks for the database, so that whoever
	// writes little waits for one of them and not for all.
	manyEntities = 1000
)

func newTurn() turn { return make(turn, 1) }

// take waits for the turn, and returns what gives it back.
func (t turn) take(ctx context.Context) (giveBack func()) {
	timer := time.NewTimer(turnPatience)
	defer timer.Stop()
	select {
	case t <- struct{}{}:
		return func() { <-t }
	case <-timer.C:
	case <-ctx.Done():
	}
	return func() {}
}

// parsers are how many documents all readings parse at a time: no more than
// there are processors, so that reading many locations at once leaves one to
// whoever stores what was read, and others wait for.
type parsers chan struct{}

func newParsers() parsers {
	return make(parsers, max(2, runtime.GOMAXPROCS(0))) // who stores takes one of them
}

// take waits for a place, and returns what gives it back. Nil has any number.
func (p parsers) take() (giveBack func()) {
	if p == nil {
		return func() {}
	}
	p <- struct{}{}
	return func() { <-p }
}
