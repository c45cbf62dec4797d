package catalog

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goldenpath/platform/internal/pattern"
)

var (
	yamlLine   = pattern.New(`line (\d+)`)
	yamlAnchor = pattern.New(`unknown anchor '(.+)' referenced`)
)

// syntaxProblem says where a document is no YAML, and what to do about it.
func syntaxProblem(c chunk, err error) *Problem {
	message, line := strings.TrimPrefix(err.Error(), "yaml: "), c.line
	switch m := yamlLine().FindStringSubmatch(message); {
	case m != nil:
		n, _ := strconv.Atoi(m[1])
		line = c.line + max(n, 1) - 1
		message = strings.TrimPrefix(message, m[0]+": ")
		if countsFromZero(message) {
			line++
		}
		line = min(line, c.line+bytes.Count(bytes.TrimSpace(c.data), []byte("\n")))
	case strings.Contains(message, "UTF-8"):
		line += bytes.Count(c.data[:firstInvalid(c.data)], []byte("\n"))
	case yamlAnchor().MatchString(message): // the first place that looks like it
		before, _, _ := bytes.Cut(c.data, []byte("*"+yamlAnchor().FindStringSubmatch(message)[1]))
		line += bytes.Count(before, []byte("\n"))
	case strings.HasPrefix(message, "control characters"):
		line += bytes.Count(c.data[:firstControl(c.data)], []byte("\n"))
	}
	p := &Problem{Line: line, Message: "This is not valid YAML: " + message + "."}
	p.Hint = syntaxHint(message, lineOf(c, line))
	return p
}

// syntaxHint says what is mostly meant by a message of the YAML library.
func syntaxHint(message, line string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(message, "UTF-8"):
		return "Save the file as UTF-8."
	case strings.HasPrefix(message, "control characters"):
		return "Delete the invisible character, or write it as an escape in double quotes, such as \"\\u0007\"."
	case strings.Contains(indent, "\t"), strings.Contains(message, "tab character"):
		return "Indent with spaces: YAML takes no tabs there."
	case strings.Contains(message, "escape"), strings.Contains(message, "hexdecimal"):
		return "In double quotes a backslash begins an escape: write \\\\ for the backslash itself, or put the text in single quotes."
	case strings.Contains(message, "unknown anchor"):
		return "A value that begins with * is an alias: name an anchor of this document, or put the value in quotes."
	case strings.Contains(message, "cannot start any token"):
		return "Put values in quotes that begin with @, ` or %."
	}
	return "Check the indentation and quote values that hold : or #."
}

// lineOf returns a line of a chunk by its number in the file.
func lineOf(c chunk, number int) string {
	at := c.line
	for line := range bytes.Lines(c.data) {
		if at == number {
			return string(bytes.TrimRight(line, "\r\n"))
		}
		at++
	}
	return ""
}

// firstInvalid returns where data stops being UTF-8.
func firstInvalid(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return len(data)
}

// firstControl returns where the first character is that YAML does not allow.
func firstControl(data []byte) int {
	for at, r := range string(data) {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r >= 0x80 && r < 0xa0 && r != 0x85 {
			return at
		}
	}
	return len(data)
}

// countsFromZero reports whether the YAML library numbers the lines of this
// message from zero: it does when its grammar complains, not its scanner.
func countsFromZero(message string) bool {
	rest, found := strings.CutPrefix(message, "did not find expected ")
	if !found {
		return false
	}
	for _, what := range []string{"','", "key", "'-'", "node content", "<"} {
		if strings.HasPrefix(rest, what) {
			return true
		}
	}
	return false
}
