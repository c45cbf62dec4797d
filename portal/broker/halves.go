package broker

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
)

// JSON can escape half of a character, as in "\ud800". The decoder puts U+FFFD in its
// place, and two names that only differ there would be one.

// halves refuses them in the fields of an object, unless those are kept as they came.
func (p problems) halves(body []byte) {
	if halfIn(body) == "" {
		return
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return // it was read as an object before
	}
	for field, value := range fields {
		var items []json.RawMessage
		switch {
		case keptAsItCame(field):
		case json.Unmarshal(value, &items) == nil && items != nil:
			for i, item := range items {
				p.half(field, item, fmt.Sprintf(" (at index %d)", i))
			}
		default:
			p.half(field, value, "")
		}
	}
}

func (p problems) half(field string, value []byte, where string) {
	if half := halfIn(value); half != "" {
		p.add(field, "cannot contain %s, which is half of a character%s", half, where)
	}
}

// halfIn is the first escape in valid JSON that is half of a character, or "".
func halfIn(text []byte) string {
	const escape = len(`\ud800`)
	unit := func(at int) rune {
		if at+escape > len(text) || text[at] != '\\' || text[at+1] != 'u' {
			return 0
		}
		n, err := strconv.ParseUint(string(text[at+2:at+escape]), 16, 16)
		if err != nil {
			return 0
		}
		return rune(n)
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		first := unit(i)
		switch {
		case !utf16.IsSurrogate(first):
			i++ // what is escaped is no escape, as in \\ud800
		case utf16.DecodeRune(first, unit(i+escape)) == '\uFFFD':
			return string(text[i : i+escape])
		default:
			i += 2*escape - 1
		}
	}
	return ""
}
