package authoring

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// text is a scalar of path.yaml that knows its line.
type text struct {
	Value string
	Line  int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (t *text) UnmarshalYAML(n *yaml.Node) error {
	t.Line = n.Line
	return n.Decode(&t.Value)
}

// manifest is path.yaml with the lines of what it says. Package scaffolds has
// the last word on what it means.
type manifest struct {
	Name, Version, Title, Description, Language text

	Engine    int
	Tokens    []token
	Classes   []struct{ Glob, Class text }
	Templates []struct{ From, To text }
	Repeat    []repeat
	Packs     []pack
	Choices   []struct {
		Answer, Value text
		Files         []text
	}
	Omit []text
}

type token struct {
	Find, Value text
	Max         int
}

type repeat struct {
	Over, Dir text
	Samples   []text
	Tokens    []token
	Reserved  []text
	Files     []struct{ To, From, Make text }
	Imports   []struct{ Package, Module, Version text }
}

type pack struct {
	Name, Title, Description text

	Default         bool
	Files, Requires []text
}

func (p pack) has(name string) bool { return matchesAny(p.Files, name) }

// readManifest reads path.yaml, and says of each line that cannot be read why.
func readManifest(body []byte) (manifest, []Problem) {
	var m manifest
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	err := dec.Decode(&m)
	if err == nil || errors.Is(err, io.EOF) {
		return m, nil
	}
	messages := []string{err.Error()}
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		messages = wrong.Errors
	}
	problems := make([]Problem, len(messages))
	for i, message := range messages {
		line, message := cutLine(strings.TrimPrefix(message, "yaml: "))
		if key, _, ok := strings.Cut(strings.TrimPrefix(message, "field "), " not found in type "); ok {
			message = strconv.Quote(key) + " is not a key of path.yaml at this place"
		}
		problems[i] = Problem{File: manifestFile, Line: line, Message: message}
	}
	return m, problems
}

// cutLine takes "line 3: " off a message.
func cutLine(message string) (line int, rest string) {
	rest, ok := strings.CutPrefix(message, "line ")
	number, rest, found := strings.Cut(rest, ": ")
	if line, err := strconv.Atoi(number); ok && found && err == nil {
		return line, rest
	}
	return 0, message
}
