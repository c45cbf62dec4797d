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

// TestLargeLocationsAreStoredInTurn lets two large readings and a small one be
// stored at the same time.
func TestLargeLocationsAreStoredInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &Catalog{storing: newTurn(), parsers: newParsers()}
		large, small := reading{entities: make([]Entity, manyEntities)}, reading{entities: make([]Entity, 1)}
		from := time.Now()
		first := c.inTurn(t.Context(), large)
		c.inTurn(t.Context(), small)()
		if waited := time.Since(from); waited != 0 {
			t.Errorf("a small location waits %s for a large one", waited)
		}
		if len(c.parsers) != 1 {
			t.Errorf("while a large location is stored, %d processors are kept from parsing, want 1", len(c.parsers))
		}
		time.AfterFunc(5*time.Second, first)
		c.inTurn(t.Context(), large)()
		if waited := time.Since(from); waited != 5*time.Second {
			t.Errorf("a large location waits %s for another one, which takes 5s", waited)
		}
		if len(c.parsers) != 0 {
			t.Error("a processor is kept from parsing although nothing is stored")
		}
	})
}
