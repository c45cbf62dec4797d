// Package pattern has regular expressions that are compiled when they are used
// first. Ours took a twentieth of the time in which a command starts, and no command
// uses more than a few. It imports nothing of ours.
package pattern

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// Pattern returns the regular expression.
type Pattern = func() *regexp.Regexp

// New is for what regexp.MustCompile is for: a text that is part of the program. In
// a test the text is compiled at once, or one that is wrong would be found by who
// meets it first.
func New(text string) Pattern {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
	if isTest(os.Args[0]) {
		compiled()
	}
	return compiled
}

// isTest reports whether a program of that name is a test, as Go names them.
func isTest(name string) bool { return strings.HasSuffix(strings.TrimSuffix(name, ".exe"), ".test") }
