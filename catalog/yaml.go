package catalog

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/pattern"
)

// chunk is one document of a file and the line it starts on.
type chunk struct {
	data []byte
	line int
}

// splitDocuments cuts a file at its document markers, so that a document that
// cannot be read does not hide those after it. A line that starts with --- is
// a marker even within block scalars, so looking at lines is exact.
func splitDocuments(data []byte) []chunk {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var chunks []chunk
	line, start, startLine := 1, 0, 1
	cut := func(end int) {
		if doc := data[start:end]; meaningful(doc) {
			chunks = append(chunks, chunk{data: doc, line: startLine})
		}
	}
	for at := 0; at < len(data); line++ {
		end := len(data)
		if n := bytes.IndexByte(data[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		if isMarker(data[at:end], "---") && at > start {
			cut(at)
			start, startLine = at, line
		} else if isMarker(data[at:end], "...") {
			cut(at)
			start, startLine = end, line+1
		}
		at = end
	}
	cut(len(data))
	return chunks
}

func isMarker(line []byte, marker string) bool {
	rest, found := bytes.CutPrefix(line, []byte(marker))
	return found && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r')
}

// meaningful reports whether a chunk holds more than comments, directives and
// the marker.
func meaningful(doc []byte) bool {
	for line := range bytes.Lines(doc) {
		line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("---")))
		if len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return true
		}
	}
	return false
}

var (
	yamlInt      = pattern.New(`^[-+]?[0-9]+$`)
	yamlFloat    = pattern.New(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	jsonNumber   = pattern.New(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	yamlInfinity = pattern.New(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// parseYAML reads one document. A syntax error names a line of the file.
func parseYAML(c chunk, l Limits) (*value, *Problem) {
	node, err := decode(c.data)
	if err != nil {
		return nil, syntaxProblem(c, err)
	}
	b := builder{limits: l, offset: c.line - 1}
	v := b.value(node, 0)
	return v, b.problem
}

// builder turns nodes into values, aliases expanded, within the limits.
type builder struct {
	limits  Limits
	offset  int
	size    int
	problem *Problem
}

// valueCost is what a value may cost beyond its text: an object of its own.
const valueCost = 16

func (b *builder) fail(n *yaml.Node, hint, format string, args ...any) *value {
	if b.problem == nil {
		b.problem = &Problem{Line: b.offset + n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...), Hint: hint}
	}
	return nil
}

func (b *builder) value(n *yaml.Node, depth int) *value {
	if b.problem != nil {
		return nil
	}
	if depth > b.limits.Depth {
		return b.fail(n, "Write it flatter, or leave out what the catalog does not need.", "The document is nested deeper than %d levels.", b.limits.Depth)
	}
	if b.size += len(n.Value) + valueCost; b.size > b.limits.Entity {
		b.fail(n, "Write the values out that are needed instead of repeating them by aliases (*name), or leave some out.",
			"The document is larger than %d MB once its aliases are expanded.", b.limits.Entity>>20)
		return nil
	}
	v := &value{line: b.offset + n.Line, column: n.Column}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) == 0 {
			return v
		}
		return b.value(n.Content[0], depth)
	case yaml.AliasNode:
		return b.value(n.Alias, depth+1)
	case yaml.ScalarNode:
		return b.scalar(v, n)
	case yaml.SequenceNode:
		v.kind = kindList
		v.items = make([]*value, 0, len(n.Content))
		for _, item := range n.Content {
			v.items = append(v.items, b.value(item, depth+1))
		}
	case yaml.MappingNode:
		return b.object(v, n, depth)
	}
	if b.problem != nil {
		return nil
	}
	return v
}

func (b *builder) object(v *value, n *yaml.Node, depth int) *value {
	v.kind = kindObject
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i]
		for hops := 0; name.Kind == yaml.AliasNode && hops < 8; hops++ {
			name = name.Alias
		}
		if name.Kind != yaml.ScalarNode {
			return b.fail(n.Content[i], "Put the key in quotes, or move the list or object behind a key of its own; {{ }} has to stand in quotes.",
				"Only a text can be a key.")
		}
		if seen[name.Value] {
			return b.fail(n.Content[i], "Delete one of them, or put --- between two entities.", "Map keys must be unique; %q is written twice.", name.Value)
		}
		seen[name.Value] = true
		item := b.value(n.Content[i+1], depth+1)
		if item == nil {
			return nil
		}
		v.keys = append(v.keys, name.Value)
		v.items = append(v.items, item)
	}
	return v
}

// scalar follows the core schema of YAML 1.2, as Backstage's reader does: "yes"
// and dates are texts, 010 is ten.
func (b *builder) scalar(v *value, n *yaml.Node) *value {
	plain := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	explicit := n.Style&yaml.TaggedStyle != 0
	if !plain || (explicit && n.Tag == "!!str") || (explicit && !strings.HasPrefix(n.Tag, "!!")) {
		v.kind, v.text = kindString, n.Value
		return v
	}
	v.kind, v.text = plainScalar(n.Value)
	return v
}

func plainScalar(s string) (valueKind, string) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return kindNull, ""
	case "true", "True", "TRUE":
		return kindBool, "true"
	case "false", "False", "FALSE":
		return kindBool, "false"
	}
	if c := s[0]; (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' {
		return kindString, s
	}
	if jsonNumber().MatchString(s) {
		return kindNumber, s
	}
	switch {
	case yamlInt().MatchString(s):
		digits := strings.TrimLeft(strings.TrimLeft(s, "+-"), "0")
		if digits == "" {
			digits = "0"
		}
		if s[0] == '-' {
			digits = "-" + digits
		}
		return kindNumber, digits
	case strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0o"):
		if n, err := strconv.ParseUint(s, 0, 64); err == nil && !strings.Contains(s, "_") {
			return kindNumber, strconv.FormatUint(n, 10)
		}
	case yamlFloat().MatchString(s):
		if n, err := strconv.ParseFloat(s, 64); err == nil && !math.IsInf(n, 0) {
			return kindNumber, strconv.FormatFloat(n, 'g', -1, 64)
		}
	case yamlInfinity().MatchString(s):
		return kindNull, "" // JSON has no such number; JavaScript writes null
	}
	return kindString, s
}
