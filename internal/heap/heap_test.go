package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// percent is what is in effect.
func percent() int {
	now := debug.SetGCPercent(usual)
	debug.SetGCPercent(now)
	return now
}

func TestOnlyTheFirstCollectionIsPutOff(t *testing.T) { //nolint:paralleltest // it is about the whole process
	debug.SetGCPercent(usual)
	wait(firstCollection)
	if got := percent(); got != firstCollection {
		t.Fatalf("before a collection it is %d, want %d", got, firstCollection)
	}
	runtime.GC()
	for deadline := time.Now().Add(10 * time.Second); percent() != usual; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("after a collection it is %d still", percent())
		}
	}
}

func TestWhoeverSetsGOGCDecides(t *testing.T) { //nolint:paralleltest // it is about the whole process
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	if wait(firstCollection); percent() != 50 {
		t.Errorf("it is %d, want 50", percent())
	}
}
