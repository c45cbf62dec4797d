// Package scaffolds makes services of golden paths: a path's files and a
// person's answers give the files of a service, with a lock file that remembers
// where they came from. It is pure: it reads no network, database or clock, and
// runs no code of a path.
package scaffolds

import "encoding/json"

// Class says what later versions of a path may do to a file.
type Class string

// The classes of files.
const (
	Managed   Class = "managed"   // the platform's: an upgrade replaces it
	Merged    Class = "merged"    // both write: an upgrade merges three ways
	Seeded    Class = "seeded"    // written once, the service's from then on
	User      Class = "user"      // the service's own; never touched
	Generated Class = "generated" // written anew by the engine; never merged
)

// File is one file of a service.
type File struct {
	Path       string // with slashes, relative to the service's folder
	Body       []byte
	Executable bool
	Class      Class
	// Source is the path's own file that it was made of, under golden/; empty
	// when the engine wrote it.
	Source string `json:",omitempty"`
}

// Answers are what a person decided about a service.
type Answers struct {
	Name        string         `json:"name"`
	Owner       string         `json:"owner"`
	System      string         `json:"system,omitempty"`
	Description string         `json:"description,omitempty"`
	Module      string         `json:"module,omitempty"`
	Consumes    []string       `json:"consumes,omitempty"`
	Packs       []string       `json:"packs,omitempty"`
	Extra       map[string]any `json:"extra,omitempty"` // the path's own parameters
}

// Provider is a service that the new one calls.
type Provider struct {
	Name    string // as in Answers.Consumes
	OpenAPI []byte // its document, from which a client is made
	// API is the reference of the API entity that is consumed, for the service's
	// catalog-info.yaml; the provider's name when empty.
	API string
}

// Pack is an optional part of a path.
type Pack struct {
	Name, Title, Description string
	Default                  bool
}

// Path is a golden path, opened.
type Path struct {
	Name, Version, Digest string
	Title, Description    string
	Language              string
	Schema                json.RawMessage // JSON Schema of the answers
	Packs                 []Pack

	packed *packed // what rendering needs; nil in a Path made by hand
}

// Tree is what rendering a path gives, sorted by file path.
type Tree struct{ Files []File }
