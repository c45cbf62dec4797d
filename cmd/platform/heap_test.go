package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// nextCollection is how large the heap may become until it is collected.
func nextCollection() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.NextGC
}

func TestASmallHeapIsNotCollectedWithEveryAnswer(t *testing.T) { //nolint:paralleltest // it sets the environment, and others would use memory meanwhile
	debug.SetGCPercent(100) // as after the first collection
	for name, want := range map[string]bool{"": true, "GOGC": false, "GOMEMLIMIT": false} {
		t.Setenv("GOGC", "")
		t.Setenv("GOMEMLIMIT", "")
		if name != "" {
			t.Setenv(name, "200")
		}
		before := nextCollection()
		release := keepHeapFloor()
		grew := nextCollection() > before+heapFloor
		release()
		if grew != want {
			t.Errorf("with %s set the floor is kept: %t, want %t", name, grew, want)
		}
	}
}
