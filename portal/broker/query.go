package broker

import (
	"net/url"
	"strings"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// nested is a Rack nested query: text, lists and further levels by key.
type nested map[string]any

// maxNesting and maxParameters bound what a query may make us build.
const (
	maxNesting    = 8
	maxParameters = 10000
)

// parseNested reads a query like q[][pacticipant]=A&q[][version]=1. The order of
// parameters matters: a list of levels starts a new element when a key comes
// again. A semicolon is part of a value, as in the Rack of the peer: older ones end the
// value there, and answer for another version.
func parseNested(query string) (nested, error) {
	root := nested{}
	for i, part := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' }) {
		if i >= maxParameters {
			return nil, fault.New(fault.Invalid, "The query has more than %d parameters.", maxParameters)
		}
		key, value, _ := strings.Cut(part, "=")
		key, err := url.QueryUnescape(key)
		if err != nil {
			return nil, badQuery(part)
		}
		value, err = url.QueryUnescape(value)
		if err != nil || !contracts.IsText(key) || !contracts.IsText(value) {
			return nil, badQuery(part)
		}
		name, path := splitKey(key)
		if name == "" {
			continue
		}
		if len(path) > maxNesting || !root.put(name, path, value) {
			return nil, badQuery(part)
		}
	}
	return root, nil
}

func badQuery(part string) error {
	return fault.New(fault.Invalid, "The query cannot be read at %q.", part)
}

// splitKey cuts q[][version] into q and the steps "" and version. What stands behind
// a bracket is a step, too: some clients write q[]version.
func splitKey(key string) (name string, path []string) {
	name, rest, found := strings.Cut(key, "[")
	if !found {
		return key, nil
	}
	for step := range strings.SplitSeq(rest, "[") {
		step, behind, _ := strings.Cut(step, "]")
		path = append(path, step)
		if behind = strings.Trim(behind, "]"); behind != "" {
			path = append(path, behind)
		}
	}
	return name, path
}

// twice is a parameter that has two values and may have one.
type twice struct{ first, last string }

// put stores value under name and path; false when the query contradicts itself.
func (n nested) put(name string, path []string, value string) bool {
	if len(path) == 0 {
		switch before := n[name].(type) {
		case nil:
			n[name] = value
		case string:
			if before != value {
				n[name] = twice{before, value}
			}
		case twice:
			n[name] = twice{before.first, value}
		}
		return true // a list, or further levels, stay and are no text
	}
	if path[0] == "" {
		return n.append(name, path[1:], value)
	}
	if n[name] == nil {
		n[name] = nested{}
	}
	child, ok := n[name].(nested)
	return ok && child.put(path[0], path[1:], value)
}

// append adds to the list under name: a text, or a key of the last element unless
// that has it already.
func (n nested) append(name string, path []string, value string) bool {
	if n[name] == nil {
		n[name] = []any{}
	}
	list, ok := n[name].([]any)
	if !ok {
		return false
	}
	if len(path) == 0 {
		n[name] = append(list, value)
		return true
	}
	if len(list) > 0 {
		if last, ok := list[len(list)-1].(nested); ok && !last.has(path[0], path[1:]) {
			return last.put(path[0], path[1:], value)
		}
	}
	element := nested{}
	n[name] = append(list, element)
	return element.put(path[0], path[1:], value)
}

// has reports whether the path leads to a value already. A list can always take
// one more.
func (n nested) has(name string, path []string) bool {
	value, ok := n[name]
	if !ok {
		return false
	}
	if len(path) == 0 {
		return true
	}
	child, ok := value.(nested)
	if !ok {
		_, isList := value.([]any)
		return !isList
	}
	return child.has(path[0], path[1:])
}

// text is the value of key, the last if there are two.
func (n nested) text(key string) string {
	switch value := n[key].(type) {
	case string:
		return value
	case twice:
		return value.last
	}
	return ""
}

func (n nested) list(key string) []any { l, _ := n[key].([]any); return l }
