package catalog

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// FieldChange is a field that has another value than before.
type FieldChange struct {
	// Path is the field as it is written in a filter: spec.owner,
	// metadata.annotations.backstage.io/techdocs-ref.
	Path string `json:"path"`
	// Before and After are its values for people to read: shortened when very long,
	// empty when there was none. Of texts of several lines they say how many.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	// Diff are the lines that differ between two texts, those that are gone after
	// a minus and new ones after a plus; not more than can be looked through.
	Diff string `json:"diff,omitempty"`
}

const (
	// maxFields bounds how many fields one change tells.
	maxFields = 40
	// maxShown bounds how many letters of a value a change tells.
	maxShown = 2000
	// maxLines bounds how many lines of a text a change tells, maxLine how many
	// letters of each.
	maxLines, maxLine = 100, 300
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
		change := FieldChange{Path: path, Before: before.shown(), After: after.shown()}
		if before.severalLines() || after.severalLines() {
			change.Diff = lineDiff(before.lines(), after.lines())
		}
		return append(list, change)
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

// severalLines reports whether v is a text of more than one line.
func (v *value) severalLines() bool {
	return v != nil && v.kind == kindString && strings.Contains(strings.TrimRight(v.text, "\n"), "\n")
}

// lines returns a text that ends each of its lines; "" when v is none.
func (v *value) lines() string {
	if v == nil || v.kind != kindString || v.text == "" {
		return ""
	}
	return strings.TrimRight(v.text, "\n") + "\n"
}

// lineDiff returns the lines that differ.
func lineDiff(before, after string) string {
	d := diffmatchpatch.New()
	a, b, known := d.DiffLinesToRunes(before, after)
	var out []string
	more := 0
	for _, part := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), known) {
		sign := map[diffmatchpatch.Operation]string{diffmatchpatch.DiffDelete: "-", diffmatchpatch.DiffInsert: "+"}[part.Type]
		if sign == "" {
			if len(out) > 0 && out[len(out)-1] != "…" {
				out = append(out, "…")
			}
			continue
		}
		for line := range strings.Lines(part.Text) {
			if len(out) >= maxLines {
				more++
				continue
			}
			text := []rune(printable(strings.TrimRight(line, "\r\n")))
			out = append(out, sign+string(text[:min(len(text), maxLine)]))
		}
	}
	if len(out) > 0 && out[len(out)-1] == "…" {
		out = out[:len(out)-1]
	}
	if more > 0 {
		out = append(out, "… and "+strconv.Itoa(more)+" more lines")
	}
	return strings.Join(out, "\n")
}

// shortened cuts a text that is too long to be shown whole.
func shortened(s string) string {
	if utf8.RuneCountInString(s) <= maxShown {
		return s
	}
	return string([]rune(s)[:maxShown-1]) + "…"
}
