package cli

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

// harmless replaces control characters in text of many lines, all but line ends and
// tabs: what somebody stored must not steer the terminal of who reads it.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && isControl(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

func isControl(r rune) bool { return r < ' ' || (r >= 0x7f && r < 0xa0) }

// ourColours is what paint adds.
var ourColours = regexp.MustCompile(`\x1b\[(31;1|32|33|1|2|0)m`)

// say writes talk to Err. Every line of talk goes through it: of control characters
// only our own colours arrive.
func (e *Env) say(text string) {
	var b strings.Builder
	for e.colours() {
		at := ourColours.FindStringIndex(text)
		if at == nil {
			break
		}
		b.WriteString(harmless(text[:at[0]]) + text[at[0]:at[1]])
		text = text[at[1]:]
	}
	b.WriteString(harmless(text))
	fmt.Fprint(e.Err, b.String())
}

// WriteText writes a text that somebody else wrote to Out: as it is to a file, and
// without control characters to a terminal.
func (e *Env) WriteText(text []byte) error {
	if e.OutTerminal {
		text = []byte(harmless(string(text)))
	}
	return e.write(text)
}

// writeTable writes what table does, without control characters.
func (e *Env) writeTable(table func(w io.Writer) error) error {
	var b strings.Builder
	failed := table(&b)
	if err := e.write([]byte(harmless(b.String()))); failed == nil {
		failed = err
	}
	return failed
}

// escapeControls writes control characters in JSON as escapes, those too that JSON
// lets through: some terminals obey them.
func escapeControls(body []byte) []byte {
	text := string(body)
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x7f && isControl(r) }) {
		return body
	}
	var b strings.Builder
	for _, r := range text {
		if r >= 0x7f && isControl(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return []byte(b.String())
}
