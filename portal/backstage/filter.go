package backstage

import (
	"slices"
	"strings"

	"github.com/goldenpath/platform/catalog"
)

// parseFilters reads the filter parameters of a query: one of them must hold.
// It returns nil, which is everything, when none of them says anything.
func parseFilters(params []string) (catalog.Condition, error) {
	var any catalog.AnyOf
	for _, text := range params {
		all, err := parseFilter(text)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			any = append(any, all)
		}
	}
	switch len(any) {
	case 0:
		return nil, nil //nolint:nilnil // no condition is everything
	case 1:
		return any[0], nil
	}
	return any, nil
}

// parseFilter reads one filter, key=value,key,…: each of its keys must hold. A
// key that is repeated holds with any of its values; one without "=" holds
// where it exists, unless it has values elsewhere in the filter.
func parseFilter(text string) (catalog.AllOf, error) {
	var keys []string
	values := map[string][]string{}
	for statement := range strings.SplitSeq(text, ",") {
		statement = strings.TrimSpace(statement)
		if statement == "" {
			continue
		}
		key, value, given := strings.Cut(statement, "=")
		key = strings.TrimSpace(key)
		if key == "" {
			return nil, invalid("Invalid filter, '%s' is not a valid statement (expected a string on the form a=b or a= or a)", statement)
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		if given {
			values[key] = append(values[key], strings.TrimSpace(value))
		}
	}
	var all catalog.AllOf
	for _, key := range keys {
		if list := values[key]; list != nil {
			all = append(all, catalog.Has{Key: key, Values: list})
		} else {
			all = append(all, catalog.Exists{Key: key})
		}
	}
	return all, nil
}

// both returns the condition that holds where a and b do; nil is everything.
func both(a, b catalog.Condition) catalog.Condition {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return catalog.AllOf{a, b}
}
