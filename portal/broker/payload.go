package broker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// payload is a JSON object a client sent.
type payload map[string]any

// readPayload returns the body as an object; an empty body is an empty one.
func readPayload(c echo.Context) (payload, error) {
	body, err := readJSON(c)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return payload{}, nil
	}
	if !utf8.Valid(body) { // the decoder would put U+FFFD into names
		return nil, failure{status: http.StatusBadRequest, body: map[string]any{"error": "The body holds bytes that are not UTF-8."}}
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, badJSON(body)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, failure{status: http.StatusBadRequest, body: map[string]any{"error": "Expected JSON to be a Object"}}
	}
	wrong := problems{}
	wrong.storable(object)
	if wrong.halves(body); len(wrong) > 0 {
		return nil, wrong.err()
	}
	return object, nil
}

// keptAsItCame reports whether a field is stored as it came, such as the results of
// tests, so that it may hold anything.
func keptAsItCame(field string) bool {
	return field == "testResults" || field == "verifiedBy" || field == "contacts"
}

// storable refuses names that no database keeps.
func (p problems) storable(in payload) {
	for field, value := range in {
		if !keptAsItCame(field) && !isStorable(value) {
			p.add(field, "cannot contain the character U+0000")
		}
	}
}

func isStorable(value any) bool {
	switch value := value.(type) {
	case string:
		return contracts.IsText(value)
	case []any:
		return !slices.ContainsFunc(value, func(item any) bool { return !isStorable(item) })
	case map[string]any:
		for _, item := range value {
			if !isStorable(item) {
				return false
			}
		}
	}
	return true
}

func (p payload) has(key string) bool { _, ok := p[key]; return ok }

func (p payload) text(key string) string { s, _ := p[key].(string); return s }

// pointer is the text of key, empty for null, or nil when key is absent.
func (p payload) pointer(key string) *string {
	if !p.has(key) {
		return nil
	}
	s := p.text(key)
	return &s
}

func (p payload) list(key string) []any { l, _ := p[key].([]any); return l }

func (p payload) texts(key string) []string {
	var out []string
	for _, item := range p.list(key) {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// raw is the value of key as JSON, nil when it is absent or null.
func (p payload) raw(key string) json.RawMessage {
	if p[key] == nil {
		return nil
	}
	b, err := json.Marshal(p[key])
	if err != nil {
		return nil
	}
	return b
}

// problems collects validation messages by field.
type problems map[string][]string

func (p problems) add(field, format string, args ...any) {
	p[field] = append(p[field], fmt.Sprintf(format, args...))
}

// filled demands a text that is not empty.
func (p problems) filled(in payload, field string) {
	switch value, ok := in[field]; {
	case !ok:
		p.add(field, "is missing")
	case value == nil || value == "":
		p.add(field, "must be filled")
	default:
		if text, isText := value.(string); !isText {
			p.add(field, "must be a string")
		} else {
			p.name(field, text)
		}
	}
}

// name adds what is wrong with a text as a name; where is for lists.
func (p problems) name(field, text string, where ...string) {
	switch {
	case strings.TrimSpace(text) == "":
		p.add(field, "%s", "cannot be blank"+strings.Join(where, ""))
	case !contracts.IsLine(text):
		p.add(field, "%s", "cannot contain multiple lines"+strings.Join(where, ""))
	case !contracts.IsPlain(text):
		p.add(field, "%s", "cannot contain control characters"+strings.Join(where, ""))
	}
}

// words demands texts, or nothing, in fields that may be left out. What is of
// another kind must not count as left out: that would empty a field, or do
// something else than was asked for.
func (p problems) words(in payload, fields ...string) {
	for _, field := range fields {
		if _, is := in[field].(string); !is && in[field] != nil {
			p.add(field, "must be a string")
		}
	}
}

// wordList demands a list of texts that are not blank, or nothing.
func (p problems) wordList(in payload, field string) {
	items, is := in[field].([]any)
	if !is && in[field] != nil {
		p.add(field, "must be an array")
	}
	for i, item := range items {
		at := fmt.Sprintf(" (at index %d)", i)
		if text, is := item.(string); is {
			p.name(field, text, at)
		} else {
			p.add(field, "must be a string%s", at)
		}
	}
}

// boolean demands true or false.
func (p problems) boolean(in payload, field string) {
	value, ok := in[field]
	if !ok {
		p.add(field, "is missing")
		return
	}
	if _, ok := value.(bool); !ok {
		p.add(field, "must be boolean")
	}
}

// err returns the problems as a failure, nil when there are none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return failure{status: http.StatusBadRequest, body: map[string]any{"errors": p}}
}
