package backstage

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/goldenpath/platform/catalog"
)

// maxPredicateDepth bounds how deep predicates nest; those that people and
// programs write are three or four deep.
const maxPredicateDepth = 32

// parsePredicate reads a predicate query. Errors name the place in it, as
// $.$all[1].spec.type. Absent is nil, which is everything.
func parsePredicate(raw json.RawMessage) (catalog.Condition, error) {
	if len(raw) == 0 {
		return nil, nil //nolint:nilnil // no condition is everything
	}
	if tooDeep(raw) {
		return nil, invalid("Invalid query: it is nested more than %d deep", maxPredicateDepth)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, invalid("Invalid query: it is not JSON").WithCause(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, invalid("Invalid query: it is more than one value")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, invalid("Query must be an object")
	}
	return predicateOf(object, "$")
}

// tooDeep looks at the brackets before the decoder builds anything from them.
func tooDeep(raw []byte) bool {
	depth, inText := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			if depth++; depth > maxPredicateDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// predicateOf reads an object: an operator that stands alone, or fields that
// must all hold.
func predicateOf(object map[string]any, at string) (catalog.Condition, error) {
	for key, value := range object {
		if !strings.HasPrefix(key, "$") {
			continue
		}
		if len(object) > 1 {
			return nil, invalid("Invalid query at %s: %s must be the only key; wrap it and its neighbours in $all", at, key)
		}
		return logical(key, value, at+"."+key)
	}
	all := make(catalog.AllOf, 0, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		c, err := fieldOf(key, object[key], at+"."+key)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

// logical reads $all, $any and $not.
func logical(operator string, value any, at string) (catalog.Condition, error) {
	switch operator {
	case "$all", "$any":
		list, ok := value.([]any)
		if !ok {
			return nil, invalid("Invalid query at %s: expected a list of predicates", at)
		}
		conditions := make([]catalog.Condition, len(list))
		for i, item := range list {
			c, err := nested(item, at+index(i))
			if err != nil {
				return nil, err
			}
			conditions[i] = c
		}
		if operator == "$all" {
			return catalog.AllOf(conditions), nil
		}
		return catalog.AnyOf(conditions), nil
	case "$not":
		c, err := nested(value, at)
		if err != nil {
			return nil, err
		}
		return catalog.Not{Condition: c}, nil
	}
	return nil, invalid("Invalid query at %s: there is no operator %s here; use $all, $any or $not, or a field", at, operator)
}

func nested(value any, at string) (catalog.Condition, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, invalid(`Invalid query at %s: expected an object, e.g. { "kind": "component" }`, at)
	}
	return predicateOf(object, at)
}

// fieldOf reads what is asked of one field: a value, or an operator.
func fieldOf(key string, value any, at string) (catalog.Condition, error) {
	if text, ok := primitive(value); ok {
		return catalog.Has{Key: key, Values: []string{text}}, nil
	}
	object, ok := value.(map[string]any)
	if !ok || len(object) != 1 {
		return nil, invalid("Invalid query at %s: expected a text, number or boolean, or one of $exists, $in, $hasPrefix and $contains", at)
	}
	for operator, operand := range object {
		return operation(key, operator, operand, at+"."+operator)
	}
	return nil, nil //nolint:nilnil // the object has one key
}

func operation(key, operator string, operand any, at string) (catalog.Condition, error) {
	switch operator {
	case "$exists":
		wanted, ok := operand.(bool)
		if !ok {
			return nil, invalid("Invalid query at %s: expected true or false", at)
		}
		if wanted {
			return catalog.Exists{Key: key}, nil
		}
		return catalog.Not{Condition: catalog.Exists{Key: key}}, nil
	case "$in":
		list, ok := operand.([]any)
		if !ok {
			return nil, invalid("Invalid query at %s: expected a list", at)
		}
		values := make([]string, len(list))
		for i, item := range list {
			if values[i], ok = primitive(item); !ok {
				return nil, invalid("Invalid query at %s: expected a text, number or boolean", at+index(i))
			}
		}
		return catalog.Has{Key: key, Values: values}, nil
	case "$hasPrefix":
		prefix, ok := operand.(string)
		if !ok {
			return nil, invalid("Invalid query at %s: expected a text", at)
		}
		return catalog.HasPrefix{Key: key, Prefix: prefix}, nil
	case "$contains":
		return contains(key, operand, at)
	}
	return nil, invalid("Invalid query at %s: there is no operator %s; use $exists, $in, $hasPrefix or $contains", at, operator)
}
