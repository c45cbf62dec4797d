package scaffolds

import (
	"encoding/json"
	"maps"
	"slices"
)

// What follows is for those who write golden paths: package authoring asks it
// about the rules that rendering goes by, so that there is one set of them.

// MatchGlob reports whether a file's path fits a glob of path.yaml.
func MatchGlob(glob, name string) bool { return matches(glob, name) }

// CheckSchema says what is wrong with a path's parameters.schema.json.
func CheckSchema(path string, schema json.RawMessage) error {
	_, err := newValidator(path, schema)
	return err
}

// IsStandardAnswer reports whether every path may ask for it, so that a path
// cannot give it another meaning.
func IsStandardAnswer(name string) bool { return standardAnswers[name] }

// TokenValues lists what a token may stand for, and what the tokens of a
// repeated folder may stand for in addition.
func TokenValues() (everywhere, repeated []string) {
	everywhere = slices.Sorted(maps.Keys(valuesOf(Answers{})))
	return everywhere, slices.Sorted(maps.Keys(consumed{}.values()))
}

// Makers lists what makes files of a repeated folder without a template.
func Makers() []string { return []string{makeDocument, makeClient} }

// Classes lists the classes of files.
func Classes() []Class { return []Class{Managed, Merged, Seeded, User, Generated} }
