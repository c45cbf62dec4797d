// Package heap keeps a program that has just started from collecting garbage. It
// works by being imported, and imports nothing of ours.
package heap

import (
	"runtime"
	"runtime/debug"
)

// What the program is made of gets itself ready with some megabytes, nearly all
// of which stay. Go would collect them at four, and of a command that ends a
// moment later that was a fifth of the time.
//
//nolint:gochecknoinits // it has to be before others have allocated; their packages come later in the alphabet
func init() { wait(firstCollection) }

// firstCollection is how large the heap grows before it is collected for the
// first time, in percent of Go's four megabytes.
const firstCollection = 400

// usual is Go's own, when nobody has set GOGC.
const usual = 100

// wait puts the first collection off. All others come as they always do: the
// first one finds that nobody uses mark any more.
func wait(percent int) {
	if before := debug.SetGCPercent(percent); before != usual {
		debug.SetGCPercent(before) // whoever sets GOGC decides for themselves
		return
	}
	mark := new([16]byte)
	runtime.AddCleanup(mark, func(percent int) { debug.SetGCPercent(percent) }, usual)
}
