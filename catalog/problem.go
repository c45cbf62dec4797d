package catalog

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goldenpath/platform/internal/fault"
)

// Problem is one thing that is wrong in a file people wrote: where, what, and
// what to do. Problems are collected, never thrown: one bad document must not
// hide the others.
type Problem struct {
	// LocationID is the location whose file has the problem; the store fills it in.
	LocationID string

	File    string // file inside the location; empty when the location as a whole is meant
	Line    int    // 0 when the file as a whole is meant
	Column  int
	Ref     string // the entity, when its name could be read
	Owner   string // who its document says owns it, as a ref, when that could be read
	Field   string // dotted path in the entity, for example metadata.name
	Message string
	Hint    string
}

// Where returns file:line as far as they are known.
func (p Problem) Where() string {
	if p.File != "" && p.Line > 0 {
		return p.File + ":" + strconv.Itoa(p.Line)
	}
	return p.File
}

// Concerns reports whether a problem is about an entity that comes from some
// place: it names the entity, or it names none, because nobody could read which
// it is about, and is about that file or the location as a whole.
func (p Problem) Concerns(ref Ref, from Source) bool {
	if p.Ref != "" {
		return p.Ref == ref.String()
	}
	return from.LocationID != "" && p.LocationID == from.LocationID && (p.File == "" || p.File == from.Path)
}

// String returns the problem in one line.
func (p Problem) String() string {
	if where := p.Where(); where != "" {
		return where + ": " + p.Message
	}
	return p.Message
}

// Advice returns the message as a sentence of its own, then the hint.
func (p Problem) Advice() string {
	message := strings.TrimSpace(p.Message)
	if p.Hint != "" && message != "" && !strings.ContainsAny(message[len(message)-1:], ".!?:;") {
		message += "."
	}
	return strings.TrimSpace(message + " " + p.Hint)
}

// cleaned returns p with texts that every store and terminal takes: files may
// hold anything, and messages quote them.
func (p Problem) cleaned() Problem {
	for _, s := range []*string{&p.File, &p.Ref, &p.Owner, &p.Field, &p.Message, &p.Hint} {
		*s = printable(*s)
		if len(*s) > maxProblemText {
			*s = strings.ToValidUTF8((*s)[:maxProblemText], "") + "…"
		}
	}
	if len(p.Ref) > maxRefText {
		p.Ref = "" // such an entity cannot be in the catalog
	}
	if len(p.Owner) > maxRefText {
		p.Owner = ""
	}
	return p
}

// What one problem may say; a file may be one long name.
const (
	maxProblemText = 1500
	maxRefText     = 200
)

// printable replaces what is no character or steers a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return '\ufffd'
		}
		return r
	}, s)
}

// asFault returns problems as one error, a field for each; nil when there are none.
func asFault(source string, problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	message := "%s has %d problems."
	if len(problems) == 1 {
		message = "%s has %d problem."
	}
	err := fault.New(fault.Invalid, message, source, len(problems))
	for _, p := range problems {
		err = err.WithField(p.Where(), "%s", p.Message)
	}
	if hint := problems[0].Hint; hint != "" {
		err = err.WithHint("%s", hint)
	}
	return err
}
