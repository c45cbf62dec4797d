package broker

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// written is JSON on its way. Answers of the matrix have thousands of rows, and
// those who ask wait: writing them piece by piece takes a fifth of what
// describing them to encoding/json does.
type written []byte

// raw adds JSON that is written out.
func (w *written) raw(text string) { *w = append(*w, text...) }

// text adds a string made of parts.
func (w *written) text(parts ...string) {
	*w = append(*w, '"')
	for _, part := range parts {
		w.escaped(part)
	}
	*w = append(*w, '"')
}

// escaped adds what is in a string.
func (w *written) escaped(part string) {
	for i := range len(part) {
		if c := part[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted := asJSON(part)
			*w = append(*w, quoted[1:len(quoted)-1]...)
			return
		}
	}
	*w = append(*w, part...)
}

// boolean adds true or false.
func (w *written) boolean(is bool) {
	if is {
		w.raw("true")
	} else {
		w.raw("false")
	}
}

// self adds the links of small things, the address made of parts.
func (w *written) self(parts ...string) {
	w.raw(`"_links":{"self":{"href":`)
	w.text(parts...)
	w.raw(`}}`)
}

// date adds a time, as date writes it.
func (w *written) date(t time.Time) {
	*w = append(*w, '"')
	if !t.IsZero() {
		t = t.UTC()
		if year := t.Year(); year < 1000 || year > 9999 {
			*w = t.AppendFormat(*w, dateForm)
		} else {
			*w = appendDate(*w, t)
		}
	}
	*w = append(*w, '"')
}

// appendDate adds a time in dateForm. A form is read anew for each time that
// AppendFormat writes, and every row has two.
func appendDate(b []byte, t time.Time) []byte {
	const digits = "0123456789"
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = strconv.AppendInt(b, int64(year), 10)
	for _, part := range [...]struct {
		before byte
		value  int
	}{{'-', int(month)}, {'-', day}, {'T', hour}, {':', minute}, {':', second}} {
		b = append(b, part.before, digits[part.value/10], digits[part.value%10])
	}
	return append(b, "+00:00"...)
}

// asJSON is a value in the form of all answers.
func asJSON(value any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return []byte("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
