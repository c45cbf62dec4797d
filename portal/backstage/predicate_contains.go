package backstage

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/catalog"
)

// contains reads what is asked of the items of a list. Lists are kept flat: a
// value of an item is a value of the list's key, so a plain value and one field
// of items can be asked for. Two fields of the same item cannot, except for
// relations, which are kept by their type.
func contains(key string, operand any, at string) (catalog.Condition, error) {
	if text, ok := primitive(operand); ok {
		return catalog.Has{Key: key, Values: []string{text}}, nil
	}
	object, ok := operand.(map[string]any)
	if !ok {
		return nil, invalid("Invalid query at %s: expected a text, number or boolean, or an object", at)
	}
	if strings.EqualFold(key, "relations") {
		return relation(object, at)
	}
	if len(object) != 1 {
		return nil, invalid("Invalid query at %s: expected one field; only relations can be asked for two of the same item", at)
	}
	for field, value := range object {
		if strings.HasPrefix(field, "$") {
			return nil, invalid("Invalid query at %s: %s is not supported inside $contains; put it around the field", at, field)
		}
		if wanted, ok := value.(map[string]any); ok && wanted["$exists"] == false {
			return nil, invalid("Invalid query at %s.%s: an item without a field cannot be asked for", at, field)
		}
		return fieldOf(key+"."+field, value, at+"."+field)
	}
	return nil, nil //nolint:nilnil // the object has one key
}

// relation reads {type, targetRef?}: the targetRef is a reference, or $in of some.
func relation(object map[string]any, at string) (catalog.Condition, error) {
	var kind string
	var target any
	for field, value := range object {
		switch strings.ToLower(field) {
		case "type":
			kind, _ = value.(string)
		case "targetref":
			target = value
		default:
			return nil, invalid("Invalid query at %s.%s: a relation has a type and a targetRef", at, field)
		}
	}
	if kind == "" {
		return nil, invalid(`Invalid query at %s: a relation needs a type, e.g. { "type": "ownedBy" }`, at)
	}
	key := "relations." + kind
	if target == nil {
		return catalog.Exists{Key: key}, nil
	}
	if c, err := fieldOf(key, target, at+".targetRef"); err == nil {
		if _, ok := c.(catalog.Has); ok {
			return c, nil
		}
	}
	return nil, invalid("Invalid query at %s.targetRef: expected a reference, or $in with a list of references", at)
}

// primitive returns a value as text, in the way that entities' values are kept.
func primitive(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return number(v), true
	}
	return "", false
}

// number writes a number in its shortest form: 1.0 is 1.
func number(n json.Number) string {
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	text, err := json.Marshal(f)
	if err != nil {
		return n.String()
	}
	return string(text)
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }
