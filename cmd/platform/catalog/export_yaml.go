package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/pattern"
)

// entityFiles returns the files that say what a document says: file itself, and
// those it takes in, which beside names by their number. What is read from them
// is the document again, whichever version of YAML it is read by.
func entityFiles(document json.RawMessage, file string, beside func(number int) string) ([]textFile, error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	node, err := nodeOf(decoder)
	if err != nil {
		return nil, err
	}
	var files []textFile
	for i, literal := range literals(node) {
		name := beside(i + 1)
		files = append(files, textFile{name, literal.json()})
		literal.replace("./" + name)
	}
	content, err := encodeYAML(node)
	if err != nil {
		return nil, err
	}
	return append(files, textFile{file, content}), nil
}

// textFile is a file to be written or sent.
type textFile struct {
	name    string
	content []byte
}

// literal is an object that reads like a placeholder and is none: a file said so
// that another one took in. Written as it is, it would be filled in. What a
// placeholder takes in is not filled in again, so it goes into a file of its own.
type literal struct{ node *yaml.Node }

// literals returns those in a document, in their order.
func literals(node *yaml.Node) []literal {
	if node.Kind == yaml.MappingNode && len(node.Content) == 2 && node.Content[1].Tag == tagText {
		switch node.Content[0].Value {
		case "$text", "$json", "$yaml":
			return []literal{{node}}
		}
	}
	var out []literal
	for _, child := range node.Content {
		out = append(out, literals(child)...)
	}
	return out
}

func (l literal) json() []byte {
	text, _ := json.Marshal(map[string]string{l.node.Content[0].Value: l.node.Content[1].Value}) //nolint:errchkjson // of texts
	return append(text, '\n')
}

func (l literal) replace(file string) {
	l.node.Content = []*yaml.Node{textNode("$json"), textNode(file)}
}

// encodeYAML writes a document as people write YAML: keys in their order, long
// texts as blocks, quotes only where they are needed.
func encodeYAML(document *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

// nodeOf reads the next value of a JSON document.
func nodeOf(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case string:
		return textNode(t), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: t.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatBool(t)}, nil
	case json.Delim:
		return collectionOf(decoder, t)
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}, nil
	}
}

// collectionOf reads the rest of a list or an object. A key comes as a value of
// its own.
func collectionOf(decoder *json.Decoder, opened json.Delim) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.SequenceNode}
	if opened == '{' {
		node.Kind = yaml.MappingNode
	}
	for decoder.More() {
		child, err := nodeOf(decoder)
		if err != nil {
			return nil, err
		}
		if node.Kind == yaml.MappingNode && len(node.Content)%2 == 0 && child.Style == yaml.LiteralStyle {
			child.Style = yaml.DoubleQuotedStyle // a key is one line
		}
		node.Content = append(node.Content, child)
	}
	if len(node.Content) == 0 {
		node.Style = yaml.FlowStyle
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("read the end of %s: %w", opened, err)
	}
	return node, nil
}

// tagText says that a scalar is a text. Without it, one is what it looks like.
const tagText = "!!str"

func textNode(s string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: tagText, Value: s}
	switch {
	case isBlock(s):
		node.Style = yaml.LiteralStyle
	case quoted(s):
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// isBlock reports whether a text can be written as a block, line by line. Where
// the first line is empty or indented, readers disagree where a block begins,
// and what cannot be seen is not to be lost between lines.
func isBlock(s string) bool {
	return strings.Contains(s, "\n") && !strings.ContainsAny(s[:1], " \t\n") && !strings.HasSuffix(s, "\n\n") &&
		!strings.Contains(s, " \n") && !strings.HasSuffix(s, " ") && !strings.ContainsFunc(s, unseen)
}

// unseen reports whether a letter must be written as an escape.
func unseen(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case utf8.RuneError, '\ufeff', '\u2028', '\u2029', '\u00a0':
		return true
	}
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0xfff0 && r <= 0xffff
}

// otherwise finds texts that one or the other version of YAML takes for a
// number, a date, a time, a boolean or nothing: 1_000, 12:30:45, 2026-01-01, 4e81234, 0o7, yes.
var otherwise = pattern.New(`(?i)^(y|n|yes|no|on|off|true|false|null|none|~|=|<<|[-+]?\.(inf|nan)|` +
	`[-+]?\.?[0-9][0-9a-fxo_.,:+\-tz ]*)$`)

// quoted reports whether a text would be something else without quotes.
func quoted(s string) bool {
	if otherwise().MatchString(s) || strings.ContainsFunc(s, unseen) || strings.ContainsAny(s, "\t\n") {
		return true
	}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(s), &node); err != nil || len(node.Content) != 1 {
		return true
	}
	first := node.Content[0]
	return first.Kind != yaml.ScalarNode || first.Tag != tagText || first.Value != s || first.Style != 0
}
