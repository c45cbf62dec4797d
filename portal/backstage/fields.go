package backstage

import (
	"bytes"
	"encoding/json"
	"strings"
)

// projection is which parts of entities an answer has: dotted paths. Nil is all.
type projection []string

// parseFields reads lists of paths, separated by commas.
func parseFields(params []string) (projection, error) {
	var p projection
	for _, list := range params {
		for path := range strings.SplitSeq(list, ",") {
			path = strings.TrimSpace(path)
			if strings.Contains(path, "[") {
				return nil, invalid("invalid fields, array type fields are not supported")
			}
			if path != "" {
				p = append(p, path)
			}
		}
	}
	return p, nil
}

// of returns the parts of a JSON object that the paths name, in the order of
// the object. A path may name a key with dots in it, such as an annotation.
func (p projection) of(document []byte) []byte {
	if p == nil || len(document) == 0 {
		return document
	}
	out := make([]byte, 0, min(len(document), 512))
	out, _, _ = p.object(out, document, skipSpace(document, 0))
	if len(out) == 0 {
		return []byte("{}")
	}
	return out
}

// object appends the projection of the object at i to out, nothing at all when
// no path names anything in it, and returns where the object ends. What is no
// object, or broken, has nothing in it.
func (p projection) object(out, doc []byte, i int) (_ []byte, end int, ok bool) {
	if i >= len(doc) || doc[i] != '{' {
		return out, skipValue(doc, i), false
	}
	start := len(out)
	for i = skipSpace(doc, i+1); i < len(doc) && doc[i] == '"'; i = skipSpace(doc, i) {
		keyEnd := skipString(doc, i)
		key := doc[i:keyEnd]
		i = skipSpace(doc, keyEnd)
		if i >= len(doc) || doc[i] != ':' {
			return out[:start], len(doc), false
		}
		i = skipSpace(doc, i+1)
		out, i = p.member(out, start, doc, key, i)
		if i = skipSpace(doc, i); i < len(doc) && doc[i] == ',' {
			i++
		}
	}
	if i < len(doc) {
		i++ // the closing brace
	}
	if len(out) == start {
		return out, i, false
	}
	return append(out, '}'), i, true
}

// member appends one key of an object, or those of its parts that are wanted,
// and returns where its value ends. start is where the object began in out.
func (p projection) member(out []byte, start int, doc, key []byte, i int) (_ []byte, end int) {
	whole, inner := p.below(plainKey(key))
	if !whole && inner == nil {
		return out, skipValue(doc, i)
	}
	before := len(out)
	separator := byte(',')
	if before == start {
		separator = '{'
	}
	out = append(append(append(out, separator), key...), ':')
	if whole {
		end = skipValue(doc, i)
		return append(out, doc[i:end]...), end
	}
	out, end, ok := inner.object(out, doc, i)
	if !ok {
		return out[:before], end
	}
	return out, end
}

// below returns whether a key is wanted as a whole, and which paths lead into it.
func (p projection) below(key string) (whole bool, inner projection) {
	for _, path := range p {
		rest, ok := strings.CutPrefix(path, key)
		switch {
		case !ok:
		case rest == "":
			return true, nil
		case rest[0] == '.':
			inner = append(inner, rest[1:])
		}
	}
	return false, inner
}

// plainKey returns the key that a JSON string stands for.
func plainKey(quoted []byte) string {
	if len(quoted) < 2 {
		return ""
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var key string
	if err := json.Unmarshal(quoted, &key); err != nil {
		return ""
	}
	return key
}

// skipValue returns where the value at i ends.
func skipValue(doc []byte, i int) int {
	if i >= len(doc) {
		return len(doc)
	}
	switch doc[i] {
	case '"':
		return skipString(doc, i)
	case '{', '[':
		depth := 0
		for i < len(doc) {
			switch doc[i] {
			case '"':
				i = skipString(doc, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return len(doc)
	}
	if n := bytes.IndexAny(doc[i:], ",]} \t\r\n"); n >= 0 {
		return i + max(n, 1)
	}
	return len(doc)
}

// skipString returns where the string that starts at i ends.
func skipString(doc []byte, i int) int {
	for i++; i < len(doc); i++ {
		n := bytes.IndexByte(doc[i:], '"')
		if n < 0 {
			return len(doc)
		}
		escape := bytes.IndexByte(doc[i:i+n], '\\')
		if escape < 0 {
			return i + n + 1
		}
		i += escape + 1
	}
	return len(doc)
}

func skipSpace(doc []byte, i int) int {
	for i < len(doc) && (doc[i] == ' ' || doc[i] == '\t' || doc[i] == '\n' || doc[i] == '\r') {
		i++
	}
	return i
}
