package catalog

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestATurnIsWaitedForAndNeverRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		queue := newTurn()
		waits := func(ctx context.Context) (time.Duration, func()) {
			from := time.Now()
			giveBack := queue.take(ctx)
			return time.Since(from), giveBack
		}
		waited, first := waits(t.Context())
		if waited != 0 {
			t.Errorf("the first waits %s", waited)
		}
		time.AfterFunc(time.Second, first)
		waited, second := waits(t.Context())
		if waited != time.Second {
			t.Errorf("the second waits %s for the first, who takes 1s", waited)
		}
		waited, third := waits(t.Context())
		if waited != turnPatience {
			t.Errorf("the third waits %s, patience is %s", waited, turnPatience)
		}
		third() // it has nothing to give back
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if waited, _ := waits(ended); waited != 0 {
			t.Errorf("who gave up waits %s", waited)
		}
		second()
		if waited, _ := waits(t.Context()); waited != 0 {
			t.Errorf("a turn that was given back is waited for: %s", waited)
		}
	})
}
