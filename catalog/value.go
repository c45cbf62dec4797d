package catalog

import (
	"slices"
	"strconv"
	"unicode/utf8"
)

// value is a piece of a document with its place in the file. Unlike the
// decoder's maps it keeps keys in their order and numbers as they are written.
type value struct {
	kind   valueKind
	text   string   // a string, or a number or bool as JSON writes it
	keys   []string // of an object
	items  []*value // of a list, or the values of an object
	line   int
	column int
}

type valueKind int

const (
	kindNull valueKind = iota
	kindBool
	kindNumber
	kindString
	kindList
	kindObject
)

// typeName names the type as JSON Schema does.
func (v *value) typeName() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[v.kind]
}

func text(s string) *value { return &value{kind: kindString, text: s} }

// get returns the value of key, nil when v is no object or has none.
func (v *value) get(key string) *value {
	if v == nil || v.kind != kindObject {
		return nil
	}
	if i := slices.Index(v.keys, key); i >= 0 {
		return v.items[i]
	}
	return nil
}

// str returns the string of key, "" when it is none.
func (v *value) str(key string) string {
	if item := v.get(key); item != nil && item.kind == kindString {
		return item.text
	}
	return ""
}

// set replaces or appends a key.
func (v *value) set(key string, item *value) {
	if i := slices.Index(v.keys, key); i >= 0 {
		v.items[i] = item
		return
	}
	v.keys = append(v.keys, key)
	v.items = append(v.items, item)
}

// goValue returns v as encoding/json would decode it.
func (v *value) goValue() any {
	switch v.kind {
	case kindBool:
		return v.text == "true"
	case kindNumber:
		n, _ := strconv.ParseFloat(v.text, 64) // too large is infinity: see nullInfinite
		return n
	case kindString:
		return v.text
	case kindList:
		out := make([]any, len(v.items))
		for i, item := range v.items {
			out[i] = item.goValue()
		}
		return out
	case kindObject:
		out := make(map[string]any, len(v.items))
		for i, item := range v.items {
			out[v.keys[i]] = item.goValue()
		}
		return out
	default:
		return nil
	}
}

// appendJSON writes v without spaces, keys in their order.
func (v *value) appendJSON(b []byte) []byte {
	switch v.kind {
	case kindBool, kindNumber:
		return append(b, v.text...)
	case kindString:
		return appendString(b, v.text)
	case kindList:
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendJSON(b)
		}
		return append(b, ']')
	case kindObject:
		b = append(b, '{')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, v.keys[i]), ':')
			b = item.appendJSON(b)
		}
		return append(b, '}')
	default:
		return append(b, "null"...)
	}
}

// appendString writes s as a JSON string and escapes only what must be.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), `\ufffd`...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
