package catalog

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// FieldChange is a field that has another value than before.
type FieldChange struct {
	// Path is the field as it is written in a filter: spec.owner,
	// metadata.annotations.backstage.io/techdocs-ref.
	Path string `json:"path"`
	// Before and After are its values for people to read: shortened when long,
	// empty when there was none.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

const (
	// maxFields bounds how many fields one change tells.
	maxFields = 40
	// maxShown bounds how many letters of a value a change tells.
	maxShown = 120
)

// ownField reports whether the catalog writes a field itself: it tells where an
// entity is from, which its history tells anyway.
func ownField(path string) bool {
	switch annotation, _ := strings.CutPrefix(path, "metadata.annotations."); annotation {
	case AnnotationLocation, AnnotationOriginLocation, AnnotationSourceLocation, AnnotationOrphan:
		return true
	}
	return false
}

// differences returns in which fields two entities differ, in the order of the
// newer one. Where more of them differ than can be told, what holds them is.
func differences(before, after []byte, l Limits) ([]FieldChange, error) {
	if len(before) == 0 {
		return nil, nil
	}
	old, err := parseJSON(before, l)
	if err != nil {
		return nil, err
	}
	now, err := parseJSON(after, l)
	if err != nil {
		return nil, err
	}
	for depth := 6; ; depth-- {
		found := appendDifferences(nil, "", old, now, depth)
		if len(found) <= maxFields || depth == 1 {
			return found[:min(len(found), maxFields)], nil
		}
	}
}

func appendDifferences(list []FieldChange, path string, before, after *value, depth int) []FieldChange {
	if depth == 0 || before == nil || after == nil || before.kind != kindObject || after.kind != kindObject {
		if ownField(path) || before.equal(after) {
			return list
		}
		return append(list, FieldChange{Path: path, Before: before.shown(), After: after.shown()})
	}
	keys := slices.Clone(after.keys)
	for _, key := range before.keys {
		if after.get(key) == nil {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		list = appendDifferences(list, strings.TrimPrefix(path+"."+key, "."), before.get(key), after.get(key), depth-1)
	}
	return list
}

// equal reports whether two values say the same, in whatever order keys are.
func (v *value) equal(other *value) bool {
	if v == nil || other == nil {
		return v == other
	}
	if v.kind != other.kind || v.text != other.text || len(v.items) != len(other.items) {
		return false
	}
	for i, item := range v.items {
		twin := other.items[i]
		if v.kind == kindObject {
			twin = other.get(v.keys[i])
		}
		if !item.equal(twin) {
			return false
		}
	}
	return true
}

// shown writes a value for people, in one short line.
func (v *value) shown() string {
	switch {
	case v == nil:
		return ""
	case v.kind != kindString:
		return shortened(string(v.appendJSON(nil)))
	case v.text == "":
		return `""`
	}
	if lines := strings.Count(strings.TrimRight(v.text, "\n"), "\n"); lines > 0 {
		return strconv.Itoa(lines+1) + " lines"
	}
	return shortened(printable(strings.TrimSpace(v.text)))
}

// shortened cuts a text that is too long to be shown whole.
func shortened(s string) string {
	if utf8.RuneCountInString(s) <= maxShown {
		return s
	}
	return string([]rune(s)[:maxShown-1]) + "…"
}
