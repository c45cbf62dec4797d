package catalog

import (
	"context"
	"time"
)

// turn is a queue that nobody has to stand in: who waited long enough goes on
// without.
type turn chan struct{}

// turnPatience is how long a turn is waited for: whoever has it may be held up
// by another process, or by a transaction that waits for the one in the queue.
const turnPatience = 2 * time.Second

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
