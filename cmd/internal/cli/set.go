package cli

import (
	"encoding/json"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// ParseSet reads "key=value" words. A value that is a JSON number, true or false
// keeps that type; everything else is text, and text in quotes stays text.
func ParseSet(words []string) (map[string]any, error) {
	if len(words) == 0 {
		return nil, nil
	}
	set := make(map[string]any, len(words))
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return nil, fault.New(fault.Invalid, "%q is not key=value.", word).WithHint("For example: --set port=8081")
		}
		if _, twice := set[key]; twice {
			return nil, fault.New(fault.Invalid, "%q is set twice.", key).WithHint("Give each key one value.")
		}
		set[key] = scalar(value)
	}
	return set, nil
}

func scalar(value string) any {
	var v any
	if json.Unmarshal([]byte(value), &v) != nil {
		return value
	}
	switch v := v.(type) {
	case bool, float64, string:
		return v
	}
	return value // null, lists and objects are text here
}
