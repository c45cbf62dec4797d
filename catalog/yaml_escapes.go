package catalog

import (
	"bytes"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/pattern"
)

// Our library refuses two escapes that others, Backstage's among them, read: a
// slash, which PHP writes into JSON, and half of a character beyond U+FFFF, two of
// which are what JSON writers make of an emoji.
var (
	refused = pattern.New(`\\/|\\u([dD][89a-fA-F][0-9a-fA-F]{2})`)
	// standIns are characters that nobody uses, for the time of reading.
	standIns       = pattern.New(`[\x{fd7ff}-\x{fdfff}]+`)
	writtenStandIn = pattern.New(`\\U000f(d7ff|[dD][89a-fA-F][0-9a-fA-F]{2})`)
	notOurs        = pattern.New(`(?i)[\x{fd7ff}-\x{fdfff}]|\\U000fd(7ff|[89a-f])`)
)

const (
	slashStandIn   = 0xfd7ff
	standInsOffset = 0xf0000 // of the halves
)

// decode reads a document into nodes.
func decode(data []byte) (*yaml.Node, error) {
	if node := decodeJSON(data); node != nil {
		return node, nil
	}
	node := &yaml.Node{}
	err := yaml.Unmarshal(data, node)
	if err == nil || !refusesEscape(err) || !refused().Match(data) || notOurs().Match(data) {
		return node, err
	}
	// Where a text is not in double quotes, a backslash stands for itself. Only the
	// library knows which is which, so these escapes become others that it takes and
	// that show afterwards how they were read.
	standing := refused().ReplaceAllFunc(data, func(escape []byte) []byte {
		if len(escape) == len(`\/`) {
			return []byte(`\U000fd7ff`)
		}
		return append([]byte(`\U000f`), escape[len(`\u`):]...)
	})
	node = &yaml.Node{}
	if err := yaml.Unmarshal(standing, node); err != nil {
		return node, err // lines are the same: this is what is wrong beside them
	}
	restore(node, bytes.Split(standing, []byte("\n")))
	return node, nil
}

// refusesEscape reports whether the library stumbled over an escape.
func refusesEscape(err error) bool {
	return strings.Contains(err.Error(), "invalid Unicode character escape code") || strings.Contains(err.Error(), "unknown escape character")
}

// restore puts into n and below what the characters stand for, and the columns
// that they had.
func restore(n *yaml.Node, lines [][]byte) {
	if n.Line > 0 && n.Line <= len(lines) {
		n.Column -= longerBy(lines[n.Line-1], n.Column-1)
	}
	n.Value = writtenStandIn().ReplaceAllStringFunc(n.Value, func(written string) string {
		if code := strings.TrimPrefix(written, `\U000f`); code != "d7ff" {
			return `\u` + code
		}
		return `\/`
	})
	n.Value = standIns().ReplaceAllStringFunc(n.Value, func(s string) string {
		units := make([]uint16, 0, len(s))
		for _, r := range s {
			if r == slashStandIn {
				units = append(units, '/')
			} else {
				units = append(units, uint16(r-standInsOffset)) //nolint:gosec // they are 0xd800 to 0xdfff
			}
		}
		return string(utf16.Decode(units)) // U+FFFD for a half that stands alone
	})
	for _, below := range n.Content {
		restore(below, lines)
	}
}

// longerBy returns how much longer what stands in has made the first letters of a line.
func longerBy(line []byte, letters int) int {
	if !bytes.Contains(line, []byte(`\U000f`)) {
		return 0
	}
	before, more := []rune(string(line)), 0
	for _, written := range writtenStandIn().FindAllString(string(before[:min(max(letters, 0), len(before))]), -1) {
		if more += len(`\U000fd83d`) - len(`\ud83d`); strings.HasSuffix(written, "d7ff") {
			more += len(`\ud83d`) - len(`\/`)
		}
	}
	return more
}
