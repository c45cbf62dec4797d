package main

import (
	"os"
	"runtime"
)

// heapFloor is memory in bytes that counts as used and is never touched, so that
// it takes up addresses and no memory.
const heapFloor = 16 << 20

// keepHeapFloor keeps a server that holds little from collecting garbage with
// every answer. Go collects when the heap has doubled: one of 8 MB did so each time
// somebody asked about a service with two thousand consumers, and that was a
// quarter of the work. Whoever sets GOGC or GOMEMLIMIT decides for themselves.
// What is returned lets go of it.
func keepHeapFloor() (release func()) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	floor := make([]byte, heapFloor)
	return func() { runtime.KeepAlive(floor) }
}
