// Package authoring is for those who write golden paths: it judges a path's
// folder, renders it as services will be, and starts new ones. It knows the
// rules of package scaffolds and makes none itself.
package authoring

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem is something that is wrong with a path, and where.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}

// String writes it as compilers do.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
}

// linter collects the problems of a path.
type linter struct {
	*Template

	problems []Problem
}

func (l *linter) add(file string, line int, format string, args ...any) {
	p := Problem{File: file, Line: line, Message: fmt.Sprintf(format, args...)}
	if !slices.Contains(l.problems, p) {
		l.problems = append(l.problems, p)
	}
}

// wrong adds a problem of path.yaml.
func (l *linter) wrong(at text, format string, args ...any) {
	l.add(manifestFile, at.Line, format, args...)
}

func (l *linter) sorted() []Problem {
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return l.problems
}
