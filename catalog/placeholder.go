package catalog

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// isPlaceholder reports whether v stands for the content of a file: an object
// with just the key $text, $json or $yaml. Other keys with a dollar, such as
// $ref in a schema, mean something else and are left alone.
func isPlaceholder(v *value) bool {
	if v == nil || v.kind != kindObject || len(v.keys) != 1 || v.items[0].kind != kindString {
		return false
	}
	switch v.keys[0] {
	case "$text", "$json", "$yaml":
		return true
	}
	return false
}

// expander replaces the placeholders of one document.
type expander struct {
	files    *files
	file     string // the file the document is in
	limits   Limits
	left     int // bytes that may still be included
	problems []Problem
}

// expand returns v with every placeholder replaced. One that cannot be filled
// in is reported and left.
func (x *expander) expand(v *value, field string) *value {
	if isPlaceholder(v) {
		filled, message, hint := x.fill(v.keys[0], v.items[0].text)
		if filled == nil {
			x.problems = append(x.problems, Problem{
				Line: v.line, Column: v.column, Field: field, Message: message, Hint: hint,
			})
			return v
		}
		filled.line, filled.column = v.line, v.column
		return filled
	}
	for i, item := range v.items {
		inner := field
		if v.kind == kindObject {
			inner = strings.TrimPrefix(field+"."+v.keys[i], ".")
		}
		v.items[i] = x.expand(item, inner)
	}
	return v
}

// fill reads the file a placeholder names.
func (x *expander) fill(key, target string) (filled *value, message, hint string) {
	name, message, hint := x.files.resolve(x.file, target)
	if message != "" {
		return nil, "Placeholder " + key + " cannot be read: " + message, hint
	}
	data, problem := x.files.include(name, x.limits.Included)
	if problem != nil {
		return nil, "Placeholder " + key + " cannot be read: " + problem.Message, problem.Hint
	}
	if x.left -= len(data); x.left < 0 {
		return nil, "Placeholder " + key + " makes the entity too large.", "Include less in one entity."
	}
	switch key {
	case "$text":
		return text(string(data)), "", ""
	case "$json":
		v, err := parseJSON(data, x.limits)
		if err != nil {
			return nil, "Placeholder " + key + ": " + name + " is not valid JSON.", "Check it with: jq . " + name
		}
		return v, "", ""
	default:
		return x.fillYAML(key, name, data)
	}
}

func (x *expander) fillYAML(key, name string, data []byte) (filled *value, message, hint string) {
	chunks := splitDocuments(data)
	if len(chunks) != 1 {
		return nil, "Placeholder " + key + ": " + name + " must hold exactly one document.", "Put each into a file of its own."
	}
	v, problem := parseYAML(chunks[0], x.limits)
	if problem != nil {
		problem.File = name
		return nil, "Placeholder " + key + ": " + problem.String(), problem.Hint
	}
	return v, "", ""
}

// resolve returns the file that target means when it is written in file, or
// what is wrong with it. It is a path inside the location, or an address.
func (f *files) resolve(file, target string) (name, message, hint string) {
	if f.web != nil && (isAddress(target) || isAddress(file)) {
		name, message, hint = resolveAddress(file, target)
		if path, ok := f.inLocation(name); message == "" && ok {
			return f.resolve(".", path)
		}
		return name, message, hint
	}
	if strings.Contains(target, "://") {
		return "", target + " is an address; only files of the same location are read.",
			"Keep a copy of it beside the catalog file, or register its repository on its own: platform catalog register URL"
	}
	if path.IsAbs(target) || strings.Contains(target, `\`) {
		return "", target + " is not a path relative to the catalog file.", "Write it like ./openapi.yaml"
	}
	name = path.Join(path.Dir(file), target)
	if name == ".." || strings.HasPrefix(name, "../") {
		return "", target + " leads out of the location.",
			"Files of one git repository may name each other; outside of any, register the folder that holds both."
	}
	if !fs.ValidPath(name) {
		return "", target + " is not a path.", "Write it like ./openapi.yaml"
	}
	if slices.Contains(strings.Split(strings.ToLower(name), "/"), gitFolder) {
		return "", target + " leads into the folder of git itself.", "Name a file of the repository."
	}
	return name, "", ""
}

// inLocation returns the path in the location that an address means, if it does.
func (f *files) inLocation(address string) (string, bool) {
	if f.inside == nil {
		return "", false
	}
	return f.inside(address)
}

// readProblem says in words why a file cannot be read.
func readProblem(name string, err error) *Problem {
	var said *fault.Error
	switch {
	case errors.As(err, &said):
		return &Problem{File: name, Message: said.Message, Hint: said.Hint}
	case errors.Is(err, fs.ErrNotExist):
		return &Problem{File: name, Message: "There is no file " + name + ".", Hint: "Check how it is written; the path starts at the file that names it."}
	case errors.Is(err, fs.ErrPermission):
		return &Problem{File: name, Message: "The platform is not allowed to read " + name + ".", Hint: "Make it readable: chmod +r " + name}
	default:
		return &Problem{
			File: name, Message: name + " cannot be read; it may be a link that leads out of the location.",
			Hint: "Only regular files inside the location are read.",
		}
	}
}
