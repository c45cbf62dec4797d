package contracts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds the nesting of a pact. The Pact Broker allows 50; no pact
// people write comes near either.
const maxDepth = 100

var errTooDeep = fmt.Errorf("nested deeper than %d levels", maxDepth)

// member and object keep a JSON object in the order it was written: identity
// sorts keys, but the digest of one interaction depends on the order inside it.
type (
	member struct {
		key   string
		value any // object, []any, string, json.Number, bool or nil
	}
	object []member
)

// get returns the value of key.
func (o object) get(key string) (any, bool) {
	for _, m := range o {
		if m.key == key {
			return m.value, true
		}
	}
	return nil, false
}

// index is the values by key, for objects that are looked into often: they come
// from strangers, and may have any number of keys.
func (o object) index() map[string]any {
	out := make(map[string]any, len(o))
	for _, m := range o {
		out[m.key] = m.value
	}
	return out
}

// text returns the string at the path of keys, "" when there is none.
func (o object) text(path ...string) string {
	var v any = o
	for _, key := range path {
		at, ok := v.(object)
		if !ok {
			return ""
		}
		v, _ = at.get(key)
	}
	s, _ := v.(string)
	return s
}

// set returns o with key set to v, in place when it is there already.
func (o object) set(key string, v any) object {
	for i := range o {
		if o[i].key == key {
			o[i].value = v
			return o
		}
	}
	return append(o, member{key, v})
}

// parseJSON reads exactly one JSON value, as encoding/json does, whose decoder takes
// three times as long for tokens: text that is no UTF-8 is mended, and of members
// that are there twice the last one counts.
func parseJSON(data []byte) (any, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	v, err := parseValue(dec, 0)
	if errors.Is(err, io.EOF) {
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more text after the end of the document, at byte %d", dec.InputOffset())
	}
	return v, nil
}

func parseValue(dec *jsontext.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	token, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '[':
		return parseArray(dec, depth)
	case '{':
		return parseObject(dec, depth)
	case '"':
		return token.String(), nil
	case '0':
		return json.Number(token.String()), nil
	case 'n':
		return nil, nil //nolint:nilnil // it is JSON's null
	default:
		return token.Bool(), nil
	}
}

func parseArray(dec *jsontext.Decoder, depth int) (any, error) {
	list := []any{}
	for dec.PeekKind() != ']' {
		v, err := parseValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.ReadToken()
	return list, err
}

func parseObject(dec *jsontext.Decoder, depth int) (any, error) {
	o := object{}
	var at map[string]int // of objects with many members: they come from strangers
	for dec.PeekKind() != '}' {
		token, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		key := token.String()
		v, err := parseValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		if i := o.place(key, at); i >= 0 {
			o[i].value = v
			continue
		}
		o = append(o, member{key, v})
		switch {
		case at != nil:
			at[key] = len(o) - 1
		case len(o) == fewMembers:
			at = make(map[string]int, 2*fewMembers)
			for i, m := range o {
				at[m.key] = i
			}
		}
	}
	_, err := dec.ReadToken()
	return o, err
}

// fewMembers are sooner compared than looked up.
const fewMembers = 16

// place returns where key is in o, -1 for nowhere; at says so if it is not nil.
func (o object) place(key string, at map[string]int) int {
	if at == nil {
		return slices.IndexFunc(o, func(m member) bool { return m.key == key })
	}
	if i, is := at[key]; is {
		return i
	}
	return -1
}

// sorted returns v with the keys of every object in the order of their bytes.
func sorted(v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for i, m := range v {
			out[i] = member{m.key, sorted(m.value)}
		}
		slices.SortFunc(out, func(a, b member) int { return strings.Compare(a.key, b.key) })
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = sorted(v[i])
		}
		return out
	default:
		return v
	}
}

// appendJSON writes v as the Pact Broker does, because digests are taken of this
// text and clients exchange them: no spaces, no escapes beyond the required
// ones, and floating-point numbers in Ruby's form.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.key), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, v[i])
		}
		return append(b, ']')
	case string:
		return appendString(b, v)
	case json.Number:
		return append(b, number(v)...)
	case bool:
		return strconv.AppendBool(b, v)
	default:
		return append(b, "null"...)
	}
}

func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case strings.IndexByte("\b\f\n\r\t", c) >= 0:
			b = append(b, '\\', "btnvfr"[c-'\b'])
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}

// number writes a literal as Ruby prints the number it parses to.
func number(n json.Number) string {
	text := n.String()
	if text == "-0" {
		return "0"
	}
	if !strings.ContainsAny(text, ".eE") {
		return text // JSON has one way to write an integer, and it may have a million digits
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text // out of range: any stable text will do
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	exp, _ := strconv.Atoi(exponent)
	if f == 0 || (exp >= -4 && exp < 16) {
		fixed := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(fixed, ".") {
			fixed += ".0"
		}
		return fixed
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	return fmt.Sprintf("%se%+03d", mantissa, exp)
}
