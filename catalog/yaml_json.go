package catalog

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// decodeJSON reads a document that is JSON into the nodes of the YAML that it is,
// too; nil when it is none. YAML 1.2 takes all of JSON, and our library does not:
// it refuses tabs and long keys, and breaks lines at characters that JSON does not
// escape.
func decodeJSON(data []byte) *yaml.Node {
	if text := bytes.TrimSpace(data); len(text) == 0 || text[0] != '{' || !utf8.Valid(data) || !json.Valid(data) {
		return nil
	}
	r := &jsonNodes{data: data, line: 1, column: 1, decoder: json.NewDecoder(bytes.NewReader(data))}
	r.decoder.UseNumber()
	node := r.node()
	if r.broken {
		return nil
	}
	return node
}

// jsonNodes makes nodes of JSON that is valid.
type jsonNodes struct {
	data         []byte
	decoder      *json.Decoder
	at           int // in data, where line and column are
	line, column int
	broken       bool
}

// start moves to where the next token begins.
func (r *jsonNodes) start() {
	end := int(r.decoder.InputOffset())
	for end < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[end]) >= 0 {
		end++
	}
	passed := r.data[r.at:end]
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		r.line += bytes.Count(passed, []byte("\n"))
		r.column, passed = 1, passed[last+1:]
	}
	r.column += utf8.RuneCount(passed)
	r.at = end
}

func (r *jsonNodes) node() *yaml.Node {
	r.start()
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.line, Column: r.column}
	token, err := r.decoder.Token()
	if err != nil {
		r.broken = true
		return n
	}
	switch t := token.(type) {
	case string:
		n.Style, n.Value = yaml.DoubleQuotedStyle, t
	case json.Number:
		n.Value = t.String()
	case bool:
		n.Value = strconv.FormatBool(t)
	case json.Delim:
		n.Kind = yaml.SequenceNode
		if t == '{' {
			n.Kind = yaml.MappingNode
		}
		for r.decoder.More() && !r.broken { // keys and values come in turn
			n.Content = append(n.Content, r.node())
		}
		if _, err := r.decoder.Token(); err != nil {
			r.broken = true
		}
	default:
		n.Value = "null"
	}
	return n
}
